package diagnostics

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

const (
	mostRows = 16 // for models and for batch sizes
	mostBar  = 30 // characters
)

// String returns a table of what was counted, to be printed at the end of a run:
// shares of the steps, acceptance rates, and bars of the batch sizes. Kinds that
// did not occur are left out; of more than 16 models or batch sizes neighbors
// share a line.
func (t *Tally) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	total := t.total()
	row := func(name string, c tps.Outcomes) {
		if c.Proposed > 0 {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", name, c.Proposed,
				percent(c.Proposed, total.Proposed), percent(c.Accepted, c.Proposed))
		}
	}
	fmt.Fprintln(w, "\tsteps\tshare\taccepted")
	row("all", total)
	for k, c := range t.moves {
		row(tps.Kind(k).String(), c)
	}
	for k, c := range t.reasons {
		row("by "+minibatch.Reason(k).String(), c)
	}
	width := (len(t.models)-1)/mostRows + 1
	for first := 0; first < len(t.models); first += width {
		last := min(first+width, len(t.models)) - 1
		var c tps.Outcomes
		for _, one := range t.models[first : last+1] {
			c.Proposed += one.Proposed
			c.Accepted += one.Accepted
		}
		row("model "+span(first, last), c)
	}
	t.batchRows(w, total.Proposed)
	w.Flush()
	return text.String()
}

// batchRows writes a histogram from the first to the last bin in use.
func (t *Tally) batchRows(w *tabwriter.Writer, steps int) {
	if steps == 0 {
		return
	}
	fmt.Fprintf(w, "samples, mean %.1f\n", t.MeanBatch())
	if t.drawn == 0 {
		return
	}
	from, to := 0, len(t.batches)
	for t.batches[from] == 0 {
		from++
	}
	for t.batches[to-1] == 0 {
		to--
	}
	width := (to-from-1)/mostRows + 1
	var rows []int
	for first := from; first < to; first += width {
		n := 0
		for _, k := range t.batches[first:min(first+width, to)] {
			n += k
		}
		rows = append(rows, n)
	}
	longest := float64(slices.Max(rows))
	for k, n := range rows {
		first := from + k*width
		last := min(first+width, to) - 1
		bar := strings.Repeat("▇", int(math.Ceil(mostBar*float64(n)/longest)))
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", span(first*t.config.Chunk+1, t.upper(last)), n, percent(n, steps), bar)
	}
}

func span(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d–%d", first, last)
}

func percent(part, whole int) string {
	return fmt.Sprintf("%.2f %%", 100*float64(part)/float64(whole))
}
