package moves

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// What Langevin and Barker know of Δ is log p(Θ′)q(Θ|Θ′)/p(Θ)q(Θ′|Θ), with the densities
// written out, on the same minibatch.
func TestKnown(t *testing.T) {
	l := newLine(t, 16)
	const s, beta, step = 50, 0.6, 0.8
	for name, path := range pathsOfTests {
		for _, tau := range []int{1, 4} {
			for _, move := range []tps.Move{Langevin{Gradient: l.gradients, Beta: beta, Batch: 3}, Barker{Gradient: l.gradients, Step: step, Batch: 3}} {
				t.Run(fmt.Sprintf("%s τ=%d %v", name, tau, move), func(t *testing.T) {
					proposer, err := move.Proposer(tps.Target{Tau: tau, Path: path, Losses: l.losses()})
					require.NoError(t, err)
					current, err := tps.RandomWalk(tau, []float32{0.2, -0.3}, sigma, random.Source(3))
					require.NoError(t, err)
					for seed := range uint64(30) {
						p := tps.Proposal{Current: current, Proposed: current.Clone(), S: s, Source: random.Source(seed)}
						require.NoError(t, proposer.Propose(&p))
						assert.False(t, p.Exact)
						assert.Equal(t, 24.0, p.Cost)
						c := path.Conditional(p.First, tau)
						mean, gradient := make([]float64, 2), make([]float32, 2)
						c.Mean(mean, current)
						// log q(to | from), but for a constant.
						density := func(from, to []float32) (sum float64) {
							l.gradients.Gradient(gradient, from, batchOf(proposer))
							for i, x := range from {
								x, g := float64(x), s*float64(gradient[i])
								force := -g
								if !math.IsInf(c.Width, 1) {
									force -= (x - mean[i]) / (c.Width * c.Width)
								}
								jump := float64(to[i]) - x
								if _, ok := move.(Barker); ok {
									sum -= math.Log(1 + math.Exp(-jump*force))
									continue
								}
								width := beta * c.Scale
								center := x - width*width/2*g
								if !math.IsInf(c.Width, 1) {
									b := width / c.Width
									keep := math.Sqrt(1 - b*b)
									center = mean[i] + keep*(x-mean[i]) - (1-keep)*c.Width*c.Width*g
								}
								off := (float64(to[i]) - center) / width
								sum -= off * off / 2
							}
							return sum
						}
						before, after := current.Model(p.First), p.Proposed.Model(p.First)
						want := path.LogRatio(&p) + density(after, before) - density(before, after)
						assert.InDelta(t, want, p.Known, 1e-9*(1+math.Abs(want)))
					}
				})
			}
		}
	}
}

// batchOf returns the minibatch of the last proposal.
func batchOf(proposer tps.Proposer) []int {
	if l, ok := proposer.(*langevin); ok {
		return l.gradient.batch
	}
	return proposer.(*barker).gradient.batch
}
