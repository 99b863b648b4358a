package zarr

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The metadata of a hostile store are refused, with what is wrong.
func TestOpenRefuses(t *testing.T) {
	s := createExample(t)
	path := filepath.Join(s.Dir(), ".zmetadata")
	text := contents(t, path)
	for _, c := range []struct{ old, new, message string }{
		{`"zarr_consolidated_format": 1`, `"zarr_consolidated_format": 2`, "format 2, want 1"},
		{`"posterior/theta/.zarray"`, `"posterior/../theta/.zarray"`, "strange path"},
		{`"posterior/theta/.zarray"`, `"../theta/.zarray"`, "strange path"},
		{`"posterior/theta/.zarray"`, `"/theta/.zarray"`, "strange path"},
		{`"posterior/theta/.zarray"`, `"posterior/theta/0.0.0"`, "no file of metadata"},
		{`"posterior/theta/.zarray"`, `"posterior/.hidden/.zarray"`, "no list of names"},
		{`"posterior/inner/.zgroup"`, `"posterior/other/.zgroup"`, "which is no group"},
		{`"zarr_format": 2`, `"zarr_format": 3`, "version 3 of Zarr"},
		{`"dtype": "<f4"`, `"dtype": ">f4"`, `the type is ">f4"`},
		{`"compressor": null`, `"compressor": {"id": "zlib"}`, "the compressor is"},
		{`"filters": null`, `"filters": []`, "the filters are"},
		{`"filters": null,`, ``, "the filters are"},
		{`"fill_value": "NaN"`, `"fill_value": 0.0`, "the fill value"},
		{`"order": "C"`, `"order": "F"`, "the order"},
		{`"order": "C"`, `"order": "C", "dimension_separator": "/"`, "the separator"},
		{`"order": "C"`, `"order": "C", "extra": 1`, "unknown field"},
		{`"shape": [`, `"shape": [1e99, `, "cannot unmarshal"},
		{`"shape": [`, `"shape": [1,`, "as many of each"},
		{`"shape": [`, `"shape": null, "order": [`, "cannot unmarshal"},
		{"\"shape\": [\n                3\n            ]", `"shape": null`, "the shape or the chunks are missing"},
		{`"_ARRAY_DIMENSIONS": [`, `"_ARRAY_DIMENSIONS": [1, `, "want a name"},
		{`"_ARRAY_DIMENSIONS": [`, `"other": [`, "no list of names"},
		{`"posterior/lp/.zattrs": {`, `"posterior/lp/.zattrs": null, "posterior/x/.zattrs": {`, "is null"},
		{`"posterior/.zattrs"`, `"posterior/x/.zattrs"`, "no group or array"},
		{"}", "", "unexpected EOF"},
		{`{`, `["x", {`, "unexpected EOF"},
	} {
		changed := strings.Replace(text, c.old, c.new, 1)
		require.NotEqual(t, text, changed, c.old)
		require.NoError(t, os.WriteFile(path, []byte(changed), 0o666))
		_, err := Open(s.Dir())
		require.ErrorContains(t, err, c.message, "%s for %s", c.new, c.old)
	}
	for n := range len(text) {
		_, _, err := parse([]byte(text[:n]))
		require.Error(t, err)
	}
	_, _, err := parse([]byte(text + "{}"))
	require.ErrorContains(t, err, "more than one value")
	require.NoError(t, os.Remove(path))
	_, err = Open(s.Dir())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.Mkdir(path, 0o777))
	_, err = Open(s.Dir())
	require.ErrorContains(t, err, "no regular file")
}

// Chunks that are cut off, missing or too few are errors, before memory is taken
// for what the metadata claim.
func TestReadRefuses(t *testing.T) {
	s := createExample(t)
	at := func(path string) string { return filepath.Join(s.Dir(), path) }
	require.NoError(t, os.Truncate(at("posterior/lp/0.1"), 15))
	_, err := s.Read("posterior/lp")
	require.ErrorContains(t, err, "has 15 bytes, want a chunk of 16")
	_, err = s.ReadChunk("posterior/lp", []int{0, 1})
	require.ErrorContains(t, err, "has 15 bytes, want a chunk of 16")
	_, err = s.HasChunk("posterior/lp", []int{0, 1})
	require.ErrorContains(t, err, "has 15 bytes, want a chunk of 16")
	require.NoError(t, os.Remove(at("posterior/draw/0")))
	_, err = s.Read("posterior/draw")
	require.ErrorContains(t, err, "has 1 of its 2 chunks")
	_, err = s.Read("posterior/none")
	require.ErrorContains(t, err, "no array")

	require.NoError(t, s.Resize("draw", 1<<40))
	_, err = s.Read("posterior/theta")
	require.ErrorContains(t, err, "more than 1000 times as large")
	_, err = s.Read("posterior/draw")
	require.ErrorContains(t, err, "of its 549755813888 chunks")
}

// FuzzParse: what parses is written as it was read.
func FuzzParse(f *testing.F) {
	f.Add([]byte(contents(f, filepath.Join(createExample(f).Dir(), ".zmetadata"))))
	f.Add([]byte(`{"metadata":{".zgroup":{"zarr_format":2}},"zarr_consolidated_format":1}`))
	f.Add([]byte(`{"metadata":{".zgroup":{"zarr_format":2},"x/.zattrs":{"_ARRAY_DIMENSIONS":[]},"x/.zarray":{"chunks":[],` +
		`"compressor":null,"dtype":"<i8","fill_value":null,"filters":null,"order":"C","shape":[],"zarr_format":2}},"zarr_consolidated_format":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		groups, arrays, err := parse(text)
		if err != nil {
			return
		}
		_, files, err := texts(groups, arrays)
		require.NoError(t, err)
		groupsAgain, arraysAgain, err := parse(files[".zmetadata"])
		require.NoError(t, err)
		_, again, err := texts(groupsAgain, arraysAgain)
		require.NoError(t, err)
		require.Equal(t, files, again)
	})
}

// FuzzRead: an array of any shape and chunk never panics or takes much memory.
func FuzzRead(f *testing.F) {
	f.Add(2, 3, 1, 2, []byte("0123456789abcdef"))
	f.Add(0, 3, 1, 2, []byte("0123456789abcdef"))
	f.Add(1<<40, 1<<20, 1, 2, []byte("0123456789abcdef"))
	f.Add(3, 3, 5, 1, []byte("01234567"))
	f.Fuzz(func(t *testing.T, rows, columns, chunkRows, chunkColumns int, chunk []byte) {
		a := Array{Path: "x", Type: Float64, Dimensions: []string{"row", "column"}, Shape: []int{rows, columns}, Chunks: []int{chunkRows, chunkColumns}}
		s, err := Create(filepath.Join(t.TempDir(), "a.zarr"), []Group{{}}, []Array{a}, nil)
		if err != nil {
			return
		}
		require.NoError(t, os.WriteFile(filepath.Join(s.Dir(), "x", "0.0"), chunk, 0o666))
		data, err := s.Read("x")
		if err == nil {
			require.Len(t, data, rows*columns)
		}
	})
}
