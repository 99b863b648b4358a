package cli

import (
	"fmt"
	"os"
)

// MakeOut makes the directory of the flag -out, unless it is empty, and finds out
// that files can be written there before a run begins whose results they are.
func MakeOut(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	file, err := os.CreateTemp(dir, ".out")
	if err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	file.Close()
	return os.Remove(file.Name())
}
