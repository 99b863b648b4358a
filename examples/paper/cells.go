package main

import (
	"cmp"
	"math"
	"reflect"
	"slices"

	"github.com/trajens/trajens/tps/diagnostics"
)

// An outcome is a run that has ended.
type outcome struct {
	config config
	result result
}

// A cell is the runs that differ in their seeds alone.
type cell struct {
	config config // of the first
	runs   []result
}

// cellsOf groups outcomes, in the order of samplers, τ and s.
func cellsOf(outcomes []outcome) (cells []*cell) {
	for _, o := range outcomes {
		k := slices.IndexFunc(cells, func(c *cell) bool {
			with := c.config
			with.Seed = o.config.Seed
			return reflect.DeepEqual(with, o.config)
		})
		if k < 0 {
			k = len(cells)
			cells = append(cells, &cell{config: o.config})
		}
		cells[k].runs = append(cells[k].runs, o.result)
	}
	slices.SortStableFunc(cells, func(a, b *cell) int {
		return cmp.Or(
			-cmp.Compare(a.config.Sampler, b.config.Sampler), // the paper's first
			cmp.Compare(a.config.Tau, b.config.Tau),
			cmp.Compare(a.config.S, b.config.S),
		)
	})
	return cells
}

// An estimate is a mean over runs. Within is its standard error by the correlations within
// runs, Between by what runs differ. What is not known is NaN.
type estimate struct{ Mean, Within, Between float64 }

// bar returns the half length of an error bar: the larger of the two errors that are
// known. Runs that are stuck apart differ by more than they know.
func (e estimate) bar() float64 {
	switch {
	case math.IsNaN(e.Between):
		return e.Within
	case math.IsNaN(e.Within):
		return e.Between
	}
	return math.Max(e.Within, e.Between)
}

// over returns the mean of what the runs have, and what they differ.
func (c *cell) over(of func(*result) float64) estimate {
	e := estimate{Within: math.NaN(), Between: math.NaN()}
	n := float64(len(c.runs))
	for i := range c.runs {
		e.Mean += of(&c.runs[i]) / n
	}
	if n > 1 {
		squares := 0.0
		for i := range c.runs {
			d := of(&c.runs[i]) - e.Mean
			squares += d * d
		}
		e.Between = math.Sqrt(squares / (n - 1) / n)
	}
	return e
}

// loss returns the mean loss.
func (c *cell) loss() estimate {
	e := c.over(func(r *result) float64 { return float64(r.Loss) })
	squares := 0.0
	for i := range c.runs {
		squares += float64(c.runs[i].Stderr) * float64(c.runs[i].Stderr)
	}
	e.Within = math.Sqrt(squares) / float64(len(c.runs))
	return e
}

// batch returns ⟨b⟩.
func (c *cell) batch() estimate {
	return c.over(func(r *result) float64 { return float64(r.MeanBatch) })
}

// z returns by how many standard errors the loss is off what is known. The errors are
// those within runs: of few runs, what they differ by is known too badly.
func (c *cell) z() float64 {
	e := c.loss()
	return (e.Mean - float64(c.runs[0].Exact)) / e.Within
}

// notStationary is the R̂ above which runs have not come to the same place. The means of
// halves of runs, of 32 to 64 blocks, scatter by 3 to 4 of their standard errors then.
const notStationary = 1.1

// rHat returns R̂ of the halves of all runs, of the means of their 64 to 128 blocks.
func (c *cell) rHat() float64 {
	var chains [][]float64
	for i := range c.runs {
		var chain []float64
		for _, x := range c.runs[i].Outline {
			chain = append(chain, float64(x))
		}
		chains = append(chains, chain)
	}
	return diagnostics.SplitRHat(chains)
}

// stationary says whether R̂ is a number that is near enough to 1.
func (c *cell) stationary() bool { return c.rHat() <= notStationary }

// values returns what the cells have of a key, ascending, each once.
func values[T cmp.Ordered](cells []*cell, of func(config) T) (all []T) {
	for _, c := range cells {
		all = append(all, of(c.config))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func tauOf(c config) int        { return c.Tau }
func sOf(c config) float64      { return c.S }
func samplerOf(c config) string { return c.Sampler }
