package moves

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/tps"
)

// Langevin changes one model, chosen uniformly. With the mean m and the width w of the
// model given its neighbors and the prior (tps.Conditional), and with the gradient ĝ of
// the mean loss over a minibatch, it proposes
//
//	θ′ = m + k·(θ − m) − (1 − k)·w²·s·ĝ(θ) + β·w·ξ,   k = √(1 − β²),
//
// ξ being normal: the Crank–Nicolson discretization of the Langevin equation of the
// path measure and the tilt (pCNL: Cotter, Roberts, Stuart and White, arXiv 1202.0709,
// section 4.2). At s = 0 it is tps.Autoregressive. The minibatch is drawn without
// replacement, before the model is looked at, and the way back has the same.
//
// One model with a flat prior has w = ∞ and makes a step of the Metropolis-adjusted
// Langevin algorithm of width β·σ. A step of one model with a prior is at most β·σ, too.
//
// A gradient that is not finite counts as zero; a model that overflows is rejected.
type Langevin struct {
	// Gradient is that of the losses of the chain, for this chain alone unless
	// several goroutines may use it. It is not part of a checkpoint's settings.
	Gradient Gradient
	// Beta is β, in (0, 1]. 0: 0.1.
	Beta float64
	// Batch is how many samples ĝ is of, at most all. 0: 32, or all if there are
	// fewer.
	Batch int
}

// defaultBeta is a cautious β.
const defaultBeta = 0.1

// String returns the move and its options.
func (m Langevin) String() string {
	return fmt.Sprintf("langevin(beta %v, batch %d)", cmp.Or(m.Beta, defaultBeta), cmp.Or(m.Batch, defaultBatch))
}

// Proposer implements tps.Move.
func (m Langevin) Proposer(target tps.Target) (tps.Proposer, error) {
	beta := cmp.Or(m.Beta, defaultBeta)
	if !(beta > 0 && beta <= 1) {
		return nil, fmt.Errorf("moves: Langevin.Beta = %v, want a number in (0, 1]", m.Beta)
	}
	gradient, err := newBatchGradient("Langevin", m.Gradient, m.Batch, target)
	if err != nil {
		return nil, err
	}
	params := target.Losses.Params()
	return &langevin{
		beta: beta, gradient: gradient, window: newWindow(target),
		there: make([]float32, params), back: make([]float32, params),
	}, nil
}

// langevin is the proposer of Langevin.
type langevin struct {
	beta        float64
	gradient    *batchGradient
	window      window
	there, back []float32 // gradients at the current and at the proposed model
}

// Propose implements tps.Proposer.
func (l *langevin) Propose(p *tps.Proposal) error {
	c := l.window.choose(p)
	l.gradient.draw(p.Source)
	before, after := p.Current.Model(p.First), p.Proposed.Model(p.First)
	if p.S != 0 {
		p.Cost += l.gradient.at(l.there, before)
	}
	width := l.beta * c.Scale
	share := width / c.Width // β, but for one model: 0 with a flat prior
	keep := math.Sqrt(1 - share*share)
	drift := p.S * width * width / (1 + keep) // (1 − k)·w²·s
	mean := l.window.mean[:len(after)]
	normal := rand.New(p.Source)
	for i, x := range before {
		center := mean[i] + keep*(float64(x)-mean[i]) - drift*float64(l.there[i])
		after[i] = float32(center + width*normal.NormFloat64())
	}
	if p.S == 0 {
		settle(p, 0)
		return nil
	}
	p.Cost += l.gradient.at(l.back, after)
	settle(p, l.known(before, after, keep, drift)/(width*width))
	return nil
}

// known returns log p(θ′)q(θ|θ′)/p(θ)q(θ′|θ), times the squared width of the noise. As
// the step without the drift leaves the path measure unchanged, terms without a gradient
// cancel: what is left is, with a = θ − m, b = θ′ − m and d the drift's factor,
//
//	Σ d·[ĝ(θ)·(b − k·a) − ĝ(θ′)·(a − k·b)] + d²·[ĝ(θ)² − ĝ(θ′)²]/2.
func (l *langevin) known(before, after []float32, keep, drift float64) (sum float64) {
	mean := l.window.mean[:len(after)]
	for i, x := range before {
		a, b := float64(x)-mean[i], float64(after[i])-mean[i]
		g, h := float64(l.there[i]), float64(l.back[i])
		sum += drift * (g*(b-keep*a) - h*(a-keep*b) + drift/2*(g-h)*(g+h))
	}
	return sum
}
