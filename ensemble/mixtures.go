package ensemble

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/internal/memory"
)

// PredictMixtures returns the mixtures of the members' distributions for package
// metrics, one for each target of each sample: samples × targets, row-major. Their
// members are those of the committee whose weight is not 0, in their order, with
// their weights. MeanAndScale makes a normal distribution of a member's outputs, as
// nn.Loss.MeanAndScale does for the losses GaussianExp and GaussianSoftplus; if it is
// nil each member gives one plain value. Quantiles have no part in it.
//
// The memory grows with the members as well as with the samples, 16 bytes for each
// target and member with a weight; it is an error if the machine does not have it.
// Gaussians of PredictTargets do with less. All else is as for PredictTargets, but with
// MeanAndScale means must be within ±1e150 and scales 1e-150 to 1e150, as
// metrics.NewMixtures takes them: a scale of 0, which has no density, is an error, too.
func (c *Committee) PredictMixtures(d *data.Dataset, config TargetConfig) (*metrics.Mixtures, error) {
	targets, err := c.countTargets(d, config)
	if err != nil {
		return nil, err
	}
	voters := c.voters()
	n := d.Len() * targets * len(voters)
	if err := memory.Check(16 * float64(n)); err != nil {
		return nil, fmt.Errorf("ensemble: mixtures of %d members for %d targets of %d samples: they %w", len(voters), targets, d.Len(), err)
	}
	means := make([]float64, n)
	var scales []float64
	if config.MeanAndScale != nil {
		scales = make([]float64, n)
	}
	errs := make([]error, blocksOf(d))
	err = c.eachBlock(d, func(b block) {
		voter, votes := slices.BinarySearch(voters, b.member)
		if !votes {
			return
		}
		s := targetBlock{config: config, mean: make([]float64, targets), scale: make([]float64, targets)}
		for j := range b.samples {
			if err := s.readComponents(b, j); err != nil {
				errs[b.index] = cmp.Or(errs[b.index], err)
				return
			}
			for k, mean := range s.mean {
				at := ((b.first+j)*targets+k)*len(voters) + voter
				means[at] = mean
				if scales != nil {
					scales[at] = s.scale[k]
				}
			}
		}
	})
	for _, e := range append([]error{err}, errs...) {
		if e != nil {
			return nil, e
		}
	}
	var weights []float64
	if c.weights != nil {
		for _, member := range voters {
			weights = append(weights, c.weights[member])
		}
	}
	return metrics.NewMixtures(means, scales, len(voters), metrics.MixturesConfig{Weights: weights})
}

// What metrics.NewMixtures takes: means within ±greatest, and scales of a density from
// smallest to greatest.
const (
	greatest = 1e150
	smallest = 1e-150
)

// readComponents is read of what has a place in mixtures.
func (s *targetBlock) readComponents(b block, j int) error {
	if err := s.read(b, j); err != nil || s.config.MeanAndScale == nil {
		return err
	}
	for k, mean := range s.mean {
		if scale := s.scale[k]; !(math.Abs(mean) <= greatest && scale >= smallest && scale <= greatest) {
			return fmt.Errorf("ensemble: member %d has mean %v and scale %v for target %d of sample %d, want a mean within ±%g and a scale from %g to %g", b.member, mean, scale, k, b.first+j, greatest, smallest, greatest)
		}
	}
	return nil
}

// PredictRegression returns the mixtures of PredictMixtures beside the targets of the
// dataset.
func (c *Committee) PredictRegression(d *data.Dataset, config TargetConfig) (*metrics.Regression, error) {
	m, err := c.PredictMixtures(d, config)
	if err != nil {
		return nil, err
	}
	return regression(m, d)
}

// Gaussians returns for package metrics one normal distribution for each target of each
// sample, samples × targets, row-major. It has the mean and the variance of the mixture of
// the members' distributions, as in Lakshminarayanan et al. (arXiv 1612.01474, section
// 2.4): the square of its scale is the sum of Variances and ScaleVariances. Means are
// kept, and must not be changed any more.
//
// Without ScaleVariances the scale is the deviation of the members' means, which is 0,
// a point, where they agree. With them a scale of 0 is an error, since it has no density,
// and so is one whose square overflowed.
func (t *TargetPredictions) Gaussians() (*metrics.Mixtures, error) {
	scales := make([]float64, len(t.Means))
	for at, variance := range t.Variances {
		if t.ScaleVariances != nil {
			variance += t.ScaleVariances[at]
			if !(variance > 0 && variance <= math.MaxFloat64) {
				return nil, fmt.Errorf("ensemble: the variance of target %d of sample %d is %v, want a finite number > 0", at%t.Targets, at/t.Targets, variance)
			}
		}
		scales[at] = math.Sqrt(variance)
	}
	return metrics.NewMixtures(t.Means, scales, 1, metrics.MixturesConfig{})
}

// Regression returns Gaussians beside the targets of a dataset, that of PredictTargets
// or one of the same samples.
func (t *TargetPredictions) Regression(d *data.Dataset) (*metrics.Regression, error) {
	m, err := t.Gaussians()
	if err != nil {
		return nil, err
	}
	return regression(m, d)
}

func regression(m *metrics.Mixtures, d *data.Dataset) (*metrics.Regression, error) {
	if d == nil {
		return nil, errors.New("ensemble: the dataset is nil")
	}
	if d.Outputs() == 0 {
		return nil, errors.New("ensemble: the dataset has no real targets")
	}
	if d.Len()*d.Outputs() != m.Len() {
		return nil, fmt.Errorf("ensemble: the dataset has %d samples of %d targets, the predictions %d numbers", d.Len(), d.Outputs(), m.Len())
	}
	targets := make([]float64, 0, m.Len())
	for i := range d.Len() {
		for _, y := range d.Target(i) {
			targets = append(targets, float64(y))
		}
	}
	return metrics.NewRegression(m, targets)
}
