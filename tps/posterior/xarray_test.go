package posterior

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// python is Debian's, which has the packages that read the store.
const python = "/usr/bin/python3"

// runPython runs a program in a folder and returns what it prints.
func runPython(t *testing.T, dir, program string, args ...string) []byte {
	t.Helper()
	if exec.Command(python, "-c", "import zarr, xarray").Run() != nil {
		t.Skip("needs zarr and xarray for " + python + " (Debian's packages python3-zarr and python3-xarray)")
	}
	cmd := exec.Command(python, append([]string{"-c", program}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	output, err := cmd.Output()
	require.NoError(t, err)
	return output
}

// open opens stores as arviz.from_zarr does, each group of them as a Dataset, and
// prints what there is. NaN and infinite numbers become texts.
const open = `
import json, sys, numpy, xarray, zarr
def number(x):
    return float(x) if numpy.isfinite(x) else repr(float(x))
stores = []
for path in sys.argv[1:]:
    groups = {}
    store = zarr.storage.DirectoryStore(path)
    for group, _ in zarr.open(store, mode="r").groups():
        with xarray.open_zarr(store=store, group=group) as data:
            data.load()
            arrays = {}
            for name, x in data.variables.items():
                arrays[name] = {"dims": x.dims, "shape": x.shape, "type": x.dtype.str, "coord": name in data.coords,
                    "attrs": x.attrs, "values": [number(v) for v in x.values.ravel()]}
            groups[group] = {"arrays": arrays, "attrs": data.attrs}
    with xarray.open_zarr(store=store) as root:
        stores.append({"groups": groups, "attrs": root.attrs})
print(json.dumps(stores))
`

type pythonArray struct {
	Dims   []string
	Shape  []int
	Type   string
	Coord  bool
	Attrs  map[string]string
	Values []any
}

type pythonStore struct {
	Groups map[string]struct {
		Arrays map[string]pythonArray
		Attrs  map[string]any
	}
	Attrs map[string]any
}

func (a *pythonArray) float64s(t *testing.T) []float64 {
	t.Helper()
	values := []float64{}
	for _, v := range a.Values {
		switch v := v.(type) {
		case float64:
			values = append(values, v)
		case string:
			require.Equal(t, "nan", v)
			values = append(values, math.NaN())
		}
	}
	return values
}

// openAll returns what Python finds in directories.
func openAll(t *testing.T, dirs ...string) []pythonStore {
	t.Helper()
	var stores []pythonStore
	require.NoError(t, json.Unmarshal(runPython(t, "", open, dirs...), &stores))
	require.Len(t, stores, len(dirs))
	return stores
}

// requireOpened compares what Python has found with what is there.
func requireOpened(t *testing.T, opened pythonStore, dir string) {
	t.Helper()
	found := 0
	arrays := readStore(t, dir)
	for group, content := range opened.Groups {
		for name, a := range content.Arrays {
			want, ok := arrays[group+"/"+name]
			require.True(t, ok, "%s/%s", group, name)
			require.Equal(t, want.dimensions, a.Dims, name)
			require.Equal(t, want.shape, a.Shape, name)
			require.Equal(t, len(a.Dims) == 1 && a.Dims[0] == name, a.Coord, name)
			got := a.float64s(t)
			require.Len(t, got, len(want.values))
			for i := range got {
				require.True(t, same(want.values[i], got[i]), "%s: %v, want %v", name, got[i], want.values[i])
			}
			found++
		}
	}
	require.Equal(t, len(arrays), found)
}

// Python's packages see the same numbers before draws and after some, at the end,
// and at moments in between.
func TestXarray(t *testing.T) {
	dir := quickDir(t)
	at := filepath.Join(dir, "run.zarr")
	config := everything()
	config.Block = 4
	s := start(t, at, newChains(t, 2), config)
	var dirs []string
	changes := 0
	keep := func(string) {
		if changes++; changes%3 != 1 {
			return
		}
		dirs = append(dirs, fmt.Sprintf("%s-%d", at, len(dirs)))
		copyTree(t, dirs[len(dirs)-1], at)
	}
	keep("")
	run(t, s, 0, 12)
	run(t, s, 1, 31)
	require.NoError(t, s.Flush())
	s.files.Watch = keep
	run(t, s, 0, 41)
	require.NoError(t, s.Close())
	changes = 0
	keep("")
	require.Greater(t, len(dirs), 10)

	stores := openAll(t, dirs...)
	for i := range stores {
		requireOpened(t, stores[i], dirs[i])
	}
	require.Equal(t, []int{2, 0, tau, 2}, stores[0].Groups["posterior"].Arrays["theta"].Shape)
	last := stores[len(stores)-1]
	theta := last.Groups["posterior"].Arrays["theta"]
	require.Equal(t, pythonArray{
		Dims: []string{"chain", "draw", "model", "parameter"}, Shape: []int{2, 8, tau, 2}, Type: "<f4",
		Attrs: map[string]string{"long_name": "parameters"}, Values: theta.Values,
	}, theta)
	require.Equal(t, []any{2.0, 0.0}, last.Groups["posterior"].Arrays["parameter"].Values)
	require.Equal(t, "<i8", last.Groups["sample_stats"].Arrays["draw"].Type)
	require.Equal(t, "<f8", last.Groups["sample_stats"].Arrays["lp"].Type)
	attributes := map[string]any{"inference_library": "trajens", "every": 5.0, "burn_in": 0.0, "created_at": "2024-05-06T07:08:09"}
	require.Equal(t, attributes, last.Attrs)
	require.Len(t, last.Groups, 5)
	for group := range last.Groups {
		require.Equal(t, attributes, last.Groups[group].Attrs)
	}
}

// The Python of the package's documentation runs.
func TestDocumentedPython(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(text)) {
		code, ok := strings.CutPrefix(line, "//\t")
		if ok && (len(lines) > 0 || strings.HasPrefix(code, "import")) {
			lines = append(lines, code)
		} else if len(lines) > 0 {
			break
		}
	}
	require.Len(t, lines, 5)

	dir := quickDir(t)
	s := start(t, filepath.Join(dir, "run.zarr"), newChains(t, 2), Config{Every: 5, Block: 4})
	run(t, s, 0, 60)
	run(t, s, 1, 40)
	require.NoError(t, s.Close())
	theta, rate := readStore(t, s.dir)["posterior/theta"], readStore(t, s.dir)["sample_stats/acceptance_rate"]
	want := make([]float64, tau*params+1)
	for i, x := range theta.values {
		if n := i / (tau * params) % 12; n < 8 { // draws that both chains have
			want[i%(tau*params)] += x / 16
		}
	}
	for _, x := range rate.values {
		if !math.IsNaN(x) {
			want[tau*params] += x / 20
		}
	}
	output := string(runPython(t, dir, strings.Join(lines, "")))
	words := strings.Fields(strings.NewReplacer("[", " ", "]", " ").Replace(output))
	require.Len(t, words, len(want), output)
	for i, word := range words {
		got, err := strconv.ParseFloat(word, 64)
		require.NoError(t, err, output)
		// NumPy prints eight digits of float32 numbers of size 1, and sums them up as such.
		require.InDelta(t, want[i], got, 1e-6, output)
	}
}

// numbers prints the arrays of an .npz file.
const numbers = `
import json, sys, numpy
file = numpy.load(sys.argv[1])
def number(x):
    return float(x) if numpy.isfinite(x) else repr(float(x))
print(json.dumps({name: {"shape": file[name].shape, "type": file[name].dtype.str, "values": [number(v) for v in file[name].ravel()]} for name in file}))
`

// NumPy reads from the one file what is in the directory.
func TestWriteNPZFile(t *testing.T) {
	dir := quickDir(t)
	s := start(t, filepath.Join(dir, "run.zarr"), newChains(t, 2), everything())
	path := filepath.Join(dir, "run.npz")
	require.NoError(t, WriteNPZFile(path, s.dir)) // without draws
	run(t, s, 0, 33)
	run(t, s, 1, 21)
	require.NoError(t, s.Close())
	require.NoError(t, WriteNPZFile(path, s.dir))
	require.ErrorContains(t, WriteNPZFile(path, dir), "posterior: zarr: ")
	require.Error(t, WriteNPZFile(filepath.Join(dir, "none", "run.npz"), s.dir))
	require.NoError(t, os.Remove(filepath.Join(s.dir, "posterior/chain/0")))
	require.ErrorContains(t, WriteNPZFile(path, s.dir), "has 0 of its 1 chunks")
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "posterior/chain/0"), s.layout.constants[0].data, 0o666))

	var found map[string]pythonArray
	require.NoError(t, json.Unmarshal(runPython(t, "", numbers, path), &found))
	arrays := readStore(t, s.dir)
	require.Len(t, found, len(arrays))
	for name, want := range arrays {
		a := found[name]
		require.Equal(t, want.shape, a.Shape, name)
		got := a.float64s(t)
		require.Len(t, got, len(want.values), name)
		for i := range got {
			require.True(t, same(want.values[i], got[i]), name)
		}
	}
	require.Equal(t, "<f4", found["posterior/theta"].Type)
	require.Equal(t, []int{2, 6, tau, 2}, found["posterior/theta"].Shape)
}
