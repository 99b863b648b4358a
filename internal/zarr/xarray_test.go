package zarr

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// opened is what Python's packages find: by zarr, and by xarray with and without the
// consolidated metadata.
const opened = `
import json, sys, warnings, numpy, xarray, zarr
found = []
for path in sys.argv[1:]:
    group = zarr.open_consolidated(path, mode="r")
    arrays = {}
    group.visititems(lambda name, x: arrays.update({name: [x.dtype.str, list(x.shape), repr(x[...].tolist())]}) if hasattr(x, "shape") else None)
    for consolidated in True, False:
        data = xarray.open_zarr(path, group="posterior", consolidated=consolidated)
        arrays["xarray", consolidated] = [dict(data.sizes), sorted(data.coords), data.attrs, data.lp.attrs, data.draw.dtype.str,
            data.theta.dims, data.draw.values.tolist(), repr(data.theta.sel(draw=1, chain=1).values.tolist())]
    found.append({str(k): v for k, v in arrays.items()})
print(json.dumps(found))
`

func TestPython(t *testing.T) {
	s := createExample(t)
	var found []map[string][]any
	require.NoError(t, json.Unmarshal(runPython(t, opened, s.Dir()), &found))
	numbers := func(x ...float64) (list []any) {
		for _, v := range x {
			list = append(list, v)
		}
		return list
	}
	inXarray := []any{
		map[string]any{"chain": 2.0, "draw": 3.0, "parameter": 3.0}, []any{"draw"},
		map[string]any{"numbers": numbers(1, 2)}, map[string]any{"units": "nats"}, "<i8",
		[]any{"chain", "draw", "parameter"}, numbers(0, 1, 2), "[14.0, 15.0, 16.0]",
	}
	require.Equal(t, map[string][]any{
		"posterior/draw":         {"<i8", numbers(3), "[0, 1, 2]"},
		"posterior/inner/scalar": {"<f8", []any{}, "3.141592653589793"},
		"posterior/lp":           {"<f8", numbers(2, 3), "[[-1.0, -inf, -3.0], [nan, nan, nan]]"},
		"posterior/theta": {"<f4", numbers(2, 3, 3),
			"[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], [[11.0, 12.0, 13.0], [14.0, 15.0, 16.0], [nan, nan, nan]]]"},
		"('xarray', True)":  inXarray,
		"('xarray', False)": inXarray,
	}, found[0])
}

// written makes a store by Python's package, uncompressed, that Open reads.
const written = `
import sys, numpy, zarr
group = zarr.open_group(sys.argv[1], mode="w")
group.create_group("posterior").attrs["inference_library"] = "other"
theta = group["posterior"].create_dataset("theta", shape=(2, 5, 3), chunks=(1, 2, 2), dtype="<f4", compressor=None, fill_value=numpy.nan)
theta.attrs["_ARRAY_DIMENSIONS"] = ["chain", "draw", "parameter"]
theta[...] = numpy.arange(30).reshape(2, 5, 3)
zarr.consolidate_metadata(sys.argv[1])
`

func TestReadsPython(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "python.zarr")
	runPython(t, written, dir)
	s, err := Open(dir)
	require.NoError(t, err)
	data, err := s.Read("posterior/theta")
	require.NoError(t, err)
	want := make([]float32, 30)
	for i := range want {
		want[i] = float32(i)
	}
	requireNumbers(t, want, data)
}
