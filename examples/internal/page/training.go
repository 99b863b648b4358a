package page

import (
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/ensemble/report"
	"github.com/trajens/trajens/tps/diagnostics"
)

const (
	mostBars    = 24 // of a histogram
	mostBlocks  = 200
	fewestSteps = 32 // in a block, of which the share of accepted moves is within 0.1, most times
)

// Acceptance returns the histogram of the share of accepted moves in blocks of steps, of
// one or several chains. The outlines have 1 for each step that was accepted and 0 for
// each that was not.
func Acceptance(outlines []*diagnostics.Blocks) report.Histogram {
	steps := fewestSteps // a power of 2, as the sizes of an outline's blocks are
	for _, o := range outlines {
		for steps*mostBlocks < o.Count() || steps < o.Size() {
			steps *= 2
		}
	}
	counts, blocks := make([]int, steps+1), 0 // by the number of accepted moves in a block
	for _, o := range outlines {
		for block := range slices.Chunk(o.Means(), steps/o.Size()) {
			if len(block) < steps/o.Size() {
				break // the last steps are no whole block
			}
			sum := 0.0
			for _, share := range block {
				sum += share * float64(o.Size())
			}
			counts[int(math.Round(sum))]++
			blocks++
		}
	}
	h := report.Histogram{
		Title:   "Acceptance",
		Caption: fmt.Sprintf("Share of accepted moves in blocks of %s steps.", Grouped(steps)),
		X:       report.Axis{Label: "share of accepted moves"}, Y: report.Axis{Label: "blocks"},
	}
	var edges []int
	edges, h.Counts = gather(counts, min(mostBars, 1+int(2*math.Sqrt(float64(blocks)))))
	for _, edge := range edges {
		h.Edges = append(h.Edges, (float64(edge)-0.5)/float64(steps))
	}
	return h
}

// Batches returns the histogram of the number of samples that steps drew.
func Batches(t *diagnostics.Tally) report.Histogram {
	h := report.Histogram{
		Title:   "Batch size",
		Caption: "Samples that the acceptance test drew in a step.",
		X:       report.Axis{Label: "samples"}, Y: report.Axis{Label: "steps"},
	}
	var edges []int
	edges, h.Counts = gather(t.Batches(), mostBars)
	for _, edge := range edges {
		h.Edges = append(h.Edges, float64(edge*t.Config().Chunk))
	}
	return h
}

// gather makes wider bins, up to a number, of those from the first to the last that is
// not empty: bin i is of the counts from edges[i] to before edges[i+1].
func gather(counts []int, bins int) (edges []int, sums []float64) {
	full := func(n int) bool { return n > 0 }
	first := slices.IndexFunc(counts, full)
	if first < 0 {
		return nil, nil
	}
	last := len(counts) - 1
	for !full(counts[last]) {
		last--
	}
	width := (last-first)/bins + 1
	edges = []int{first}
	for bin := range slices.Chunk(counts[first:last+1], width) {
		sum := 0
		for _, n := range bin {
			sum += n
		}
		edges, sums = append(edges, edges[len(edges)-1]+width), append(sums, float64(sum))
	}
	return edges, sums
}
