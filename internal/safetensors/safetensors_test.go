package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() (map[string]string, []Tensor) {
	return map[string]string{"format": "pt", "a text": "<é>\n\"\u2028"}, []Tensor{
		{Name: "matrix", Shape: []int{2, 3}, Data: []float32{0, 0.25, 0.5, 0.75, 1, 1.25}},
		{Name: "number", Shape: []int{}, Data: []float32{7}},
		{Name: "doubles", Shape: []int{4}, Data: []float64{0.1, math.Copysign(0, -1), math.Inf(1), 1e300}},
		{Name: "nothing", Shape: []int{0, 3}, Data: []float32{}},
		{Name: "ünïcode \"<&>\"", Shape: []int{1}, Data: []float32{1}},
	}
}

func written(t testing.TB, metadata map[string]string, tensors ...Tensor) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, Write(&file, metadata, tensors...))
	return file.Bytes()
}

// raw is a file with any header and data.
func raw(header, data string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+data...)
}

func TestRoundTrip(t *testing.T) {
	metadata, tensors := sample()
	file := written(t, metadata, tensors...)
	read, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, &File{tensors, metadata}, read)
	assert.True(t, math.Signbit(read.Tensors[2].Data.([]float64)[1]), "-0 is 0")
	assert.Equal(t, file, written(t, metadata, tensors...), "the bytes differ between two times")

	empty, err := Read(written(t, nil))
	require.NoError(t, err)
	assert.Equal(t, &File{Tensors: []Tensor{}}, empty)
}

// Each element is at a multiple of its size in the file, and the header is filled
// up with blanks to a multiple of 8 bytes.
func TestAlignment(t *testing.T) {
	for length := range 20 {
		file := written(t, nil,
			Tensor{Name: strings.Repeat("x", length), Shape: []int{3}, Data: []float32{1, 2, 3}},
			Tensor{Name: "doubles", Shape: []int{1}, Data: []float64{4}})
		header, data, err := split(file)
		require.NoError(t, err)
		require.Zero(t, len(header)%8)
		entries, _, err := parseHeader(header)
		require.NoError(t, err)
		require.Equal(t, []entry{
			{strings.Repeat("x", length), f32, []int{3}, 8, 20},
			{"doubles", f64, []int{1}, 0, 8},
		}, entries)
		require.Len(t, data, 20)
	}
}

func TestReadsPython(t *testing.T) {
	file, err := os.ReadFile("testdata/tensors.safetensors")
	require.NoError(t, err)
	read, err := Read(file)
	require.NoError(t, err)
	metadata, ours := sample()
	assert.Equal(t, metadata, read.Metadata)
	assert.Equal(t, []Tensor{
		ours[2], ours[0], ours[1], ours[3],
		{Name: "halves", Shape: []int{2, 1}, Data: []float32{1.5, -2}},
		{Name: "brains", Shape: []int{2}, Data: []float32{1.5, -2}},
		ours[4],
	}, read.Tensors)
}

// Numbers of 16 bits are what NumPy and PyTorch say.
func TestSixteenBits(t *testing.T) {
	file, err := os.ReadFile("testdata/halves.safetensors")
	require.NoError(t, err)
	read, err := Read(file)
	require.NoError(t, err)
	for i, name := range []string{"f16", "bf16"} {
		require.Equal(t, name, read.Tensors[2*i].Name)
		got, want := read.Tensors[2*i].Data.([]float32), read.Tensors[2*i+1].Data.([]float32)
		require.Greater(t, len(want), 350)
		for j := range want {
			require.Equal(t, math.Float32bits(want[j]), math.Float32bits(got[j]), "%s: number %d is %v", name, j, got[j])
		}
	}
	for _, bits := range []uint16{0x7c01, 0xfe00, 0x7fff} {
		assert.NotEqual(t, half(bits), half(bits), "%x is not NaN", bits)
	}
	assert.NotEqual(t, brain(0x7fc0), brain(0x7fc0))
}

// What Python's safetensors reads is what was written.
func TestPythonReads(t *testing.T) {
	const program = `
import sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as file:
    print(sorted(file.metadata().items()) == [("a text", "<é>\n\"\u2028"), ("format", "pt")])
    for name in ["matrix", "number", "doubles", "nothing"]:
        a = file.get_tensor(name)
        print(a.dtype, a.shape, a.flatten().tolist())
`
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import safetensors, numpy").Run() != nil {
		t.Skip("needs safetensors and NumPy for " + python + " (pip install safetensors, Debian's package python3-numpy)")
	}
	path := filepath.Join(t.TempDir(), "ours.safetensors")
	metadata, tensors := sample()
	require.NoError(t, os.WriteFile(path, written(t, metadata, tensors...), 0o644))
	output, err := exec.Command(python, "-c", program, path).CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.Equal(t, `True
float32 (2, 3) [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]
float32 () [7.0]
float64 (4,) [0.1, -0.0, inf, 1e+300]
float32 (0, 3) []
`, string(output))
}

func TestRefusedByRead(t *testing.T) {
	const tensor = `{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	one := func(text string) []byte { return raw(`{"a":`+text+`}`, "12345678") }
	_, err := Read(one(tensor))
	require.NoError(t, err)
	_, err = Read(raw(`{"a":`+tensor+`}   `, "12345678"))
	require.NoError(t, err, "blanks after the header")

	replaced := func(old, new string) []byte {
		text := strings.Replace(tensor, old, new, 1)
		require.NotEqual(t, tensor, text)
		return one(text)
	}
	two := func(a, b string) []byte { return raw(`{"a":`+a+`,"b":`+b+`}`, "12345678") }
	part := func(from, to int) string {
		return fmt.Sprintf(`{"dtype":"F32","shape":[%d],"data_offsets":[%d,%d]}`, (to-from)/4, from, to)
	}
	_, err = Read(two(part(4, 8), part(0, 4)))
	require.NoError(t, err, "any order in the header")
	_, err = Read(raw(`{"a":`+part(0, 4)+`,"b":`+part(4, 4)+`,"c":`+part(4, 8)+`}`, "12345678"))
	require.NoError(t, err, "nothing between two")

	for name, test := range map[string]struct {
		file []byte
		says string
	}{
		"no file":                    {nil, "the file has 0 bytes"},
		"short":                      {[]byte("1234567"), "the file has 7 bytes"},
		"no header":                  {raw("", ""), "does not start with {"},
		"long header":                {binary.LittleEndian.AppendUint64(nil, math.MaxUint64), "claims to have 18446744073709551615 bytes, want at most 100000000"},
		"header beyond the file":     {append(binary.LittleEndian.AppendUint64(nil, 3), "{}"...), "claims to have 3 bytes, 2 are there"},
		"blank before":               {raw(" {}", ""), "does not start with {"},
		"list":                       {raw("[]", ""), "does not start with {"},
		"line end after":             {raw("{}\n", ""), "followed by other than blanks"},
		"zeros after":                {raw("{}\x00", ""), "followed by other than blanks"},
		"two objects":                {raw("{}{}", ""), "followed by other than blanks"},
		"no JSON":                    {raw(`{"a" 1}`, ""), "it is not a JSON object"},
		"comma":                      {raw(`{"a":`+tensor+`,}`, "12345678"), "it is not a JSON object"},
		"no UTF-8":                   {raw("{\"\xff\":1}", ""), "it is not in UTF-8"},
		"deep":                       {raw(`{"a":`+strings.Repeat("[", 1e6)+strings.Repeat("]", 1e6)+"}", ""), "it is not a JSON object"},
		"deep enough for JSON":       {raw(`{"a":`+strings.Repeat("[", 9e3)+strings.Repeat("]", 9e3)+"}", ""), `"a": at byte 6 is [, want an object`},
		"data without tensors":       {raw("{}", "1"), "the tensors end at byte 0 of 1"},
		"bytes after the data":       {append(one(tensor), 0), "the tensors end at byte 8 of 9"},
		"data cut off":               {one(tensor)[:len(one(tensor))-1], "the tensors end at byte 8 of 7"},
		"twice":                      {raw(`{"a":`+tensor+`,"a":`+tensor+`}`, "12345678"), `the name "a" is there twice`},
		"twice in other letters":     {raw(`{"a":`+tensor+`,"\u0061":`+tensor+`}`, "12345678"), `the name "a" is there twice`},
		"a field twice":              {replaced(`"dtype"`, `"dtype":"F32","dtype"`), `"a": the name "dtype" is there twice`},
		"a field missing":            {replaced(`"dtype":"F32",`, ""), `"a": it does not have all of`},
		"a field too many":           {replaced(`"dtype"`, `"Dtype":"F32","dtype"`), `"a": "Dtype": no tensor has it`},
		"another type":               {replaced("F32", "I64"), `"a": "dtype": the elements are "I64", want F64, F32, F16 or BF16`},
		"another case":               {replaced("F32", "f32"), `the elements are "f32"`},
		"a type that is no text":     {replaced(`"F32"`, "null"), "is <nil>, want a text"},
		"a shape that is none":       {replaced("[2]", "2"), "is 2, want a list"},
		"a shape of texts":           {replaced("[2]", `["2"]`), "is 2, want a number"},
		"a shape of lists":           {replaced("[2]", `[[2]]`), "is [, want a number"},
		"below 0":                    {replaced("[2]", "[-2]"), "the number -2 is not whole, below 0"},
		"minus 0":                    {replaced("[0,8]", "[-0,8]"), "the number -0 is not whole, below 0"},
		"fraction":                   {replaced("[2]", "[2.0]"), "the number 2.0 is not whole"},
		"exponent":                   {replaced("[2]", "[2e0]"), "the number 2e0 is not whole"},
		"huge":                       {replaced("[2]", "[9223372036854775808]"), "or too large"},
		"huge offset":                {replaced("[0,8]", "[0,18446744073709551616]"), "or too large"},
		"overflow":                   {replaced("[2]", "[4294967296,4294967296]"), "do not make the shape [4294967296 4294967296] of F32"},
		"overflow of bytes":          {replaced("[2]", "[4611686018427387906]"), "do not make the shape"},
		"many dimensions":            {replaced("[2]", "[2"+strings.Repeat(",1", 64)+"]"), "the list has more than 64 numbers"},
		"shape of other bytes":       {replaced("[2]", "[3]"), `tensor "a" has the bytes 0 to 8, which do not make the shape [3] of F32`},
		"type of other bytes":        {replaced("F32", "F16"), "do not make the shape [2] of F16"},
		"one offset":                 {replaced("[0,8]", "[0]"), "1 numbers, want 2"},
		"three offsets":              {replaced("[0,8]", "[0,8,8]"), "the list has more than 2 numbers"},
		"backward":                   {replaced("[0,8]", "[8,0]"), "has the bytes 8 to 0"},
		"gap before":                 {raw(`{"a":`+part(4, 8)+`}`, "12345678"), `tensor "a" starts at byte 4, want 0`},
		"gap":                        {raw(`{"a":`+part(0, 4)+`,"b":`+part(8, 12)+`}`, "123456789012"), `tensor "b" starts at byte 8, want 4`},
		"overlap":                    {two(part(0, 8), part(4, 8)), `tensor "b" starts at byte 4, want 8`},
		"the same place":             {two(part(0, 8), part(0, 8)), `tensor "b" starts at byte 0, want 8`},
		"nothing inside of another":  {two(part(0, 8), part(4, 4)), `tensor "b" starts at byte 4, want 8`},
		"beyond the data":            {raw(`{"a":`+part(0, 12)+`}`, "12345678"), "the tensors end at byte 12 of 8"},
		"metadata that are no texts": {raw(`{"__metadata__":{"a":1}}`, ""), `"__metadata__": "a": at byte 22 is 1, want a text`},
		"metadata twice":             {raw(`{"__metadata__":{"a":"","a":""}}`, ""), `the name "a" is there twice`},
		"metadata that are none":     {raw(`{"__metadata__":null}`, ""), "want an object"},
	} {
		t.Run(name, func(t *testing.T) {
			read, err := Read(test.file)
			assert.Nil(t, read)
			require.ErrorContains(t, err, "safetensors: ")
			require.ErrorContains(t, err, test.says)
			assert.Less(t, len(err.Error()), 300)
		})
	}
}

// What a file claims does not cost memory.
func TestMemoryOfHostileFiles(t *testing.T) {
	for name, file := range map[string][]byte{
		"shape":  raw(`{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}`, "1234"),
		"header": binary.LittleEndian.AppendUint64(nil, maxHeader),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(file)
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), name)
	}
}

// A file that is cut off anywhere is refused.
func TestCutOff(t *testing.T) {
	metadata, tensors := sample()
	file := written(t, metadata, tensors...)
	for n := range file {
		_, err := Read(file[:n])
		require.Error(t, err, "%d bytes of %d", n, len(file))
	}
}

func TestRefusedByWrite(t *testing.T) {
	a := Tensor{Name: "a", Shape: []int{1}, Data: []float32{1}}
	for says, tensors := range map[string][]Tensor{
		"data of type []int":                          {{Name: "a", Data: []int{1}}},
		"has 1 elements, want those of the shape [2]": {{Name: "a", Shape: []int{2}, Data: []float32{1}}},
		"the shape [-1]":                              {{Name: "a", Shape: []int{-1}, Data: []float32{1}}},
		"has 65 dimensions":                           {{Name: "a", Shape: slices.Repeat([]int{1}, 65), Data: []float32{1}}},
		`the name "a" is used twice`:                  {a, a},
		`the name "__metadata__" is used twice, is`:   {{Name: "__metadata__", Data: []float32{1}}},
		`the name "\xff" is used twice`:               {{Name: "\xff", Data: []float32{1}}},
	} {
		var file bytes.Buffer
		assert.ErrorContains(t, Write(&file, nil, tensors...), says)
		assert.Zero(t, file.Len())
	}
	var file bytes.Buffer
	assert.ErrorContains(t, Write(&file, map[string]string{"a": "\xff"}), `the metadata "a" is not in UTF-8`)
	assert.Zero(t, file.Len())
}

// An error of the writer at any point is returned.
func TestWriteReturnsErrors(t *testing.T) {
	metadata, tensors := sample()
	size := len(written(t, metadata, tensors...))
	for room := range size {
		require.ErrorIs(t, Write(&limited{left: room}, metadata, tensors...), errFull, "room for %d bytes", room)
	}
	require.NoError(t, Write(&limited{left: size}, metadata, tensors...))
}

var errFull = errors.New("full")

type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errFull
	}
	l.left -= len(p)
	return len(p), nil
}

// Large tensors go through the writer's pieces.
func TestLargeTensor(t *testing.T) {
	data := make([]float64, 3*4096+5)
	for i := range data {
		data[i] = float64(i)
	}
	file, err := Read(written(t, nil, Tensor{Name: "a", Shape: []int{len(data)}, Data: data}))
	require.NoError(t, err)
	assert.Equal(t, data, file.Tensors[0].Data)
}

// The digest is of the data alone, every bit of it.
func TestDigest(t *testing.T) {
	_, tensors := sample()
	digest := Digest(tensors...)
	assert.Len(t, digest, 64)
	tensors[0].Name = "another"
	assert.Equal(t, digest, Digest(tensors...))
	tensors[0].Data.([]float32)[5] = math.Nextafter32(1.25, 2)
	assert.NotEqual(t, digest, Digest(tensors...))
}

func FuzzRead(f *testing.F) {
	metadata, tensors := sample()
	f.Add(written(f, metadata, tensors...))
	f.Add(raw(`{"a":{"dtype":"BF16","shape":[2,0],"data_offsets":[0,0]},"__metadata__":{}}`, ""))
	for _, name := range []string{"tensors", "halves"} {
		seed, err := os.ReadFile("testdata/" + name + ".safetensors")
		require.NoError(f, err)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		file, err := Read(input)
		if err != nil {
			require.Nil(t, file)
			return
		}
		total := 0
		for _, tensor := range file.Tensors {
			d, n, err := tensor.dtype()
			require.NoError(t, err)
			size, ok := elements(tensor.Shape)
			require.True(t, ok && size == n)
			total += n * d.size
		}
		require.LessOrEqual(t, total, 2*len(input))
	})
}

// What is read of a header is what is written.
func FuzzHeader(f *testing.F) {
	f.Add(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)
	f.Add(`{"__metadata__":{"b":"<>"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}} `, 8)
	f.Add(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":[]}`, 8)
	f.Fuzz(func(t *testing.T, header string, size int) {
		file, err := Read(raw(header, string(make([]byte, max(0, size%1000)))))
		if err != nil {
			return
		}
		again, err := Read(written(t, file.Metadata, file.Tensors...))
		require.NoError(t, err)
		if len(file.Metadata) == 0 {
			file.Metadata = nil
		}
		require.Equal(t, file, again)
	})
}
