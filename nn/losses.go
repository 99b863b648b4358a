package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// Config has the settings of NewLosses and NewGradients. The zero value works.
type Config struct {
	// Workers is how many goroutines, the calling one included, may share the
	// samples of a call, at most 1024. 0 means 1. They do so only where the call
	// has work enough, and there are never more than the dataset has samples.
	// Results are the same for any number, bit for bit.
	Workers int
}

// maxWorkers is far beyond what a call can be divided into to advantage.
const maxWorkers = 1024

// Losses computes the losses of models, which are parameter vectors of one
// network, on samples of one dataset, and derivatives of these losses. Its calls
// do not allocate, but for the first ones that have work for a worker. It may be
// used by one goroutine at a time, also where it has several workers.
type Losses struct {
	net    *Network
	data   *data.Dataset
	loss   Loss
	engine *engine.Losses

	evaluator *Evaluator // made on the first use
	outputs   []float32
}

// NewLosses returns the losses of the network on the dataset, which it keeps.
// The shapes of the dataset's inputs and the network's must be equal, and its
// classes or targets as many as the network's outputs, or half as many for
// GaussianExp and GaussianSoftplus.
func NewLosses(net *Network, d *data.Dataset, loss Loss, config Config) (*Losses, error) {
	if err := check(net, d, loss, config); err != nil {
		return nil, err
	}
	return &Losses{net: net, data: d, loss: loss, engine: engine.NewLosses(&net.program, d, rules[loss].objective, config.Workers)}, nil
}

// check returns an error if a network, a dataset and a loss do not fit, or a
// setting is wrong.
func check(net *Network, d *data.Dataset, loss Loss, config Config) error {
	if err := checkInputs(net, d); err != nil {
		return err
	}
	if err := loss.check(net.Outputs(), d); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	return config.check()
}

// checkInputs returns an error if a dataset has not the inputs of a network.
func checkInputs(net *Network, d *data.Dataset) error {
	if net == nil {
		return errors.New("nn: the network is nil")
	}
	if d == nil {
		return errors.New("nn: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), net.program.Input) {
		return fmt.Errorf("nn: the dataset's inputs are %s, but the network's are %s", formatShape(d.Shape()), formatShape(net.program.Input))
	}
	return nil
}

// check returns an error if a setting is wrong.
func (c Config) check() error {
	if c.Workers < 0 || c.Workers > maxWorkers {
		return fmt.Errorf("nn: Workers = %d, want 0 to %d", c.Workers, maxWorkers)
	}
	return nil
}

// Samples returns the number of samples of the dataset.
func (l *Losses) Samples() int { return l.data.Len() }

// Params returns the number of parameters of a model.
func (l *Losses) Params() int { return l.net.Params() }

// Losses writes the loss of each model on each of the samples:
//
//	dst[k][j] = loss of models[k] on sample samples[j]
//
// A sample may be listed more than once. Losses panics if dst and models
// differ in length, a row of dst and samples do, a model has not Params
// numbers, or a sample is not in [0, Samples). The rows of dst must not
// overlap.
func (l *Losses) Losses(dst [][]float64, models [][]float32, samples []int) {
	l.check(dst, models, samples)
	l.engine.Losses(dst, models, samples)
}

// check panics if models or what is computed of them for samples do not fit.
func (l *Losses) check(dst [][]float64, models [][]float32, samples []int) {
	if len(dst) != len(models) {
		panic("nn: numbers of models and of rows for results differ")
	}
	for k, model := range models {
		l.net.checkModel(model)
		if len(dst[k]) != len(samples) {
			panic("nn: numbers of samples and of results differ")
		}
	}
}

// Gradient writes the gradient of the mean loss over all samples of the dataset
// at a model to dst (Params numbers), and the loss of each sample to losses
// (Samples numbers). It takes what Gradients takes at a kink, and its losses
// agree with those of Losses up to rounding. The number of workers does not
// change a bit. It panics if a length does not fit.
//
// The first call makes what computes gradients, and workers for it.
func (l *Losses) Gradient(dst []float32, losses []float64, model []float32) {
	if len(dst) != l.net.Params() {
		panic("nn: length of a gradient does not fit the network")
	}
	if len(losses) != l.Samples() {
		panic("nn: numbers of samples and of losses differ")
	}
	l.net.checkModel(model)
	l.engine.Gradient(dst, losses, model)
}

// LossesAndSlopes writes what Losses writes to dst, bit for bit, and to slopes
// the derivative of each sample's loss at references[k] in directions[k]:
//
//	slopes[k][j] = Σ_i directions[k][i] · ∂ℓ_{samples[j]}/∂θ_i (references[k])
//
// References and directions have Params numbers each. A reference that is the
// same as in the call before is not prepared again. At a kink a slope is what
// Gradients takes there, so that the mean of the slopes over all samples is the
// inner product of Gradient's with the direction, up to rounding. Where the loss
// at a reference is not finite, neither is its slope. LossesAndSlopes panics as
// Losses does, and if slopes, references and directions differ in length, or one
// of them does not fit. The rows of dst and slopes must not overlap.
func (l *Losses) LossesAndSlopes(dst [][]float64, models [][]float32, slopes [][]float64, references, directions [][]float32, samples []int) {
	l.check(dst, models, samples)
	if len(directions) != len(references) {
		panic("nn: numbers of references and of directions differ")
	}
	l.check(slopes, references, samples)
	for _, direction := range directions {
		if len(direction) != l.net.Params() {
			panic("nn: length of a direction does not fit the network")
		}
	}
	l.engine.LossesAndSlopes(dst, models, slopes, references, directions, samples)
}

// Outputs writes the network's outputs, logits or predictions, with a model for each of
// the samples to dst, one sample after the other, and returns dst, longer if it was too
// short. It panics as Evaluator.Outputs does.
func (l *Losses) Outputs(dst []float64, model []float32, samples []int) []float64 {
	if l.evaluator == nil {
		l.evaluator = l.net.NewEvaluator()
	}
	n := l.net.Outputs() * len(samples)
	l.outputs = slices.Grow(l.outputs[:0], n)[:n]
	l.evaluator.Outputs(l.outputs, model, l.data, samples)
	dst = dst[:0]
	for _, x := range l.outputs {
		dst = append(dst, float64(x))
	}
	return dst
}

// Close stops the workers. It may be called more than once, but not during
// another call. Afterwards everything works without them. A value that is no
// longer referred to is closed by the garbage collector.
func (l *Losses) Close() { l.engine.Close() }
