package zarr

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The files are those of the specification, to the byte.
func TestLayout(t *testing.T) {
	s := createExample(t)
	var files []string
	require.NoError(t, filepath.WalkDir(s.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if !entry.IsDir() {
			relative, _ := filepath.Rel(s.Dir(), path)
			files = append(files, filepath.ToSlash(relative))
		}
		return err
	}))
	require.Equal(t, strings.Fields(`.zattrs .zgroup .zmetadata posterior/.zattrs posterior/.zgroup
		posterior/draw/.zarray posterior/draw/.zattrs posterior/draw/0 posterior/draw/1
		posterior/inner/.zgroup posterior/inner/scalar/.zarray posterior/inner/scalar/.zattrs posterior/inner/scalar/0
		posterior/lp/.zarray posterior/lp/.zattrs posterior/lp/0.0 posterior/lp/0.1
		posterior/theta/.zarray posterior/theta/.zattrs posterior/theta/0.0.0 posterior/theta/0.0.1
		posterior/theta/0.1.0 posterior/theta/0.1.1 posterior/theta/1.0.0 posterior/theta/1.0.1`), files)

	squeeze := strings.NewReplacer("\n", "", " ", "").Replace
	read := func(path string) string { return contents(t, filepath.Join(s.Dir(), path)) }
	require.Equal(t, "{\n    \"zarr_format\": 2\n}", read("posterior/.zgroup"))
	require.Equal(t, `{"chunks":[1,2,2],"compressor":null,"dtype":"<f4","fill_value":"NaN","filters":null,"order":"C","shape":[2,3,3],"zarr_format":2}`,
		squeeze(read("posterior/theta/.zarray")))
	require.Equal(t, `{"chunks":[2],"compressor":null,"dtype":"<i8","fill_value":null,"filters":null,"order":"C","shape":[3],"zarr_format":2}`,
		squeeze(read("posterior/draw/.zarray")))
	require.Equal(t, `{"_ARRAY_DIMENSIONS":["chain","draw"],"units":"nats"}`, squeeze(read("posterior/lp/.zattrs")))
	require.Equal(t, `{"_ARRAY_DIMENSIONS":[]}`, squeeze(read("posterior/inner/scalar/.zattrs")))
	require.Equal(t, "{\n    \"maker\": \"<a> & \\\"b\\\"\"\n}", read(".zattrs"))
	all := squeeze(read(".zmetadata"))
	require.True(t, strings.HasPrefix(all, `{"metadata":{".zattrs":{"maker":`), all)
	require.Contains(t, all, `"posterior/lp/.zarray":`+squeeze(read("posterior/lp/.zarray")))
	require.True(t, strings.HasSuffix(all, `},"zarr_consolidated_format":1}`), all)
	require.Equal(t, "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x80\x40\x00\x00\xa0\x40", read("posterior/theta/0.0.0"))
	require.Equal(t, "\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", read("posterior/draw/0"))
}

// requireNumbers compares numbers of which NaN are equal to each other.
func requireNumbers[T float32 | float64](t *testing.T, want []T, got any) {
	t.Helper()
	numbers, ok := got.([]T)
	require.True(t, ok, "%T", got)
	require.Len(t, numbers, len(want))
	for i, x := range want {
		if x != x {
			require.True(t, numbers[i] != numbers[i], "element %d is %v", i, numbers[i])
		} else {
			require.Equal(t, x, numbers[i], "element %d", i)
		}
	}
}

func TestRead(t *testing.T) {
	s, err := Open(createExample(t).Dir())
	require.NoError(t, err)
	_, arrays := example()
	require.Len(t, s.Arrays(), len(arrays))
	read := func(path string) any {
		data, err := s.Read(path)
		require.NoError(t, err)
		return data
	}
	nan := math.NaN()
	nan32 := float32(nan)
	require.Equal(t, []int64{0, 1, 2}, read("posterior/draw"))
	require.Equal(t, []float64{math.Pi}, read("posterior/inner/scalar"))
	requireNumbers(t, []float64{-1, math.Inf(-1), -3, nan, nan, nan}, read("posterior/lp"))
	requireNumbers(t, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, nan32, nan32, nan32}, read("posterior/theta"))
}

// Chunks come first, then the shape of all arrays at once.
func TestResize(t *testing.T) {
	s, err := Open(createExample(t).Dir())
	require.NoError(t, err)
	var changes []string
	s.Watch = func(path string) { changes = append(changes, path) }
	require.NoError(t, s.WriteChunk("posterior/lp", []int{1, 1}, float64s(5, 6)))
	require.NoError(t, s.Resize("draw", 4))
	require.Equal(t, strings.Fields(`posterior/lp/1.1 posterior/draw/.zarray posterior/lp/.zarray
		posterior/theta/.zarray .zmetadata`), changes)
	lp, err := s.Read("posterior/lp")
	require.NoError(t, err)
	nan := math.NaN()
	requireNumbers(t, []float64{-1, math.Inf(-1), -3, 99, nan, nan, 5, 6}, lp)
	require.NoError(t, s.Resize("draw", 4))
	require.Len(t, changes, 5, "nothing has changed")

	again, err := Open(s.Dir())
	require.NoError(t, err)
	require.Equal(t, s.Arrays(), again.Arrays())
	require.ErrorContains(t, s.Resize("draw", -1), "the length -1")
	require.Equal(t, again.Arrays(), s.Arrays())
	require.NoError(t, s.Resize("draw", 0))
	empty, err := s.Read("posterior/lp")
	require.NoError(t, err)
	require.Empty(t, empty)
}

// What a kill in the middle of a Resize has left is mended by the next one.
func TestResizeMends(t *testing.T) {
	s := createExample(t)
	before := contents(t, filepath.Join(s.Dir(), ".zmetadata"))
	require.NoError(t, s.Resize("draw", 4))
	after := contents(t, filepath.Join(s.Dir(), ".zmetadata"))
	require.NoError(t, os.WriteFile(filepath.Join(s.Dir(), ".zmetadata"), []byte(before), 0o666)) // killed before the last file
	require.NoError(t, os.WriteFile(filepath.Join(s.Dir(), "posterior", ".draw.1.part"), nil, 0o666))
	again, err := Open(s.Dir())
	require.NoError(t, err)
	lp, _ := again.Array("posterior/lp")
	require.Equal(t, []int{2, 3}, lp.Shape)
	require.NoError(t, again.Clean())
	require.NoFileExists(t, filepath.Join(s.Dir(), "posterior", ".draw.1.part"))
	require.NoError(t, again.Resize("draw", 3))
	require.Contains(t, contents(t, filepath.Join(s.Dir(), "posterior/lp/.zarray")), "        3\n")
	require.NoError(t, again.Resize("draw", 4))
	require.Equal(t, after, contents(t, filepath.Join(s.Dir(), ".zmetadata")))
}

func TestChunks(t *testing.T) {
	s := createExample(t)
	for _, name := range []string{"00.1", "+0.1", "0.1.0", "x", "-1.0", ".0.1.77.part"} {
		require.NoError(t, os.WriteFile(filepath.Join(s.Dir(), "posterior/lp", name), nil, 0o666))
	}
	chunks, err := s.Chunks("posterior/lp")
	require.NoError(t, err)
	require.Equal(t, [][]int{{0, 0}, {0, 1}}, chunks)
	there, err := s.HasChunk("posterior/lp", []int{0, 1})
	require.NoError(t, err)
	require.True(t, there)
	require.NoError(t, s.RemoveChunk("posterior/lp", []int{0, 1}))
	there, err = s.HasChunk("posterior/lp", []int{0, 1})
	require.NoError(t, err)
	require.False(t, there)
	require.NoError(t, s.RemoveChunk("posterior/lp", []int{0, 1}))
	data, err := s.ReadChunk("posterior/lp", []int{0, 1})
	require.NoError(t, err)
	require.Nil(t, data)
	data, err = s.ReadChunk("posterior/lp", []int{0, 0})
	require.NoError(t, err)
	require.Equal(t, float64s(-1, math.Inf(-1)), data)
	require.ErrorContains(t, s.WriteChunk("posterior/lp", []int{0, 0}, make([]byte, 15)), "has 15 bytes, want 16")
	require.ErrorContains(t, s.WriteChunk("posterior/lp", []int{0}, make([]byte, 16)), "no chunk [0]")
	require.ErrorContains(t, s.WriteChunk("posterior/lp", []int{0, -1}, make([]byte, 16)), "no chunk [0 -1]")
	require.ErrorContains(t, s.WriteChunk("posterior/none", []int{0}, nil), `no array "posterior/none"`)
}

// A store is there as a whole or not at all, and what is there stays.
func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	groups, arrays := example()
	_, err := Create(dir, groups, arrays, nil)
	require.ErrorIs(t, err, fs.ErrExist)
	failure := errors.New("no")
	at := filepath.Join(dir, "a.zarr")
	_, err = Create(at, groups, arrays, func(*Store) error { return failure })
	require.ErrorIs(t, err, failure)
	_, err = Create(filepath.Join(dir, "none", "a.zarr"), groups, arrays, nil)
	require.ErrorIs(t, err, fs.ErrNotExist)

	refused := func(message string, change func(groups []Group, arrays []Array) ([]Group, []Array)) {
		t.Helper()
		groups, arrays := example()
		groups, arrays = change(groups, arrays)
		_, err := Create(at, groups, arrays, nil)
		require.ErrorContains(t, err, message)
	}
	array := func(change func(*Array)) func([]Group, []Array) ([]Group, []Array) {
		return func(groups []Group, arrays []Array) ([]Group, []Array) {
			change(&arrays[2])
			return groups, arrays
		}
	}
	refused("no outermost group", func(g []Group, a []Array) ([]Group, []Array) { return g[1:], a })
	refused("which is no group", func(g []Group, a []Array) ([]Group, []Array) { return g[:2], a })
	refused("used twice", func(g []Group, a []Array) ([]Group, []Array) { return append(g, g[1]), a })
	refused("used twice", array(func(a *Array) { a.Path = "posterior" }))
	for _, path := range []string{"", "/posterior", "../x", "posterior/.zarray", "posterior//x", "posterior/a b", `posterior\x`} {
		refused("strange name", array(func(a *Array) { a.Path = path }))
	}
	refused(`the type is "<f2"`, array(func(a *Array) { a.Type = "<f2" }))
	refused("a Shape of 1", array(func(a *Array) { a.Shape = []int{1} }))
	refused("used twice", array(func(a *Array) { a.Dimensions = []string{"draw", "draw"} }))
	refused("the length -1", array(func(a *Array) { a.Shape = []int{-1, 1} }))
	refused("chunks of 0", array(func(a *Array) { a.Chunks = []int{1, 0} }))
	refused("are too large", array(func(a *Array) { a.Chunks = []int{math.MaxInt / 8, 2} }))
	refused("is too large", array(func(a *Array) { a.Shape = []int{math.MaxInt / 8, 2} }))
	refused("want Dimensions", array(func(a *Array) { a.Attributes = map[string]any{"_ARRAY_DIMENSIONS": 1} }))
	refused("unsupported value", array(func(a *Array) { a.Attributes = map[string]any{"x": math.NaN()} }))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}
