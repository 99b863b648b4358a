package cli

import (
	"io"
	"os"
	"sync"
)

// Locked returns a writer that several goroutines may write to at once: w
// itself if it is a file, which is one already.
func Locked(w io.Writer) io.Writer {
	if file, ok := w.(*os.File); ok {
		return file
	}
	return &locked{w: w}
}

type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
