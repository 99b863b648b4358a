package main

import (
	"fmt"
	"io"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
)

// plainInterval is the least time between two lines where they stay.
const plainInterval = 5 * time.Second

// A progress shows how far the run is: on a terminal in one line that it
// rewrites, elsewhere in a line every few seconds.
type progress struct {
	w        io.Writer
	terminal bool
	shown    time.Time
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, terminal: cli.IsTerminal(w)}
}

func (p *progress) show(text string) {
	now := time.Now()
	switch {
	case p.terminal:
		fmt.Fprintf(p.w, "\r%-79s", text) // padded, to cover a longer text before
	case now.Sub(p.shown) >= plainInterval:
		fmt.Fprintln(p.w, text)
	default:
		return
	}
	p.shown = now
}

// end leaves the line.
func (p *progress) end() {
	if p.terminal && !p.shown.IsZero() {
		fmt.Fprintln(p.w)
	}
}
