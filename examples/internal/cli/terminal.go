package cli

import (
	"io"
	"os"
)

// IsTerminal tells whether w is a terminal, or another device that holds
// nothing, so that a line written to it may be rewritten.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
