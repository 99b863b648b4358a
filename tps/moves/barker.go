package moves

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// Barker changes one model, chosen uniformly. Each coordinate makes a step of a normal
// size z, upwards with the probability
//
//	1/(1 + exp(−z·∂))
//
// and else downwards. ∂ is the derivative of log π̂, which has the path measure of the
// model given its neighbors, and the tilt with the mean loss over a minibatch. Source:
// Livingstone and Zanella, JRSSB 84, 496 (2022), algorithm 1; the minibatch is drawn and
// used as by Langevin. As the size of a step does not depend on the gradient, gradients
// of very different sizes, and widths that are too large for some coordinates, do less
// harm than to Langevin, which for its part moves further where Step fits.
//
// A gradient that is not finite counts as zero; a model that overflows is rejected.
type Barker struct {
	// Gradient is that of the losses of the chain, for this chain alone unless
	// several goroutines may use it. It is not part of a checkpoint's settings.
	Gradient Gradient
	// Step is the standard deviation of z, in units of the width of the model given
	// its neighbors (of σ, if that is less, for one model alone), positive and at most
	// 1,000. 0: 0.1.
	Step float64
	// Batch is how many samples the gradient is of, at most all. 0: 32, or all if there
	// are fewer.
	Batch int
}

// defaultStep is a cautious Step.
const defaultStep = 0.1

// largestStep bounds Step far beyond what is of use.
const largestStep = 1000

// String returns the move and its options.
func (m Barker) String() string {
	return fmt.Sprintf("barker(step %v, batch %d)", cmp.Or(m.Step, defaultStep), cmp.Or(m.Batch, defaultBatch))
}

// Proposer implements tps.Move.
func (m Barker) Proposer(target tps.Target) (tps.Proposer, error) {
	step := cmp.Or(m.Step, defaultStep)
	if !(step > 0 && step <= largestStep) {
		return nil, fmt.Errorf("moves: Barker.Step = %v, want a number in (0, %v]", m.Step, largestStep)
	}
	gradient, err := newBatchGradient("Barker", m.Gradient, m.Batch, target)
	if err != nil {
		return nil, err
	}
	params := target.Losses.Params()
	return &barker{
		step: step, gradient: gradient, window: newWindow(target),
		there: make([]float32, params), back: make([]float32, params),
	}, nil
}

// barker is the proposer of Barker.
type barker struct {
	step        float64
	gradient    *batchGradient
	window      window
	there, back []float32 // gradients at the current and at the proposed model
}

// Propose implements tps.Proposer.
func (b *barker) Propose(p *tps.Proposal) error {
	c := b.window.choose(p)
	b.gradient.draw(p.Source)
	before, after := p.Current.Model(p.First), p.Proposed.Model(p.First)
	if p.S != 0 {
		p.Cost += b.gradient.at(b.there, before)
	}
	width, precision := b.step*c.Scale, 1/(c.Width*c.Width)
	mean := b.window.mean[:len(after)]
	normal := rand.New(p.Source)
	for i, x := range before {
		slope := -precision*(float64(x)-mean[i]) - p.S*float64(b.there[i])
		z := width * normal.NormFloat64()
		if random.Open(p.Source) > 1/(1+math.Exp(-z*slope)) {
			z = -z
		}
		after[i] = float32(float64(x) + z)
	}
	if p.S != 0 {
		p.Cost += b.gradient.at(b.back, after)
	}
	settle(p, b.known(p, precision))
	return nil
}

// known returns log p(θ′)q(θ|θ′)/p(θ)q(θ′|θ). A step δ has the density of |δ| times
// 1/(1 + exp(−δ·∂)).
func (b *barker) known(p *tps.Proposal, precision float64) (sum float64) {
	before, after := p.Current.Model(p.First), p.Proposed.Model(p.First)
	mean := b.window.mean[:len(after)]
	for i, x := range before {
		u, v := float64(x)-mean[i], float64(after[i])-mean[i]
		step := float64(after[i]) - float64(x)
		there := -precision*u - p.S*float64(b.there[i])
		back := -precision*v - p.S*float64(b.back[i])
		sum += softPlus(-step*there) - softPlus(step*back) - precision/2*(v-u)*(v+u)
	}
	return sum
}

// softPlus returns ln(1 + eᶻ), which is about z if that is large.
func softPlus(z float64) float64 { return math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }
