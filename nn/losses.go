package nn

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/trajens/trajens/data"
)

// Losses computes the losses of models, which are parameter vectors of one
// network, on samples of one dataset. Its calls do not allocate. It may be
// used by one goroutine at a time, also where it has several workers.
type Losses struct {
	net         *Network
	data        *data.Dataset
	loss        Loss
	own         doer  // of the calling goroutine
	team        *team // of the other workers, nil if there are none
	block       int   // samples that an evaluator takes at a time
	work        int   // multiply-adds for one model and sample
	minimumWork int   // multiply-adds that are worth waking a worker
}

// LossesConfig has the settings of NewLosses.
type LossesConfig struct {
	// Workers is how many goroutines, the calling one included, may share the
	// samples of a call. 0 means 1. They do so only where the call has work
	// enough. The losses are the same for any number, bit for bit.
	Workers int
}

// minimumWork is about the number of multiply-adds in 50 µs, ten times what
// it takes to wake a goroutine and to wait for it.
const minimumWork = 1 << 21

// NewLosses returns the losses of the network on the dataset, which it keeps.
// The shapes of the dataset's inputs and the network's must be equal, and its
// classes or targets as many as the network's outputs.
func NewLosses(net *Network, d *data.Dataset, loss Loss, config LossesConfig) (*Losses, error) {
	if err := check(net, d, loss, config.Workers); err != nil {
		return nil, err
	}
	l := &Losses{net: net, data: d, loss: loss, block: 1, work: net.NeededMultiplyAdds(), minimumWork: minimumWork}
	var newDoer func() doer
	if isLinear(net, loss) {
		shared := newLinearLosses(net, d)
		newDoer = func() doer { return shared }
	} else {
		p := newPlan(net)
		sparse := p.sparsePays(d)
		l.block = p.block
		newDoer = func() doer { return newNetworkLosses(p, d, loss, sparse) }
	}
	l.own = newDoer()
	if config.Workers > 1 {
		l.team = newTeam(config.Workers-1, newDoer)
		runtime.AddCleanup(l, (*team).close, l.team)
	}
	return l, nil
}

// check returns an error if a network, a dataset and a loss do not fit, or the
// number of workers is wrong.
func check(net *Network, d *data.Dataset, loss Loss, workers int) error {
	if net == nil {
		return errors.New("nn: the network is nil")
	}
	if d == nil {
		return errors.New("nn: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), net.input) {
		return fmt.Errorf("nn: the dataset's inputs are %s, but the network's are %s", formatShape(d.Shape()), formatShape(net.input))
	}
	if err := loss.check(net.Outputs(), d); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	if workers < 0 {
		return fmt.Errorf("nn: Workers = %d, want at least 0", workers)
	}
	return nil
}

// Samples returns the number of samples of the dataset.
func (l *Losses) Samples() int { return l.data.Len() }

// Params returns the number of parameters of a model.
func (l *Losses) Params() int { return l.net.params }

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
		if len(model) != l.net.params {
			panic("nn: length of a parameter vector does not fit the network")
		}
		if len(dst[k]) != len(samples) {
			panic("nn: numbers of samples and of losses differ")
		}
	}
	parts := l.parts(len(models), len(samples))
	if parts == 1 {
		l.own.do(task{dst, models, samples, 0, len(samples)})
		return
	}
	l.share(dst, models, samples, parts)
	// The cleanup closes the team and must not do so while it works.
	runtime.KeepAlive(l)
}

// parts returns among how many goroutines it pays to share a call.
func (l *Losses) parts(models, samples int) int {
	if l.team == nil || l.team.closed {
		return 1
	}
	most := min(len(l.team.workers)+1, samples)
	// In float64, because the product may overflow.
	work := float64(l.work) * float64(models) * float64(samples)
	if worth := work / float64(l.minimumWork); worth < float64(most) {
		most = int(worth)
	}
	return max(most, 1)
}

// share gives each goroutine an equal part of the samples, in whole blocks if
// there are many.
func (l *Losses) share(dst [][]float64, models [][]float32, samples []int, parts int) {
	n := l.data.Len()
	for _, i := range samples {
		if uint(i) >= uint(n) {
			panic("nn: sample outside the dataset") // here and not on a worker, where nobody could recover
		}
	}
	unit := 1
	if len(samples) >= 8*parts*l.block {
		unit = l.block
	}
	end := func(part int) int {
		if part == parts {
			return len(samples)
		}
		return part * len(samples) / parts / unit * unit
	}
	for part := 1; part < parts; part++ {
		l.team.start(part-1, task{dst, models, samples, end(part), end(part + 1)})
	}
	l.own.do(task{dst, models, samples, 0, end(1)})
	l.team.wait()
}

// Close stops the workers. It may be called more than once, but not during a
// call of Losses. Afterwards Losses works without them. A value that is no
// longer referred to is closed by the garbage collector.
func (l *Losses) Close() {
	if l.team != nil {
		l.team.close()
	}
}
