package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/internal/atomicfile"
)

// A row is what a trial comes to.
type row struct {
	trial
	weight   float64 // η
	step     float64
	share    float64 // of the step without a preconditioner
	friction float64 // in units of the lowest frequency
	unstable int     // how many frictions are, at this step
	runs     []*measurement
	// predicted is the gain of the slowest direction by the eigenvalues of B H B, if B stays
	// as it is.
	predicted float64
	failed    string // what made it end, if something did

	wide, narrow, slowest, square estimate
	gain, gainSlowest             estimate // of what is without a preconditioner, over this
}

// An estimate is a mean over runs with its standard error.
type estimate struct{ mean, deviation float64 }

func estimateOf(runs []*measurement, of func(*measurement) float64) estimate {
	var values []float64
	for _, m := range runs {
		values = append(values, of(m))
	}
	mean, deviation := stat.MeanStdDev(values, nil)
	return estimate{mean, deviation / math.Sqrt(float64(len(values)))}
}

// over returns a ratio.
func (e estimate) over(f estimate) estimate {
	ratio := e.mean / f.mean
	return estimate{ratio, ratio * math.Hypot(e.deviation/e.mean, f.deviation/f.mean)}
}

// summarize takes the means over runs.
func (x *row) summarize(r *reference) {
	x.wide = estimateOf(x.runs, func(m *measurement) float64 { return m.wide(r) })
	x.narrow = estimateOf(x.runs, func(m *measurement) float64 { return m.narrow(r) })
	x.slowest = estimateOf(x.runs, (*measurement).slowest)
	x.square = estimateOf(x.runs, func(m *measurement) float64 { return m.square })
}

// compareWith compares with the row of as many walkers without a preconditioner.
func (x *row) compareWith(rows []*row) {
	for _, alone := range rows {
		if alone.walkers == x.walkers && alone.eta == 0 && alone.failed == "" && x.failed == "" {
			x.gain, x.gainSlowest = alone.wide.over(x.wide), alone.slowest.over(x.slowest)
		}
	}
}

const header = `| walkers | η / largest curvature | frozen | step | friction | widest | narrowest | slowest | gain, widest | gain, slowest | predicted | mean square |
|---|---|---|---|---|---|---|---|---|---|---|---|`

// String returns a row of the table.
func (x *row) String() string {
	eta, frozen, gain, gainSlowest, predicted := "none", "", "", "", ""
	if x.weight > 0 {
		eta, frozen, predicted = fmt.Sprint(x.eta), "no", fmt.Sprintf("%.2f", x.predicted)
		gain, gainSlowest = fmt.Sprintf("%.2f ± %.2f", x.gain.mean, x.gain.deviation), fmt.Sprintf("%.2f ± %.2f", x.gainSlowest.mean, x.gainSlowest.deviation)
	}
	if x.freeze {
		frozen = "yes"
	}
	if x.failed != "" {
		return fmt.Sprintf("| %d | %s | %s | %.2f | | %s | | | | | | |", x.walkers, eta, frozen, x.share, x.failed)
	}
	friction := fmt.Sprint(x.friction)
	if x.unstable > 0 {
		friction += fmt.Sprintf(" (%d unstable)", x.unstable)
	}
	return fmt.Sprintf("| %d | %s | %s | %.2f | %s | %.1f ± %.1f | %.1f ± %.1f | %.0f ± %.0f | %s | %s | %s | %.3f ± %.3f |",
		x.walkers, eta, frozen, x.share, friction, x.wide.mean, x.wide.deviation, x.narrow.mean, x.narrow.deviation,
		x.slowest.mean, x.slowest.deviation, gain, gainSlowest, predicted, x.square.mean, x.square.deviation)
}

// times returns the mean over runs along each followed direction.
func (x *row) times() []float64 {
	if x.failed != "" {
		return nil
	}
	times := make([]float64, len(x.runs[0].times))
	for _, m := range x.runs {
		for j, t := range m.times {
			times[j] += t / float64(len(x.runs))
		}
	}
	return times
}

// writeCSV writes the times along each direction, if there is a path.
func writeCSV(path string, r *reference, rows []*row) error {
	if path == "" {
		return nil
	}
	return atomicfile.Write(path, func(out io.Writer) error {
		w := csv.NewWriter(out)
		w.Write([]string{"walkers", "eta", "frozen", "step", "friction", "direction", "variance", "time"})
		number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
		for _, x := range rows {
			for j, t := range x.times() {
				i := r.indices[j]
				w.Write([]string{strconv.Itoa(x.walkers), number(x.weight), strconv.FormatBool(x.freeze), number(x.step), number(x.friction), strconv.Itoa(i + 1), number(r.axes.Variances[i]), number(t)})
			}
		}
		w.Flush()
		return w.Error()
	})
}
