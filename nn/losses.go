package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/workers"
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
// network, on samples of one dataset. Its calls do not allocate, but for the
// first ones that have work for a worker. It may be used by one goroutine at a
// time, also where it has several workers.
type Losses struct {
	net       *Network
	data      *data.Dataset
	loss      Loss
	call      *lossCall
	team      *workers.Team
	blockSize int // samples that go through the network together
	work      int // multiply-adds for one model and sample
}

// A lossCall is what the goroutines of a team share of a call of Losses.
type lossCall struct {
	dst     [][]float64
	models  [][]float32
	samples []int
}

// NewLosses returns the losses of the network on the dataset, which it keeps.
// The shapes of the dataset's inputs and the network's must be equal, and its
// classes or targets as many as the network's outputs.
func NewLosses(net *Network, d *data.Dataset, loss Loss, config Config) (*Losses, error) {
	if err := check(net, d, loss, config); err != nil {
		return nil, err
	}
	l := &Losses{net: net, data: d, loss: loss, call: new(lossCall), blockSize: 1, work: net.NeededMultiplyAdds()}
	call := l.call // without l, which is to be collected as garbage
	var newDoer func() workers.Doer
	if isLinear(&net.program, loss) {
		shared := newLinearLosses(&net.program, d, call)
		newDoer = func() workers.Doer { return shared }
	} else {
		p := newPlan(&net.program)
		sparse := p.sparsePays(d)
		l.blockSize = p.blockSize
		newDoer = func() workers.Doer { return newNetworkLosses(p, d, loss.objective(d, p.blockSize), sparse, call) }
	}
	l.team = workers.NewTeam(min(config.Workers, d.Len()), newDoer)
	return l, nil
}

// check returns an error if a network, a dataset and a loss do not fit, or a
// setting is wrong.
func check(net *Network, d *data.Dataset, loss Loss, config Config) error {
	if net == nil {
		return errors.New("nn: the network is nil")
	}
	if d == nil {
		return errors.New("nn: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), net.program.Input) {
		return fmt.Errorf("nn: the dataset's inputs are %s, but the network's are %s", formatShape(d.Shape()), formatShape(net.program.Input))
	}
	if err := loss.check(net.Outputs(), d); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	if config.Workers < 0 || config.Workers > maxWorkers {
		return fmt.Errorf("nn: Workers = %d, want 0 to %d", config.Workers, maxWorkers)
	}
	return nil
}

// Samples returns the number of samples of the dataset.
func (l *Losses) Samples() int { return l.data.Len() }

// Params returns the number of parameters of a model.
func (l *Losses) Params() int { return l.net.program.Params }

// Losses writes the loss of each model on each of the samples:
//
//	dst[k][j] = loss of models[k] on sample samples[j]
//
// A sample may be listed more than once. Losses panics if dst and models
// differ in length, a row of dst and samples do, a model has not Params
// numbers, or a sample is not in [0, Samples). The rows of dst must not
// overlap.
func (l *Losses) Losses(dst [][]float64, models [][]float32, samples []int) {
	if len(dst) != len(models) {
		panic("nn: numbers of models and of rows for losses differ")
	}
	for k, model := range models {
		if len(model) != l.net.program.Params {
			panic("nn: length of a parameter vector does not fit the network")
		}
		if len(dst[k]) != len(samples) {
			panic("nn: numbers of samples and of losses differ")
		}
	}
	parts, unit := l.parts(len(models), len(samples)), 1
	if parts > 1 {
		checkSamples(samples, l.data.Len()) // here and not on a worker, where nobody could recover
	}
	if len(samples) >= 8*parts*l.blockSize {
		unit = l.blockSize // whole blocks
	}
	*l.call = lossCall{dst, models, samples}
	l.team.Share(len(samples), parts, unit)
	*l.call = lossCall{} // not to keep what the caller owns
}

// checkSamples panics if a sample is not in a dataset of this length.
func checkSamples(samples []int, length int) {
	for _, i := range samples {
		if uint(i) >= uint(length) {
			panic("nn: sample outside the dataset")
		}
	}
}

// parts returns among how many goroutines it pays to share a call.
func (l *Losses) parts(models, samples int) int {
	// In float64, because the product may overflow.
	return l.team.Parts(samples, float64(l.work)*float64(models)*float64(samples))
}

// Close stops the workers. It may be called more than once, but not during a
// call of Losses. Afterwards Losses works without them. A value that is no
// longer referred to is closed by the garbage collector.
func (l *Losses) Close() { l.team.Close() }
