package checkpoint

import (
	"encoding"
	"errors"
	"fmt"

	"github.com/trajens/trajens/internal/npz"
)

// A Restorer restores states from a checkpoint, and remembers how to set them back to
// what they were.
type Restorer struct{ undos []func() error }

// Undo sets all states back, the last one first.
func (r *Restorer) Undo() error {
	var errs []error
	for k := len(r.undos) - 1; k >= 0; k-- {
		errs = append(errs, r.undos[k]())
	}
	return errors.Join(errs...)
}

// OnUndo adds what sets a state back.
func (r *Restorer) OnUndo(undo func() error) { r.undos = append(r.undos, undo) }

// State sets the state of what is named, if it has one.
func (r *Restorer) State(file npz.File, array, name string, x any) error {
	state, ok := x.(interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	})
	if !ok {
		return nil
	}
	before, err := state.MarshalBinary()
	if err != nil {
		return fmt.Errorf("tps: the state of the %s: %w", name, err)
	}
	r.OnUndo(func() error { return state.UnmarshalBinary(before) })
	return unmarshal(file, array, state)
}

// Source sets the state of a source of random numbers, which must have one.
func (r *Restorer) Source(file npz.File, x any) error {
	_, saves := x.(encoding.BinaryMarshaler)
	_, restores := x.(encoding.BinaryUnmarshaler)
	if !saves || !restores {
		return fmt.Errorf("tps: the source of random numbers, a %T, cannot be restored: it has no methods MarshalBinary and UnmarshalBinary", x)
	}
	return r.State(file, sourceArray, "source of random numbers", x)
}

// ReadParts sets the states of parts.
func ReadParts[P ~Part](file npz.File, parts []P) error {
	for i := range parts {
		part := Part(parts[i])
		if err := unmarshal(file, partArray+part.Name, part.State); err != nil {
			return err
		}
	}
	return nil
}

func unmarshal(file npz.File, name string, to encoding.BinaryUnmarshaler) error {
	state, _, err := npz.Get[byte](file, name, -1)
	if err != nil {
		return Damaged(err)
	}
	if err := to.UnmarshalBinary(state); err != nil {
		return Damaged(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}
