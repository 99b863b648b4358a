package main

import (
	"fmt"
	"io"
	"time"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/internal/progress"
)

// A show says how far an ensemble is.
type show struct {
	progress *progress.Progress
	what     string
	begin    time.Time
	done     map[int]int // steps of each member's chain
	ended    map[int]int // epochs of each member's training
}

func newShow(w io.Writer, what string) *show {
	return &show{progress: progress.New(w, 1), what: what, begin: time.Now(), done: map[int]int{}, ended: map[int]int{}}
}

// mile shows how far MILE is. It is never called twice at once.
func (s *show) mile(p langevin.MILEProgress) error {
	s.done[p.Member], s.ended[p.Member] = p.Steps, p.Epoch.Number
	steps, epochs := 0, 0
	for member := range s.done {
		steps, epochs = steps+s.done[member], epochs+s.ended[member]
	}
	s.progress.Show(0, s.what, fmt.Sprintf("%.0f s", time.Since(s.begin).Seconds()), fmt.Sprintf("%d epochs, %d steps", epochs, steps),
		fmt.Sprintf("member %d", p.Member), fmt.Sprintf("step %.3g", p.StepSize), fmt.Sprintf("loss %.4f", p.Loss))
	return nil
}

func (s *show) end() { s.progress.End() }
