package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// A Jacobian computes derivatives of a network's outputs, logits or predictions, on
// samples of one dataset with respect to the parameters: what Gradients does for
// losses. Of the dataset it looks at inputs only. Kinks are treated as by Gradients.
// It may be used by one goroutine at a time, also where it has several workers.
type Jacobian struct {
	net    *Network
	data   *data.Dataset
	output *int // whose derivatives are computed
	engine *engine.Gradients
}

// NewJacobian returns the Jacobian of the network on the dataset, which it keeps. The
// shapes of the dataset's inputs and the network's must be equal.
func NewJacobian(net *Network, d *data.Dataset, config Config) (*Jacobian, error) {
	if net == nil {
		return nil, errors.New("nn: the network is nil")
	}
	if d == nil {
		return nil, errors.New("nn: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), net.program.Input) {
		return nil, fmt.Errorf("nn: the dataset's inputs are %s, but the network's are %s", formatShape(d.Shape()), formatShape(net.program.Input))
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	j := &Jacobian{net: net, data: d, output: new(int)}
	j.engine = engine.NewGradients(&net.program, d, engine.NewOutput(j.output), config.Workers)
	return j, nil
}

// Samples returns the number of samples of the dataset.
func (j *Jacobian) Samples() int { return j.data.Len() }

// Params returns the number of parameters of a model.
func (j *Jacobian) Params() int { return j.net.Params() }

// Outputs returns the number of outputs of a sample.
func (j *Jacobian) Outputs() int { return j.net.Outputs() }

// PerSample writes the derivatives of one output, counted from 0, for each of the
// samples, one after the other, to dst, samples × Params, row-major, and the output
// itself to values, one a sample. If an output of a sample is not finite, its value
// and derivatives are not finite. It panics if a length does not fit or there is no
// such output or sample.
func (j *Jacobian) PerSample(dst []float32, values []float64, params []float32, output int, samples []int) {
	if len(values) != len(samples) || len(dst) != len(samples)*j.net.Params() {
		panic("nn: numbers of samples and of outputs or derivatives differ")
	}
	if output < 0 || output >= j.net.Outputs() {
		panic("nn: the network has no such output")
	}
	j.net.checkModel(params)
	*j.output = output
	j.engine.PerSample(dst, values, params, samples)
}

// Close stops the workers, as that of Gradients does.
func (j *Jacobian) Close() { j.engine.Close() }
