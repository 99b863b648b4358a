package main

import (
	"fmt"
	"io"
	"math"
)

// printTable writes the cells of a figure's grid for people.
func printTable(w io.Writer, cells []*cell) {
	fmt.Fprintf(w, "\n%-8s %4s %6s %5s %10s %9s %9s", "sampler", "τ", "s", "runs", "loss", "± within", "between")
	known := cells[0].config.Problem == perceptron
	if known {
		fmt.Fprintf(w, " %10s %6s", "exact", "z")
	} else {
		fmt.Fprintf(w, " %8s %8s", "accuracy", "members")
	}
	fmt.Fprintf(w, " %6s %8s %7s %9s\n", "R̂", "⟨b⟩", "N/⟨b⟩", "accepted")
	for _, c := range cells {
		loss, batch := c.loss(), c.batch().Mean
		fmt.Fprintf(w, "%-8s %4d %6g %5d %10.5g %9.2g %9.2g", c.config.Sampler, c.config.Tau, c.config.S, len(c.runs), loss.Mean, loss.Within, loss.Between)
		if known {
			fmt.Fprintf(w, " %10.5g %6.2f", float64(c.runs[0].Exact), c.z())
		} else {
			fmt.Fprintf(w, " %8.4f %8.4f", c.over(func(r *result) float64 { return float64(r.Accuracy) }).Mean,
				c.over(func(r *result) float64 { return float64(r.Members) }).Mean)
		}
		fmt.Fprintf(w, " %5.3f %8.1f %7.3g %9.4f\n", c.rHat(), batch, float64(c.runs[0].Samples)/batch,
			c.over(func(r *result) float64 { return float64(r.Acceptance) }).Mean)
	}
	if known {
		printVerdict(w, cells)
	}
}

// tolerance is how many standard errors a loss may be off the exact one.
const tolerance = 4

// printVerdict says how far the cells are off the exact answer.
func printVerdict(w io.Writer, cells []*cell) {
	worst, within, squares := 0.0, 0, 0.0
	for _, c := range cells {
		z := math.Abs(c.z())
		worst = max(worst, z)
		squares += z * z
		if z <= tolerance {
			within++
		}
	}
	fmt.Fprintf(w, "\n%d of %d points are within %d standard errors of the exact lines; the largest deviation is %.2f, their root mean square %.2f.\n",
		within, len(cells), tolerance, worst, math.Sqrt(squares/float64(len(cells))))
	for _, c := range cells {
		if !c.stationary() {
			fmt.Fprintf(w, "Not stationary: sampler %s, τ = %d, s = %g: R̂ = %.3f.\n", c.config.Sampler, c.config.Tau, c.config.S, c.rHat())
		}
	}
}
