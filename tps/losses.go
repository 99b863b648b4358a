package tps

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// Losses is what a chain needs to know of a model and its data.
type Losses interface {
	// Samples returns N, the number of samples, at least 1.
	Samples() int

	// Params returns P, the number of parameters of a model, at least 1.
	Params() int

	// Losses writes the loss of each sample i in samples with each model θ in
	// models, dst[k][j] = ℓ_{samples[j]}(models[k]). There are several models
	// because a test always needs the old and the new ones on the same
	// samples. Arguments are not to be kept, models and samples not to be
	// changed.
	//
	// A loss may be +Inf, which gives a model weight zero, but neither NaN
	// nor −Inf.
	Losses(dst [][]float64, models [][]float32, samples []int)
}

// A LossError says that a model has a loss that is not a number or −Inf.
type LossError struct {
	// Model is the time of the model, from 0.
	Model int
	// Sample is the sample.
	Sample int
	// Proposed says whether the model was proposed, rather than part of the
	// trajectory.
	Proposed bool
	// Loss is NaN or −Inf.
	Loss float64
}

// Error names the model and the sample.
func (e *LossError) Error() string {
	which := "model"
	if e.Proposed {
		which = "the model proposed for time"
	}
	return fmt.Sprintf("tps: the loss of sample %d with %s %d is %v", e.Sample, which, e.Model, e.Loss)
}

// MeanLosses writes L(θ), the mean loss over all samples, of each of models
// to dst, which has the same length. The error, a LossError, names the first
// model and sample whose loss is NaN or −Inf.
func MeanLosses(dst []float64, losses Losses, models [][]float32) error {
	return newAverager(losses, len(models)).meanLosses(dst, models)
}

// lossBlock is how many samples an averager evaluates at a time.
const lossBlock = 1024

// averager computes mean losses of a fixed number of models over all samples.
type averager struct {
	losses  Losses
	samples []int       // 0 … N−1
	rows    [][]float64 // the losses of the models on a block
}

func newAverager(losses Losses, models int) *averager {
	a := &averager{losses: losses, samples: make([]int, losses.Samples()), rows: make([][]float64, models)}
	for i := range a.samples {
		a.samples[i] = i
	}
	for k := range a.rows {
		a.rows[k] = make([]float64, min(len(a.samples), lossBlock))
	}
	return a
}

func (a *averager) meanLosses(dst []float64, models [][]float32) error {
	if len(dst) != len(models) || len(models) != len(a.rows) {
		panic("tps: length of dst is not the number of models")
	}
	clear(dst)
	n := len(a.samples)
	for from := 0; from < n; from += lossBlock {
		samples := a.samples[from:min(from+lossBlock, n)]
		for k := range a.rows {
			a.rows[k] = a.rows[k][:len(samples)]
		}
		a.losses.Losses(a.rows, models, samples)
		for k, row := range a.rows {
			sum := floats.Sum(row)
			if sum-sum != 0 {
				if err := checkLosses(row, samples, k, false); err != nil {
					return err
				}
			}
			dst[k] += sum
		}
		for k := range a.rows {
			a.rows[k] = a.rows[k][:cap(a.rows[k])]
		}
	}
	for k := range dst {
		dst[k] /= float64(n)
	}
	return nil
}

// checkLosses returns a LossError for the first loss in row that is NaN or −Inf.
func checkLosses(row []float64, samples []int, model int, proposed bool) error {
	for j, loss := range row {
		if math.IsNaN(loss) || math.IsInf(loss, -1) {
			return &LossError{Model: model, Sample: samples[j], Proposed: proposed, Loss: loss}
		}
	}
	return nil
}
