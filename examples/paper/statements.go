package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
)

// printStatements says in numbers what the paper says of figures 2 and 3, for the cells
// that there are.
func printStatements(w io.Writer, cells []*cell) {
	samplers := values(cells, samplerOf)
	slices.Reverse(samplers)
	for _, name := range samplers {
		var own []*cell
		for _, c := range cells {
			if c.config.Sampler == name {
				own = append(own, c)
			}
		}
		still := 0
		for _, c := range own {
			if c.stationary() {
				still++
			}
		}
		fmt.Fprintf(w, "\nSampler %s: %d of %d cells have an R̂ of at most %g.\n", name, still, len(own), notStationary)
		printFalls(w, own, "s", func(c *cell) float64 { return float64(c.config.Tau) }, func(c *cell) float64 { return c.config.S })
		printFalls(w, own, "τ", func(c *cell) float64 { return c.config.S }, func(c *cell) float64 { return float64(c.config.Tau) })
		printVotes(w, own)
		printBatches(w, own)
	}
	printAgreement(w, cells)
}

// printFalls says in how many of the pairs of cells that are neighbors in one variable, the
// other one being the same, the loss falls.
func printFalls(w io.Writer, cells []*cell, variable string, same, varies func(*cell) float64) {
	pairs, falls, sure := 0, 0, 0
	for _, c := range cells {
		var next *cell
		for _, d := range cells {
			if same(d) == same(c) && varies(d) > varies(c) && (next == nil || varies(d) < varies(next)) {
				next = d
			}
		}
		if next == nil {
			continue
		}
		a, b := c.loss(), next.loss()
		pairs++
		if b.Mean < a.Mean {
			falls++
		}
		if a.Mean-b.Mean > 2*math.Hypot(a.bar(), b.bar()) {
			sure++
		}
	}
	if pairs > 0 {
		fmt.Fprintf(w, "  From one %s to the next the loss falls in %d of %d cases, in %d by more than 2 standard errors.\n", variable, falls, pairs, sure)
	}
}

// printVotes says by how much the vote is better than its members.
func printVotes(w io.Writer, cells []*cell) {
	for _, tau := range values(cells, tauOf) {
		best := -1.0
		var of *cell
		for _, c := range cells {
			accuracy := c.over(func(r *result) float64 { return float64(r.Accuracy) }).Mean
			if c.config.Tau == tau && accuracy > best {
				best, of = accuracy, c
			}
		}
		if of == nil {
			continue
		}
		members := of.over(func(r *result) float64 { return float64(r.Members) }).Mean
		fmt.Fprintf(w, "  τ = %d: the best accuracy by vote is %.3f, at s = %g, that of its members %.3f.\n", tau, best, of.config.S, members)
	}
}

// printBatches compares the batches of trajectories at the same loss.
func printBatches(w io.Writer, cells []*cell) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range cells {
		ratio := float64(c.runs[0].Samples) / c.batch().Mean
		low, high = min(low, ratio), max(high, ratio)
	}
	fmt.Fprintf(w, "  N/⟨b⟩ is %.3g to %.3g.\n", low, high)
	taus := values(cells, tauOf)
	for k := 1; k < len(taus); k++ {
		short, long := batchCurve(cells, taus[k-1]), batchCurve(cells, taus[k])
		from, to := max(short[0].loss, long[0].loss), min(short[len(short)-1].loss, long[len(long)-1].loss)
		if !(from < to) {
			fmt.Fprintf(w, "  τ = %d and %d have no loss in common.\n", taus[k-1], taus[k])
			continue
		}
		at := (from + to) / 2
		a, b := interpolate(short, at), interpolate(long, at)
		fmt.Fprintf(w, "  At the loss %.3g, ⟨b⟩ is %.3g for τ = %d and %.3g for τ = %d.\n", math.Exp(at), math.Exp(a), taus[k-1], math.Exp(b), taus[k])
	}
}

// A lossBatch is a point of figure 2(d), in logarithms.
type lossBatch struct{ loss, batch float64 }

// batchCurve returns the points of a τ by increasing loss.
func batchCurve(cells []*cell, tau int) (points []lossBatch) {
	for _, c := range cells {
		if c.config.Tau == tau {
			points = append(points, lossBatch{math.Log(c.loss().Mean), math.Log(c.batch().Mean)})
		}
	}
	sort.Slice(points, func(i, j int) bool { return points[i].loss < points[j].loss })
	return points
}

// interpolate returns the batch at a loss within the points.
func interpolate(points []lossBatch, loss float64) float64 {
	k := sort.Search(len(points), func(k int) bool { return points[k].loss >= loss })
	if k == 0 || k == len(points) {
		return points[min(k, len(points)-1)].batch
	}
	a, b := points[k-1], points[k]
	return a.batch + (b.batch-a.batch)*(loss-a.loss)/(b.loss-a.loss)
}

// printCurves says how far each τ has come at the same D/τ, the largest that all have had.
func printCurves(w io.Writer, cells []*cell) {
	samplers := values(cells, samplerOf)
	slices.Reverse(samplers)
	for _, name := range samplers {
		use := math.Inf(1)
		for _, c := range cells {
			if curve := c.curve(); c.config.Sampler == name && len(curve) > 0 {
				use = min(use, curve[len(curve)-1].use)
			}
		}
		if math.IsInf(use, 1) {
			continue
		}
		fmt.Fprintf(w, "\nSampler %s, at D/τ = %.3g:\n", name, use)
		for _, c := range cells {
			if c.config.Sampler != name || len(c.runs[0].Curve) == 0 {
				continue
			}
			loss, accuracy := c.at(use, func(x curvePoint) float64 { return x.loss.Mean }), c.at(use, func(x curvePoint) float64 { return x.accuracy.Mean })
			fmt.Fprintf(w, "  τ = %d: loss %.3g, accuracy by vote %.3f.\n", c.config.Tau, loss, accuracy)
		}
	}
}

// at returns what the mean curve of a cell has at a D/τ, between points in proportion to
// its logarithm.
func (c *cell) at(use float64, of func(curvePoint) float64) float64 {
	curve := c.curve()
	k := sort.Search(len(curve), func(k int) bool { return curve[k].use >= use })
	if k == 0 || k == len(curve) {
		return of(curve[min(k, len(curve)-1)])
	}
	a, b := curve[k-1], curve[k]
	share := math.Log(use/a.use) / math.Log(b.use/a.use)
	return of(a) + share*(of(b)-of(a))
}

// printAgreement compares the samplers where both are stationary.
func printAgreement(w io.Writer, cells []*cell) {
	both, apart, squares := 0, 0, 0.0
	for _, c := range cells {
		for _, d := range cells {
			if c.config.Sampler <= d.config.Sampler || c.config.Tau != d.config.Tau || c.config.S != d.config.S {
				continue
			}
			if !c.stationary() || !d.stationary() {
				apart++
				continue
			}
			if both == 0 {
				fmt.Fprintln(w)
			}
			a, b := c.loss(), d.loss()
			z := (a.Mean - b.Mean) / math.Hypot(a.bar(), b.bar())
			fmt.Fprintf(w, "τ = %d, s = %g: loss %.4g by %s, %.4g by %s, which is %.2f standard errors of the difference.\n",
				c.config.Tau, c.config.S, a.Mean, c.config.Sampler, b.Mean, d.config.Sampler, z)
			both++
			squares += z * z
		}
	}
	if both+apart == 0 {
		return
	}
	fmt.Fprintf(w, "\nThe samplers are both stationary in %d of %d cells.", both, both+apart)
	if both > 0 {
		fmt.Fprintf(w, " There they differ by %.2f standard errors (root mean square).", math.Sqrt(squares/float64(both)))
	}
	fmt.Fprintln(w)
}
