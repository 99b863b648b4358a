package checkpoint

import (
	"encoding"
	"encoding/json"
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/npz"
)

// Names of the arrays of all checkpoints.
const (
	sourceArray = "source" // MarshalBinary of the random source
	partArray   = "part."  // MarshalBinary of a part, whose name follows
)

// A Part is a tps.Part.
type Part = struct {
	Name  string
	State interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}
}

// A Writer collects the arrays of a checkpoint. Its zero value has none.
type Writer struct {
	arrays []npz.Array
}

// Add adds arrays.
func (w *Writer) Add(arrays ...npz.Array) { w.arrays = append(w.arrays, arrays...) }

// Bytes returns an array of bytes.
func Bytes(name string, data []byte) npz.Array {
	return npz.Array{Name: name, Shape: []int{len(data)}, Data: data}
}

// AddState adds the state of what is named, if it has one.
func (w *Writer) AddState(array, name string, x any) error {
	m, ok := x.(encoding.BinaryMarshaler)
	if !ok {
		return nil
	}
	state, err := m.MarshalBinary()
	if err != nil {
		return fmt.Errorf("tps: the state of the %s: %w", name, err)
	}
	w.Add(Bytes(array, state))
	return nil
}

// AddSource adds the state of a source of random numbers, which must have one.
func (w *Writer) AddSource(x any) error {
	const what = "source of random numbers"
	m, ok := x.(encoding.BinaryMarshaler)
	if !ok {
		return fmt.Errorf("tps: the %s, a %T, cannot be saved: it has no method MarshalBinary", what, x)
	}
	state, err := m.MarshalBinary()
	if err != nil {
		return fmt.Errorf("tps: the %s, a %T, cannot be saved: %w", what, x, err)
	}
	w.Add(Bytes(sourceArray, state))
	return nil
}

// AddParts adds the states of parts, and returns their names.
func AddParts[P ~Part](w *Writer, parts []P) ([]string, error) {
	names := make([]string, len(parts))
	for i := range parts {
		part := Part(parts[i])
		state, err := part.State.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("tps: the state of %q: %w", part.Name, err)
		}
		names[i] = part.Name
		w.Add(Bytes(partArray+part.Name, state))
	}
	return names, nil
}

// Write writes a checkpoint: content as JSON in the first array, of that name, and then
// the others.
func (w *Writer) Write(out io.Writer, array string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("tps: %w", err)
	}
	return npz.Write(out, append([]npz.Array{Bytes(array, text)}, w.arrays...)...)
}
