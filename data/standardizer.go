package data

import (
	"errors"
	"fmt"
	"math"
)

// A Standardizer moves and scales each input number and each target so that
// they have mean 0 and variance 1 over the samples from which it has learned. It
// can be kept as JSON, beside a model that was trained on standardized data.
//
// A number that is the same in all of those samples has the scale 1, so that
// it becomes 0 and nothing is divided by zero.
type Standardizer struct {
	// InputMean and InputScale are the mean and the standard deviation of each
	// input number, Size of the dataset numbers. Scales are positive.
	InputMean  []float64 `json:"input_mean"`
	InputScale []float64 `json:"input_scale"`

	// TargetMean and TargetScale are those of each target. None, as for a dataset
	// with labels: targets stay as they are.
	TargetMean  []float64 `json:"target_mean,omitempty"`
	TargetScale []float64 `json:"target_scale,omitempty"`
}

// NewStandardizer learns means and scales of a dataset: take the samples that a
// model is trained on, and no others. Standard deviations are those of the
// samples themselves: the mean squared difference is over n, not n − 1.
func NewStandardizer(train *Dataset) (*Standardizer, error) {
	if train == nil {
		return nil, errors.New("data: the dataset to learn from is nil")
	}
	s := &Standardizer{}
	s.InputMean, s.InputScale = meanAndScale(train.length, train.size, train.Input)
	if train.targets != nil {
		s.TargetMean, s.TargetScale = meanAndScale(train.length, train.outputs, train.Target)
	}
	return s, nil
}

// meanAndScale returns means and standard deviations of the numbers in n rows.
func meanAndScale(n, width int, row func(i int) []float32) (mean, scale []float64) {
	mean, scale = make([]float64, width), make([]float64, width)
	varies := make([]bool, width) // in floating point the deviation of equal numbers may be above 0
	first := row(0)
	for i := range n {
		for k, v := range row(i) {
			mean[k] += float64(v) / float64(n)
			varies[k] = varies[k] || v != first[k]
		}
	}
	for i := range n {
		for k, v := range row(i) {
			d := float64(v) - mean[k]
			scale[k] += d * d / float64(n)
		}
	}
	for k, variance := range scale {
		if scale[k] = 1; varies[k] {
			scale[k] = math.Sqrt(variance)
		}
	}
	return mean, scale
}

// Validate returns an error unless there are as many means as scales, all
// finite, and the scales are positive. A Standardizer that was read from a file
// may be anything.
func (s *Standardizer) Validate() error {
	if len(s.InputMean) == 0 {
		return errors.New("data: the standardizer has no input_mean")
	}
	if err := checkScales("input", s.InputMean, s.InputScale); err != nil {
		return err
	}
	return checkScales("target", s.TargetMean, s.TargetScale)
}

func checkScales(what string, mean, scale []float64) error {
	if len(mean) != len(scale) {
		return fmt.Errorf("data: the standardizer has %d numbers of %s_mean and %d of %s_scale", len(mean), what, len(scale), what)
	}
	for k, v := range mean {
		if v-v != 0 {
			return fmt.Errorf("data: %s_mean[%d] = %v, want a finite number", what, k, v)
		}
		if v := scale[k]; !(v > 0 && v <= math.MaxFloat64) {
			return fmt.Errorf("data: %s_scale[%d] = %v, want a finite number above 0", what, k, v)
		}
	}
	return nil
}

// Apply returns a dataset of the same samples with standardized inputs and, if
// the dataset has targets and the Standardizer learned any, targets. Labels stay.
// The new numbers need 4 bytes each; the error says if the machine does not have them,
// or which number is too large for a float32 afterwards.
func (s *Standardizer) Apply(d *Dataset) (*Dataset, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if d == nil {
		return nil, errors.New("data: the dataset to standardize is nil")
	}
	if d.size != len(s.InputMean) {
		return nil, fmt.Errorf("data: inputs of %d numbers, the standardizer is for %d", d.size, len(s.InputMean))
	}
	if d.targets != nil && s.TargetMean != nil && d.outputs != len(s.TargetMean) {
		return nil, fmt.Errorf("data: %d targets a sample, the standardizer is for %d", d.outputs, len(s.TargetMean))
	}
	numbers := d.size
	if s.TargetMean != nil {
		numbers += d.outputs
	}
	if err := checkMemory(d.length, "standardized samples", 4*float64(numbers)); err != nil {
		return nil, err
	}
	inputs := standardize(d.length, d.Input, s.InputMean, s.InputScale)
	if at := firstNonFinite(inputs); at >= 0 {
		return nil, fmt.Errorf("data: input %d of sample %d is %v after standardization, want a finite number", at%d.size, at/d.size, inputs[at])
	}
	other := d.withInputs(inputs)
	if d.targets == nil || s.TargetMean == nil {
		return other, nil
	}
	other.targets = standardize(d.length, d.Target, s.TargetMean, s.TargetScale)
	if at := firstNonFinite(other.targets); at >= 0 {
		return nil, fmt.Errorf("data: target %d of sample %d is %v after standardization, want a finite number", at%d.outputs, at/d.outputs, other.targets[at])
	}
	return other, nil
}

func standardize(n int, row func(i int) []float32, mean, scale []float64) []float32 {
	x := make([]float32, 0, n*len(mean))
	for i := range n {
		for k, v := range row(i) {
			x = append(x, float32((float64(v)-mean[k])/scale[k]))
		}
	}
	return x
}

// RestoreTarget returns a value of the k-th target, such as a predicted mean or
// quantile, in the units that it had before standardization.
func (s *Standardizer) RestoreTarget(k int, value float64) float64 {
	if s.TargetMean == nil {
		return value
	}
	return s.TargetMean[k] + s.TargetScale[k]*value
}

// RestoreScale returns a width on the axis of the k-th target, such as a predicted
// standard deviation or an error, in the units that it had before
// standardization. A log density of the target is larger by the logarithm of
// TargetScale[k] in standardized units than in the old ones.
func (s *Standardizer) RestoreScale(k int, width float64) float64 {
	if s.TargetMean == nil {
		return width
	}
	return s.TargetScale[k] * width
}
