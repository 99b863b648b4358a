package tps

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
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
	//
	// Losses is called by one goroutine at a time, unless the type has a
	// method Concurrent() bool that returns true: then several chains may
	// share a value.
	Losses(dst [][]float64, models [][]float32, samples []int)
}

// Slopes is implemented by losses that can tell how they change to first order.
// With it, the adaptive test needs far fewer samples near trained models
// (minibatch.Controlled).
type Slopes interface {
	Losses

	// Gradient writes the gradient of the mean loss over all samples, of length
	// P, to dst, and the loss of each sample to losses, of length N.
	Gradient(dst []float32, losses []float64, model []float32)

	// LossesAndSlopes writes what Losses does to dst, and to slopes how the
	// loss of each sample at references[k] changes to first order in
	// directions[k], the inner product of its gradient with the direction:
	//
	//	slopes[k][j] = directions[k] · ∇ℓ_{samples[j]}(references[k])
	//
	// The mean of a slope over all samples is that of Gradient up to roundings.
	LossesAndSlopes(dst [][]float64, models [][]float32, slopes [][]float64, references, directions [][]float32, samples []int)
}

// Fingerprinter is implemented by losses that can say what tells them from
// others. Checkpoints hold the fingerprint, and are refused by a chain for
// losses with another one.
type Fingerprinter interface {
	// Fingerprint returns texts by name, such as the layers of a network. The
	// one named "data" is a checksum of the data. Fingerprint may take its
	// time: a chain asks once.
	Fingerprint() map[string]string
}

// A LossError says that a model has a loss that is not a number or −Inf, or one
// that is too large to be added up.
type LossError struct {
	// Model is the time of the model, from 0.
	Model int
	// Sample is the sample.
	Sample int
	// Proposed says whether the model was proposed, rather than part of the
	// trajectory.
	Proposed bool
	// Loss is NaN or −Inf, or finite if it is the sum over the samples that
	// overflows.
	Loss float64
	// LargestParameter is the largest absolute value of the model's
	// parameters. Losses may overflow because it is large.
	LargestParameter float32
}

// Error names the model and the sample.
func (e *LossError) Error() string {
	which := "model"
	if e.Proposed {
		which = "the model proposed for time"
	}
	text := fmt.Sprintf("tps: the loss of sample %d with %s %d is %v", e.Sample, which, e.Model, e.Loss)
	if e.Loss-e.Loss == 0 {
		text += ", and the sum over the samples overflows"
	}
	if e.LargestParameter > 1e6 {
		text += fmt.Sprintf("; the model has a parameter of size %.2g", e.LargestParameter)
	}
	return text
}

// MeanLosses writes L(θ), the mean loss over all samples, of each of models
// to dst, which has the same length. The error, if it is a LossError, names the
// first model and sample whose loss is NaN or −Inf, or a model whose losses are
// finite but have a sum that overflows.
func MeanLosses(dst []float64, losses Losses, models [][]float32) error {
	if null.Is(losses) {
		return errors.New("tps: the losses are nil")
	}
	averager, err := newAverager(losses, len(models))
	if err != nil {
		return err
	}
	return averager.meanLosses(dst, models)
}

// lossBlock is how many samples an averager evaluates at a time.
const lossBlock = 1024

// averager computes mean losses of a fixed number of models over all samples.
type averager struct {
	losses  Losses
	samples []int       // 0 … N−1
	rows    [][]float64 // the losses of the models on a block
}

func newAverager(losses Losses, models int) (*averager, error) {
	n := losses.Samples()
	if err := memory.Check(8*float64(n) + 8*float64(models)*float64(min(n, lossBlock))); err != nil {
		return nil, fmt.Errorf("tps: the losses of %d models on %d samples: %w", models, n, err)
	}
	a := &averager{losses: losses, samples: make([]int, n), rows: make([][]float64, models)}
	for i := range a.samples {
		a.samples[i] = i
	}
	for k := range a.rows {
		a.rows[k] = make([]float64, min(n, lossBlock))
	}
	return a, nil
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
				if err := checkLosses(row, models[k], samples, k, false); err != nil {
					return err
				}
			}
			before := dst[k]
			dst[k] += sum
			if dst[k]-dst[k] != 0 && before-before == 0 && !slices.Contains(row, math.Inf(1)) {
				j := largest(row)
				return newLossError(row[j], models[k], samples[j], k, false)
			}
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

// largest returns the index of the largest absolute value.
func largest(row []float64) (j int) {
	for i, loss := range row {
		if math.Abs(loss) > math.Abs(row[j]) {
			j = i
		}
	}
	return j
}

// checkLosses returns a LossError for the first loss in the row of a model that
// is NaN or −Inf.
func checkLosses(row []float64, parameters []float32, samples []int, model int, proposed bool) error {
	for j, loss := range row {
		if math.IsNaN(loss) || math.IsInf(loss, -1) {
			return newLossError(loss, parameters, samples[j], model, proposed)
		}
	}
	return nil
}

func newLossError(loss float64, parameters []float32, sample, model int, proposed bool) *LossError {
	e := &LossError{Model: model, Sample: sample, Proposed: proposed, Loss: loss}
	for _, p := range parameters {
		e.LargestParameter = max(e.LargestParameter, p, -p)
	}
	return e
}
