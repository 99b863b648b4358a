package posterior

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/tps"
)

// sampleBlock is how many samples are evaluated at a time.
const sampleBlock = 1024

// heldOut are losses that several chains share.
type heldOut struct {
	losses  tps.Losses
	turn    *sync.Mutex // nil if the chains need not take turns
	samples []int       // 0 … M−1
}

func newHeldOut(losses tps.Losses) *heldOut {
	if losses == nil {
		return nil
	}
	h := &heldOut{losses: losses, samples: upTo(losses.Samples())}
	if c, ok := losses.(interface{ Concurrent() bool }); !ok || !c.Concurrent() {
		h.turn = new(sync.Mutex)
	}
	return h
}

// likelihoods computes log-likelihoods for one chain.
type likelihoods struct {
	*heldOut
	models [][]float32
	rows   [][]float64 // losses of the models on a block of samples
	logs   []float64   // log-likelihoods of the models of a sample
}

func newLikelihoods(h *heldOut, tau int) *likelihoods {
	if h == nil {
		return nil
	}
	l := &likelihoods{heldOut: h, models: make([][]float32, tau), rows: make([][]float64, tau), logs: make([]float64, tau)}
	for t := range l.rows {
		l.rows[t] = make([]float64, min(sampleBlock, len(h.samples)))
	}
	return l
}

// writeLikelihoods writes log-likelihoods of each model and sample, or of each
// sample and the committee.
func (r *recorder) writeLikelihoods(dst []byte) error {
	l, trajectory := r.likelihoods, r.chain.Trajectory()
	for t := range l.models {
		l.models[t] = trajectory.Model(t)
	}
	if l.turn != nil {
		l.turn.Lock()
		defer l.turn.Unlock()
	}
	for from := 0; from < len(l.samples); from += sampleBlock {
		samples := l.samples[from:min(from+sampleBlock, len(l.samples))]
		for t := range l.rows {
			l.rows[t] = l.rows[t][:len(samples)]
		}
		l.losses.Losses(l.rows, l.models, samples)
		err := l.check(samples)
		for j, i := range samples {
			if r.store.config.ByModel {
				for t, row := range l.rows {
					putFloat64(dst, t*len(l.samples)+i, -row[j])
				}
				continue
			}
			for t, row := range l.rows {
				l.logs[t] = -row[j]
			}
			// The logarithm of the models' mean likelihood.
			putFloat64(dst, i, floats.LogSumExp(l.logs)-math.Log(float64(len(l.logs))))
		}
		for t := range l.rows {
			l.rows[t] = l.rows[t][:cap(l.rows[t])]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// check returns an error for a loss that is NaN or −Inf.
func (l *likelihoods) check(samples []int) error {
	for t, row := range l.rows {
		for j, loss := range row {
			if math.IsNaN(loss) || math.IsInf(loss, -1) {
				return fmt.Errorf("held-out samples: %w", &tps.LossError{Model: t, Sample: samples[j], Loss: loss})
			}
		}
	}
	return nil
}
