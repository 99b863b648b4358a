package nn

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/workers"
)

// Gradients computes gradients of the losses of one network on samples of one
// dataset with respect to the parameters, in reverse mode. Its calls do not
// allocate. It may be used by one goroutine at a time, also where it has
// several workers.
//
// At a kink it takes what PyTorch takes: the derivative of ReLU at 0 is 0, and
// that of a maximum goes to the first of equal numbers. Where a loss is not
// finite, neither is its gradient.
type Gradients struct {
	net  *Network
	data *data.Dataset
	loss Loss
	plan *gradientPlan
	call *gradientCall
	team *workers.Team
}

// NewGradients returns the gradients of the losses that NewLosses returns, of
// the same network, dataset and loss, with the same errors.
func NewGradients(net *Network, d *data.Dataset, loss Loss, config Config) (*Gradients, error) {
	if err := check(net, d, loss, config); err != nil {
		return nil, err
	}
	g := &Gradients{net: net, data: d, loss: loss, plan: newGradientPlan(&net.program)}
	g.call = newGradientCall(g.plan)
	plan, call := g.plan, g.call // without g, which is to be collected as garbage
	g.team = workers.NewTeam(min(config.Workers, d.Len()), func() workers.Doer { return newDifferentiator(plan, d, loss.objective(d, 1), call) })
	return g, nil
}

// Samples returns the number of samples of the dataset.
func (g *Gradients) Samples() int { return g.data.Len() }

// Params returns the number of parameters of a model.
func (g *Gradients) Params() int { return g.net.program.Params }

// Gradient writes the gradient of the mean loss over the samples, of which
// there is at least one, to dst, and returns that mean loss. dst and params
// have Params numbers. A sample may be listed more than once. Gradient panics
// if a length does not fit or a sample is not in [0, Samples).
func (g *Gradients) Gradient(dst, params []float32, samples []int) (loss float64) {
	if len(dst) != g.net.program.Params {
		panic("nn: length of a gradient does not fit the network")
	}
	g.check(params, samples)
	if len(samples) == 0 {
		panic("nn: no samples")
	}
	n := len(samples)
	blocks := gradientBlocks(n, g.plan.together)
	for from := 0; from < blocks; from += gradientRound {
		round := min(gradientRound, blocks-from)
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
	g.call.params, g.call.samples, g.call.dst = nil, nil, nil // not to keep what the caller owns
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

func (g *Gradients) check(params []float32, samples []int) {
	if len(params) != g.net.program.Params {
		panic("nn: length of a parameter vector does not fit the network")
	}
	checkSamples(samples, g.data.Len())
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
	// An addition takes as long as some four multiply-adds, and it pays to share
	// even a twentieth of the usual work: the others are awake still.
	const each = 4 * 20
	g.share(g.plan.length, float64(each*blocks*g.plan.length))
}

// share has a phase done that is numbered from 0 to n.
func (g *Gradients) share(n int, work float64) { g.team.Share(n, g.team.Parts(n, work), 1) }

// PerSample writes the gradient of the loss of each of the samples, one after
// the other, to dst, samples × Params, row-major, and the losses to losses,
// one a sample. It panics as Gradient does.
func (g *Gradients) PerSample(dst []float32, losses []float64, params []float32, samples []int) {
	if len(losses) != len(samples) || len(dst) != len(samples)*g.net.program.Params {
		panic("nn: numbers of samples and of losses or gradients differ")
	}
	g.check(params, samples)
	c := g.call
	c.phase, c.params, c.samples, c.each, c.eachLoss = phaseEach, params, samples, dst, losses
	g.share(len(samples), g.work(len(samples)))
	c.params, c.samples, c.each, c.eachLoss = nil, nil, nil, nil
}

// Directional writes the derivative of the loss of each sample in each
// direction, the inner product of the sample's gradient with the direction
// (the product of the Jacobian of the losses with it):
//
//	dst[k][j] = Σ_i directions[k][i] · ∂ℓ_{samples[j]}/∂θ_i
//
// It does not form the gradients of dense layers. It panics as Gradient does,
// and if the directions do not fit.
func (g *Gradients) Directional(dst [][]float64, params []float32, directions [][]float32, samples []int) {
	if len(dst) != len(directions) {
		panic("nn: numbers of directions and of rows for derivatives differ")
	}
	for k, direction := range directions {
		if len(direction) != g.net.program.Params {
			panic("nn: length of a direction does not fit the network")
		}
		if len(dst[k]) != len(samples) {
			panic("nn: numbers of samples and of derivatives differ")
		}
	}
	g.check(params, samples)
	c := g.call
	c.phase, c.params, c.samples, c.directions, c.derivatives = phaseDirections, params, samples, directions, dst
	g.share(len(samples), g.work(len(samples)))
	c.params, c.samples, c.directions, c.derivatives = nil, nil, nil, nil
}

// Close stops the workers. It may be called more than once, but not during
// another call. Afterwards the gradients are computed without them. A value
// that is no longer referred to is closed by the garbage collector.
func (g *Gradients) Close() { g.team.Close() }
