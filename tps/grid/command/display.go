package command

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/trajens/trajens/internal/progress"
	"github.com/trajens/trajens/tps/grid"
)

// A display shows all runs in a row, and what each job is at in another.
type display struct {
	rows   *progress.Progress
	labels map[string]string
	start  time.Time
	jobs   []job

	total, passed, done, failed int
	work                        float64 // that was done here by runs that have ended, in runs
}

// A job is what one slot is at.
type job struct {
	id          string // empty: nothing
	first, done float64
}

func newDisplay(w io.Writer, jobs int, labels map[string]string) *display {
	return &display{rows: progress.New(w, 1+jobs), labels: labels, start: time.Now(), jobs: make([]job, jobs)}
}

// observe is told of events, one at a time.
func (d *display) observe(e grid.Event) {
	j := &d.jobs[e.Slot]
	switch e.Kind {
	case grid.Began:
		d.total = e.Runs
	case grid.Skipped:
		d.passed++
		if e.State == grid.Failed {
			d.failed++
		}
	case grid.Started:
		*j = job{id: e.ID, first: -1}
		d.show(e.Slot, "")
	case grid.Progressed:
		if j.first < 0 {
			j.first = e.Done
		}
		j.done = e.Done
		d.show(e.Slot, e.Text)
	case grid.Ended:
		d.finish(j, e)
	}
	d.rows.Show(0, d.fields()...)
}

func (d *display) finish(j *job, e grid.Event) {
	switch e.State {
	case grid.Done:
		d.done++
		d.work += 1 - max(j.first, 0)
	case grid.Failed:
		d.failed++
		d.passed++
	case grid.Running:
		d.passed++
	case grid.Interrupted:
		d.work += max(0, j.done-max(j.first, 0))
	}
	*j = job{}
}

// show shows a job.
func (d *display) show(slot int, text string) {
	j := d.jobs[slot]
	fields := []string{fmt.Sprintf("%d: %s", slot+1, j.id[:8]), fmt.Sprintf("%3.0f %%", 100*j.done)}
	for _, field := range []string{d.labels[j.id], text} {
		if field != "" {
			fields = append(fields, field)
		}
	}
	d.rows.Show(1+slot, fields...)
}

// fields says how far all runs are, and how much time is left if the runs to come take
// as long as those so far.
func (d *display) fields() []string {
	finished := d.done + d.passed
	fields := []string{fmt.Sprintf("%d of %d runs", finished, d.total)}
	if d.failed > 0 {
		fields = append(fields, fmt.Sprintf("%d failed", d.failed))
	}
	work, left := d.work, float64(d.total-finished)
	for _, j := range d.jobs {
		if j.id != "" {
			work += max(0, j.done-max(j.first, 0))
			left -= j.done
		}
	}
	if d.total > 0 {
		fields = append(fields, fmt.Sprintf("%.0f %%", math.Floor(100*(1-max(left, 0)/float64(d.total)))))
	}
	if work > 0 && left > 0 {
		fields = append(fields, progress.Duration(time.Since(d.start).Seconds()*left/work)+" left")
	}
	return fields
}

func (d *display) end() { d.rows.End() }
