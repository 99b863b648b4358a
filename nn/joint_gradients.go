package nn

import (
	"errors"
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// JointGradients computes gradients of a loss of the outputs of several models of one network
// together: all models go forward on some samples, and then all go backward. Its calls do not
// allocate, but for the first ones that have work for a worker. It may be used by one goroutine
// at a time, also where it has several workers.
type JointGradients struct {
	net    *Network
	data   *data.Dataset
	models int
	engine *engine.JointGradients
}

// NewJointGradients returns the gradients of a loss of the outputs of so many models, at least
// one, on a dataset. An objective is given the outputs of all models for a sample, one model
// after the other. All else is as in NewGradientsOf.
func NewJointGradients(net *Network, models int, d *data.Dataset, newObjective func() Objective, config Config) (*JointGradients, error) {
	if err := checkInputs(net, d); err != nil {
		return nil, err
	}
	if models < 1 {
		return nil, fmt.Errorf("nn: models = %d, want at least 1", models)
	}
	if newObjective == nil {
		return nil, errors.New("nn: newObjective is nil")
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	made := func(*data.Dataset, int) engine.Objective { return derived{newObjective()} }
	return &JointGradients{net, d, models, engine.NewJointGradients(&net.program, models, d, made, config.Workers)}, nil
}

// Samples returns the number of samples of the dataset.
func (g *JointGradients) Samples() int { return g.data.Len() }

// Params returns the number of parameters of all models.
func (g *JointGradients) Params() int { return g.models * g.net.Params() }

// Gradient writes the gradient of the mean loss over the samples, of which there is at least
// one, to dst, and returns that mean loss. dst and params have Params numbers, those of one model
// after the other. A sample may be listed more than once. Gradient panics if a length does not
// fit or a sample is not in [0, Samples).
func (g *JointGradients) Gradient(dst, params []float32, samples []int) (loss float64) {
	if len(dst) != g.Params() {
		panic("nn: length of a gradient does not fit the models")
	}
	if len(params) != g.Params() {
		panic("nn: length of the parameters does not fit the models")
	}
	if len(samples) == 0 {
		panic("nn: no samples")
	}
	return g.engine.Gradient(dst, params, samples)
}

// Close stops the workers. It may be called more than once, but not during another call.
// Afterwards the gradients are computed without them. A value that is no longer referred to is
// closed by the garbage collector.
func (g *JointGradients) Close() { g.engine.Close() }
