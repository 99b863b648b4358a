package ensemble

import (
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/memory"
)

// TargetConfig has the settings of PredictTargets. The zero value works.
type TargetConfig struct {
	// MeanAndScale turns a member's outputs for one sample into the mean and the
	// standard deviation of a distribution of each target, outputs being twice as
	// many as targets. It writes all numbers of mean and scale. Several goroutines
	// call it at once. nil: the outputs are the means, and there are no scales.
	//
	// nn.Loss.MeanAndScale is one for the losses that HasScales, and panics for the
	// others, and for 0: those want nil.
	MeanAndScale func(mean, scale []float64, outputs []float32)

	// Quantiles are levels in [0, 1] of quantiles of the members' means, without their
	// scales. nil: none. Those of what is predicted, with scales, are those of
	// PredictMixtures: metrics.Mixtures.QuantilePerSample.
	Quantiles []float64
}

// TargetPredictions are what a committee of regressions says of the samples of a
// dataset. All means and variances are over the members, by their weights. What is
// there for each target is samples × targets, row-major.
type TargetPredictions struct {
	// Samples and Targets are the numbers of samples and of targets of each.
	Samples, Targets int

	// Means are the means of the members' means.
	Means []float64

	// Variances are the variances of the members' means about Means, the weighted
	// mean of the squares: 0 for one member.
	Variances []float64

	// ScaleVariances are the means of the squares of the members' scales. With
	// Variances they sum to the variance of the mixture of the members'
	// distributions. They are nil without MeanAndScale.
	ScaleVariances []float64

	// Quantiles are those of the members' means, one slice for each level. The
	// members' weights, in the order of their means, and of equal means the smaller
	// weights first, are laid side by side from 0 to 1. Each mean is the quantile at
	// the middle of its weight, with straight lines between, and the outermost ones
	// beyond (Hyndman and Fan, The American Statistician 50 (1996), definition 5, for
	// equal weights).
	Quantiles [][]float64
}

// targetsTogether is how many bytes the members' means for the samples of a block
// may take, where quantiles need them at once.
const targetsTogether = 4 << 20

// PredictTargets returns what the committee says of the samples of a dataset, with
// targets or without. Members are evaluated a few at a time, and only quantiles
// need the means of all members at once, for some samples: so the memory is that of
// the result. It is an error if the machine does not have it, if a member has
// outputs that are not finite, or if MeanAndScale makes a mean that is not finite,
// or a scale that is negative or not finite, of them.
func (c *Committee) PredictTargets(d *data.Dataset, config TargetConfig) (*TargetPredictions, error) {
	t, err := c.newTargets(d, config)
	if err != nil {
		return nil, err
	}
	size := blockSize
	if config.Quantiles != nil {
		size = min(max(targetsTogether/(8*c.Len()*t.Targets), 1), blockSize)
	}
	blocks := make([]*targetBlock, (d.Len()+size-1)/size)
	errs := make([]error, len(blocks))
	err = c.eachBlockOf(size, d, func(b block) {
		if b.member == 0 {
			blocks[b.index] = newTargetBlock(c, t, config, b.samples)
		}
		s := blocks[b.index]
		if err := s.add(c, t, b); err != nil && errs[b.index] == nil {
			errs[b.index] = err
		}
		if b.member == c.Len()-1 {
			s.finish(c, t, b)
			blocks[b.index] = nil
		}
	})
	for _, e := range append([]error{err}, errs...) {
		if e != nil {
			return nil, e
		}
	}
	return t, nil
}

// countTargets checks the arguments, and returns the number of targets of a sample.
func (c *Committee) countTargets(d *data.Dataset, config TargetConfig) (int, error) {
	if err := c.check(d); err != nil {
		return 0, err
	}
	if d.Classes() > 0 {
		return 0, errors.New("ensemble: the dataset has labels, want real targets or none")
	}
	targets := c.net.Outputs()
	if config.MeanAndScale != nil {
		if targets%2 != 0 {
			return 0, fmt.Errorf("ensemble: the network has %d outputs, want an even number for means and scales", targets)
		}
		targets /= 2
	}
	if d.Outputs() != 0 && d.Outputs() != targets {
		return 0, fmt.Errorf("ensemble: the dataset has %d targets, the predictions %d", d.Outputs(), targets)
	}
	return targets, nil
}

// newTargets checks the arguments, and returns predictions without values.
func (c *Committee) newTargets(d *data.Dataset, config TargetConfig) (*TargetPredictions, error) {
	targets, err := c.countTargets(d, config)
	if err != nil {
		return nil, err
	}
	for i, level := range config.Quantiles {
		if !(level >= 0 && level <= 1) {
			return nil, fmt.Errorf("ensemble: Quantiles[%d] = %v, want 0 to 1", i, level)
		}
	}
	t := &TargetPredictions{Samples: d.Len(), Targets: targets}
	n := t.Samples * t.Targets
	if err := memory.Check(8 * float64(n) * float64(3+len(config.Quantiles))); err != nil {
		return nil, fmt.Errorf("ensemble: predictions of %d targets for %d samples: they %w", t.Targets, t.Samples, err)
	}
	t.Means, t.Variances = make([]float64, n), make([]float64, n)
	if config.MeanAndScale != nil {
		t.ScaleVariances = make([]float64, n)
	}
	for range config.Quantiles {
		t.Quantiles = append(t.Quantiles, make([]float64, n))
	}
	return t, nil
}

// A targetBlock is the memory for the members' means of a block of samples.
type targetBlock struct {
	config      TargetConfig
	mean, scale []float64 // of one member and sample
	weight      float64   // of the members so far
	means       []float64 // samples × targets × members, if there are quantiles
}

func newTargetBlock(c *Committee, t *TargetPredictions, config TargetConfig, samples int) *targetBlock {
	s := &targetBlock{config: config, mean: make([]float64, t.Targets), scale: make([]float64, t.Targets)}
	if config.Quantiles != nil {
		s.means = make([]float64, samples*t.Targets*c.Len())
	}
	return s
}

// add adds what a member says. Means and variances are brought up to date with
// each (West, Communications of the ACM 22 (1979)), so that no digits are lost where
// the mean is large.
func (s *targetBlock) add(c *Committee, t *TargetPredictions, b block) error {
	weight := c.weight(b.member)
	s.weight += weight
	for j := range b.samples {
		if err := s.read(b, j); err != nil {
			return err
		}
		for k, mean := range s.mean {
			if s.means != nil {
				s.means[(j*t.Targets+k)*c.Len()+b.member] = mean
			}
			if weight == 0 {
				continue
			}
			at := (b.first+j)*t.Targets + k
			distance := mean - t.Means[at]
			t.Means[at] += distance * (weight / s.weight)
			t.Variances[at] += weight * distance * (mean - t.Means[at])
			if t.ScaleVariances != nil {
				t.ScaleVariances[at] += weight * square(s.scale[k])
			}
		}
	}
	return nil
}

// read makes means and scales of a member's outputs for a sample of a block.
func (s *targetBlock) read(b block, j int) error {
	output := b.output(j)
	if s.config.MeanAndScale == nil {
		for k, y := range output {
			s.mean[k] = float64(y)
		}
		return nil
	}
	s.config.MeanAndScale(s.mean, s.scale, output)
	for k, mean := range s.mean {
		if scale := s.scale[k]; mean-mean != 0 || !(scale >= 0 && scale <= math.MaxFloat64) {
			return fmt.Errorf("ensemble: member %d has mean %v and scale %v for sample %d, want finite ones and no negative scale", b.member, mean, scale, b.first+j)
		}
	}
	return nil
}

// finish makes what needs all members.
func (s *targetBlock) finish(c *Committee, t *TargetPredictions, b block) {
	from, to := b.first*t.Targets, (b.first+b.samples)*t.Targets
	divide(t.Variances[from:to], c.total)
	if t.ScaleVariances != nil {
		divide(t.ScaleVariances[from:to], c.total)
	}
	if s.means == nil {
		return
	}
	var q quantiles
	for at := from; at < to; at++ {
		q.sort(c, s.means[(at-from)*c.Len():][:c.Len()])
		for i, level := range s.config.Quantiles {
			t.Quantiles[i][at] = q.at(level)
		}
	}
}
