package nn

import (
	"errors"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// An Objective is a caller's own loss of the outputs of a network for one sample of
// a dataset, with its derivatives, from which NewGradientsOf makes gradients.
type Objective interface {
	// Derive returns the loss for the outputs of one sample, and writes its
	// derivatives with respect to them to slopes, which has their length. It must
	// not keep the slices, nor change outputs. Where the loss is not finite, the
	// slopes do not matter: the loss is then taken as NaN or +Inf as Loss says,
	// and the gradient is NaN.
	Derive(slopes, outputs []float32, sample int) float64
}

// NewGradientsOf returns the gradients of a loss of the caller's own on a dataset,
// with or without labels and targets: what is to be made of them, the objective
// knows. It is for losses that NewGradients does not have, and for derivatives
// with respect to outputs that come from elsewhere.
//
// Each worker makes an objective when it has work for the first time, from its own
// goroutine, and uses it alone. All of them must give the same, so that the number
// of workers does not change a bit. The shapes of the dataset's inputs and the
// network's must be equal.
func NewGradientsOf(net *Network, d *data.Dataset, newObjective func() Objective, config Config) (*Gradients, error) {
	if err := checkInputs(net, d); err != nil {
		return nil, err
	}
	if newObjective == nil {
		return nil, errors.New("nn: newObjective is nil")
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	made := func(*data.Dataset, int) engine.Objective { return derived{newObjective()} }
	return &Gradients{net: net, data: d, engine: engine.NewGradients(&net.program, d, made, config.Workers)}, nil
}

// derived is an Objective as the engine takes it: of a block of samples.
type derived struct{ objective Objective }

// Losses implements engine.Objective. Gradients makes no use of it.
func (derived) Losses([]float64, []float32, []int) {
	panic("nn: an Objective has no losses without derivatives")
}

// Derive implements engine.Objective.
func (o derived) Derive(losses []float64, slopes, outputs []float32, samples []int) {
	n := len(outputs) / max(len(samples), 1)
	for j, i := range samples {
		losses[j] = o.objective.Derive(slopes[j*n:][:n], outputs[j*n:][:n], i)
	}
}
