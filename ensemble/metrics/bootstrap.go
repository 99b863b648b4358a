package metrics

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// A BootstrapConfig configures a Bootstrap. The zero value of a field stands
// for its default.
type BootstrapConfig struct {
	// Resamples is how often samples are drawn anew, 2 to 1,000,000. 0: 1000.
	Resamples int
	// Probability is that of the interval, between 0 and 1. 0: 0.95.
	Probability float64
}

func (c BootstrapConfig) withDefaults() (BootstrapConfig, error) {
	c.Resamples = cmp.Or(c.Resamples, 1000)
	if c.Resamples < 2 || c.Resamples > 1_000_000 {
		return c, fmt.Errorf("metrics: Resamples = %d, want 2 to 1000000, or 0 for 1000", c.Resamples)
	}
	c.Probability = cmp.Or(c.Probability, 0.95)
	if !(c.Probability > 0 && c.Probability < 1) {
		return c, fmt.Errorf("metrics: Probability = %v, want between 0 and 1, or 0 for 0.95", c.Probability)
	}
	return c, nil
}

// An Interval is a number with a confidence interval around it.
type Interval struct {
	// Value is the number for the samples as they are.
	Value float64
	// Low and High are the ends of the interval.
	Low, High float64
}

// Bootstrap returns a statistic of n samples, numbered from 0, with the
// percentile interval of Efron: the statistic is computed for each of many sets
// of n samples drawn at random with replacement, and the interval is between
// the empirical quantiles of what comes out, (1 − Probability)/2 and (1 +
// Probability)/2, without interpolation (Efron and Tibshirani, An Introduction
// to the Bootstrap (1993), chapter 13). The interval says how far the choice of
// test samples matters, not the choice of training.
//
// The statistic is called from several goroutines at once, and must not keep or
// change the slice that it is given, such as
//
//	func(samples []int) float64 { return classification.Subset(samples).ECE() }
//
// A statistic of NaN is an error, infinities are values. Results are the same
// for the same source, whatever GOMAXPROCS is.
func Bootstrap(n int, statistic func(samples []int) float64, source rand.Source, config BootstrapConfig) (Interval, error) {
	config, err := config.withDefaults()
	switch {
	case err != nil:
		return Interval{}, err
	case n < 1:
		return Interval{}, fmt.Errorf("metrics: n = %d, want at least 1", n)
	case statistic == nil:
		return Interval{}, errors.New("metrics: the statistic is nil")
	case null.Is(source):
		return Interval{}, errors.New("metrics: the source is nil")
	}
	value := statistic(everySample(n))
	if math.IsNaN(value) {
		return Interval{}, errors.New("metrics: the statistic of the samples is NaN")
	}
	values := resample(n, statistic, source.Uint64(), config.Resamples)
	for _, v := range values {
		if math.IsNaN(v) {
			return Interval{}, errors.New("metrics: the statistic of samples drawn anew is NaN")
		}
	}
	slices.Sort(values)
	return Interval{
		Value: value,
		Low:   orderStatistic(values, (1-config.Probability)/2),
		High:  orderStatistic(values, (1+config.Probability)/2),
	}, nil
}

// BootstrapMean is Bootstrap of the mean of one value a sample, such as those
// of the methods that end in PerSample. NaN is an error. The slice is not kept.
func BootstrapMean(values []float64, source rand.Source, config BootstrapConfig) (Interval, error) {
	return Bootstrap(len(values), func(samples []int) float64 {
		sum := 0.0
		for _, i := range samples {
			sum += values[i]
		}
		return sum / float64(len(samples))
	}, source, config)
}

// resample returns the statistic of samples drawn anew. Each resample has a
// stream of its own, so that it does not matter who draws it.
func resample(n int, statistic func([]int) float64, seed uint64, resamples int) []float64 {
	values := make([]float64, resamples)
	eachChunk(resamples, 16, func(from, to int) {
		samples := make([]int, n)
		for k := from; k < to; k++ {
			source := random.Source(seed, uint64(k))
			for j := range samples {
				samples[j] = random.Below(source, n)
			}
			values[k] = statistic(samples)
		}
	})
	return values
}

// orderStatistic returns the smallest value that at least a share of the sorted
// values do not exceed.
func orderStatistic(sorted []float64, share float64) float64 {
	// The product of 0.025, rounded, and 1000 may be above 25.
	k := int(math.Ceil(share * float64(len(sorted)) * (1 - 1e-12)))
	return sorted[max(k, 1)-1]
}
