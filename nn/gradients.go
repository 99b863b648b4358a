package nn

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// Gradients computes gradients of the losses of one network on samples of one
// dataset with respect to the parameters, in reverse mode. Its calls do not
// allocate, but for the first ones that have work for a worker. It may be used by
// one goroutine at a time, also where it has several workers.
//
// At a kink it takes what PyTorch takes: the derivative of ReLU at 0 is 0, and
// that of a maximum goes to the first of equal numbers. Where a loss is not
// finite, neither is its gradient.
type Gradients struct {
	net    *Network
	data   *data.Dataset
	loss   Loss
	engine *engine.Gradients
}

// NewGradients returns the gradients of the losses that NewLosses returns, of
// the same network, dataset and loss, with the same errors.
func NewGradients(net *Network, d *data.Dataset, loss Loss, config Config) (*Gradients, error) {
	if err := check(net, d, loss, config); err != nil {
		return nil, err
	}
	return &Gradients{net: net, data: d, loss: loss, engine: engine.NewGradients(&net.program, d, rules[loss].objective, config.Workers)}, nil
}

// Samples returns the number of samples of the dataset.
func (g *Gradients) Samples() int { return g.data.Len() }

// Params returns the number of parameters of a model.
func (g *Gradients) Params() int { return g.net.Params() }

// Gradient writes the gradient of the mean loss over the samples, of which
// there is at least one, to dst, and returns that mean loss. dst and params
// have Params numbers. A sample may be listed more than once. Gradient panics
// if a length does not fit or a sample is not in [0, Samples).
func (g *Gradients) Gradient(dst, params []float32, samples []int) (loss float64) {
	if len(dst) != g.net.Params() {
		panic("nn: length of a gradient does not fit the network")
	}
	g.net.checkModel(params)
	if len(samples) == 0 {
		panic("nn: no samples")
	}
	return g.engine.Gradient(dst, params, samples)
}

// PerSample writes the gradient of the loss of each of the samples, one after
// the other, to dst, samples × Params, row-major, and the losses to losses,
// one a sample. It panics as Gradient does.
func (g *Gradients) PerSample(dst []float32, losses []float64, params []float32, samples []int) {
	if len(losses) != len(samples) || len(dst) != len(samples)*g.net.Params() {
		panic("nn: numbers of samples and of losses or gradients differ")
	}
	g.net.checkModel(params)
	g.engine.PerSample(dst, losses, params, samples)
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
		if len(direction) != g.net.Params() {
			panic("nn: length of a direction does not fit the network")
		}
		if len(dst[k]) != len(samples) {
			panic("nn: numbers of samples and of derivatives differ")
		}
	}
	g.net.checkModel(params)
	g.engine.Directional(dst, params, directions, samples)
}

// Close stops the workers. It may be called more than once, but not during
// another call. Afterwards the gradients are computed without them. A value
// that is no longer referred to is closed by the garbage collector.
func (g *Gradients) Close() { g.engine.Close() }
