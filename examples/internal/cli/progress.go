package cli

import (
	"io"

	"github.com/trajens/trajens/internal/progress"
)

// A Progress shows how far a run is, in rows.
type Progress = progress.Progress

// NewProgress returns a Progress of a number of rows that are written to w.
func NewProgress(w io.Writer, rows int) *Progress { return progress.New(w, rows) }

// Done says in fields how far a run is that has done a share of what it was asked for
// in a number of seconds, and how much time is left.
func Done(share, seconds float64) []string { return progress.Done(share, seconds) }
