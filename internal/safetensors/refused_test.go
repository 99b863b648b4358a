package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
