package tps

import (
	"encoding"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/npz"
)

// An undoer restores states from a checkpoint, and remembers how to set them back to
// what they were.
type undoer struct{ undos []func() error }

// undo sets all states back, the last one first.
func (u *undoer) undo() error {
	var errs []error
	for k := len(u.undos) - 1; k >= 0; k-- {
		errs = append(errs, u.undos[k]())
	}
	return errors.Join(errs...)
}

// restore sets the state of what is named, if it has one.
func (u *undoer) restore(file npz.File, array, name string, x any) error {
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
	u.undos = append(u.undos, func() error { return state.UnmarshalBinary(before) })
	return unmarshal(file, array, state)
}

// restoreSource sets the state of a source of random numbers, which must have one.
func (u *undoer) restoreSource(file npz.File, x rand.Source) error {
	_, saves := x.(encoding.BinaryMarshaler)
	_, restores := x.(encoding.BinaryUnmarshaler)
	if !saves || !restores {
		return fmt.Errorf("tps: the source of random numbers, a %T, cannot be restored: it has no methods MarshalBinary and UnmarshalBinary", x)
	}
	return u.restore(file, sourceArray, "source of random numbers", x)
}

// readParts sets the states of parts.
func readParts(file npz.File, parts []Part) error {
	for _, part := range parts {
		if err := unmarshal(file, partArray+part.Name, part.State); err != nil {
			return err
		}
	}
	return nil
}

func unmarshal(file npz.File, name string, to encoding.BinaryUnmarshaler) error {
	state, _, err := npz.Get[byte](file, name, -1)
	if err != nil {
		return damaged(err)
	}
	if err := to.UnmarshalBinary(state); err != nil {
		return damaged(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}
