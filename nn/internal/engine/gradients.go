package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/workers"
)

// Gradients computes gradients of losses on samples of one dataset, for one
// goroutine at a time, which workers may help.
type Gradients struct {
	plan   *gradientPlan
	call   *gradientCall
	team   *workers.Team
	length int // of the dataset
}

// NewGradients returns the gradients of a program on a dataset that fits,
// shared by at most so many goroutines, the calling one included.
func NewGradients(program *Program, d *data.Dataset, newObjective NewObjective, goroutines int) *Gradients {
	plan := newGradientPlan(newPlan(program))
	call := newGradientCall(plan, gradientRound(plan.length))
	return &Gradients{plan: plan, call: call, length: d.Len(), team: workers.NewTeam(min(goroutines, d.Len()), func() workers.Doer {
		return newDifferentiator(plan, d, newObjective(d, plan.together), call)
	})}
}

// Gradient writes the gradient of the mean loss over the samples, of which
// there is at least one, to dst, and returns that mean loss. The lengths must
// fit. It panics if a sample is outside the dataset.
func (g *Gradients) Gradient(dst, params []float32, samples []int) (loss float64) {
	return g.GradientAndLosses(dst, nil, params, samples)
}

// GradientAndLosses is Gradient that also writes the loss of each sample to
// losses, unless that is nil.
func (g *Gradients) GradientAndLosses(dst []float32, losses []float64, params []float32, samples []int) (loss float64) {
	checkSamples(samples, g.length)
	n := len(samples)
	g.call.eachLoss = losses
	blocks := gradientBlocks(n, g.plan.together)
	most := len(g.call.gradients)
	for from := 0; from < blocks; from += most {
		round := min(most, blocks-from)
		for b := range round + 1 {
			g.call.ends[b] = (from + b) * n / blocks
		}
		g.round(params, samples, round)
		for _, sum := range g.call.losses[:round] {
			loss += sum
		}
		if from+round == blocks {
			g.call.dst, g.call.scale = dst, 1/float64(n)
		}
		g.add(from == 0, round)
	}
	g.call.forget()
	return loss / float64(n)
}

// gradientBlocks returns into how many blocks to divide samples: it depends on
// the network and their number alone. A multiple of four is shared evenly by 2
// or 4 workers.
func gradientBlocks(samples, together int) int {
	blocks := (samples + together - 1) / together
	if blocks > 2 {
		blocks = (blocks + 3) / 4 * 4
	}
	return blocks
}

// round computes some blocks, shared among the workers.
func (g *Gradients) round(params []float32, samples []int, blocks int) {
	g.call.phase, g.call.params, g.call.samples = phaseBlocks, params, samples
	g.share(blocks, g.work(g.call.ends[blocks]-g.call.ends[0]))
}

// work returns how many multiply-adds the gradients of some samples take.
func (g *Gradients) work(samples int) float64 { return float64(g.plan.work) * float64(samples) }

// add adds the blocks of a round to those before it, a part of the gradient
// for each worker.
func (g *Gradients) add(first bool, blocks int) {
	g.call.phase, g.call.first, g.call.blocks = phaseAdd, first, blocks
	g.share(g.plan.length, float64(additionWork*blocks*g.plan.length))
}

// additionWork is what an addition counts for where work is shared. It takes as long as some four
// multiply-adds, and it pays to share even a twentieth of the usual work: the others are awake
// still.
const additionWork = 4 * 20

// share has a phase done that is numbered from 0 to n.
func (g *Gradients) share(n int, work float64) { g.team.Share(n, g.team.Parts(n, work), 1) }

// PerSample writes the gradient of each sample to dst, [sample][parameter], and
// its loss to losses. It panics as Gradient does.
func (g *Gradients) PerSample(dst []float32, losses []float64, params []float32, samples []int) {
	checkSamples(samples, g.length)
	c := g.call
	c.phase, c.params, c.samples, c.each, c.eachLoss = phaseEach, params, samples, dst, losses
	g.share(len(samples), g.work(len(samples)))
	c.forget()
}

// Directional writes the derivative of the loss of each sample in each
// direction to dst, [direction][sample]. It panics as Gradient does.
func (g *Gradients) Directional(dst [][]float64, params []float32, directions [][]float32, samples []int) {
	checkSamples(samples, g.length)
	c := g.call
	c.phase, c.params, c.samples, c.directions, c.derivatives = phaseDirections, params, samples, directions, dst
	g.share(len(samples), g.work(len(samples)))
	c.forget()
}

// Close stops the workers. Gradients still works without them.
func (g *Gradients) Close() { g.team.Close() }
