package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/npz"
)

// ErrDamaged is tps.ErrDamaged.
var ErrDamaged = errors.New("tps: the checkpoint is damaged")

// Damaged makes an error one that is ErrDamaged.
func Damaged(err error) error { return fmt.Errorf("%w: %w", ErrDamaged, err) }

// Read reads a file whose seal fits.
func Read(r io.Reader) (npz.File, error) {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	if err := npz.Sealed(bytes); err != nil {
		return nil, Damaged(err)
	}
	file, err := npz.Read(bytes)
	if err != nil {
		return nil, Damaged(err)
	}
	return file, nil
}

// Content sets what to points to, to what an array says in JSON.
func Content(file npz.File, array string, to any) error {
	text, _, err := npz.Get[byte](file, array, -1)
	if err != nil {
		return Damaged(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		return Damaged(err)
	}
	return nil
}
