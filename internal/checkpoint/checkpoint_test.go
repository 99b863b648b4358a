package checkpoint

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/random"
)

// A text is a state.
type text string

func (t *text) MarshalBinary() ([]byte, error) { return []byte(*t), nil }

func (t *text) UnmarshalBinary(data []byte) error {
	if string(data) == "bad" {
		return errors.New("bad")
	}
	*t = text(data)
	return nil
}

func texts(a, b text) (*text, *text) { return &a, &b }

// What is written is read, and can be undone.
func TestWriteAndRead(t *testing.T) {
	one, two := texts("one", "two")
	source := random.Source(3)
	var w Writer
	w.Add(npz.Array{Name: "numbers", Shape: []int{2}, Data: []float64{1, 2}})
	require.NoError(t, w.AddState("one", "first", one))
	require.NoError(t, w.AddState("none", "nothing", 3))
	require.NoError(t, w.AddSource(source))
	names, err := AddParts(&w, []Part{{Name: "two", State: two}})
	require.NoError(t, err)
	assert.Equal(t, []string{"two"}, names)
	var out bytes.Buffer
	require.NoError(t, w.Write(&out, "content", map[string]int{"steps": 5}))
	next := source.Uint64()

	file, err := Read(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	assert.Len(t, file, 5)
	content := make(map[string]int)
	require.NoError(t, Content(file, "content", &content))
	assert.Equal(t, map[string]int{"steps": 5}, content)
	other, part := texts("other", "part")
	restored := random.Source(9)
	before := *restored
	var r Restorer
	require.NoError(t, r.State(file, "one", "first", other))
	require.NoError(t, r.State(file, "none", "nothing", 3))
	require.NoError(t, r.Source(file, restored))
	require.NoError(t, ReadParts(file, []Part{{Name: "two", State: part}}))
	assert.Equal(t, text("one"), *other)
	assert.Equal(t, text("two"), *part)
	assert.Equal(t, next, restored.Uint64())
	require.NoError(t, r.Undo())
	assert.Equal(t, text("other"), *other)
	assert.Equal(t, before, *restored)
}

func TestErrors(t *testing.T) {
	bad, _ := texts("bad", "")
	var w Writer
	require.NoError(t, w.AddState("one", "first", bad))
	var out bytes.Buffer
	require.NoError(t, w.Write(&out, "content", 7))
	file, err := Read(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	var r Restorer
	assert.ErrorIs(t, r.State(file, "one", "first", bad), ErrDamaged)
	assert.ErrorIs(t, r.State(file, "two", "second", bad), ErrDamaged)
	assert.ErrorContains(t, r.Source(file, nil), "cannot be restored")
	assert.ErrorIs(t, ReadParts(file, []Part{{Name: "x", State: bad}}), ErrDamaged)
	var wrong []string
	assert.ErrorIs(t, Content(file, "content", &wrong), ErrDamaged)
	assert.ErrorIs(t, Content(file, "other", &wrong), ErrDamaged)
	_, err = Read(bytes.NewReader(out.Bytes()[1:]))
	assert.ErrorIs(t, err, ErrDamaged)
	assert.ErrorContains(t, w.AddSource(3), "a int, cannot be saved")
	assert.Error(t, w.Write(&out, "content", func() {}))
}

func TestDescribe(t *testing.T) {
	assert.Equal(t, "default", Describe(nil))
	assert.Equal(t, `map[string]int {"a":1}`, Describe(map[string]int{"a": 1}))
	assert.Equal(t, "bad", Describe(errorText{}))
	assert.Equal(t, "func()", Describe(func() {}))
}

type errorText struct{}

func (errorText) String() string { return "bad" }
