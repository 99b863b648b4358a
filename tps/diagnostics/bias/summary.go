package bias

import (
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/tps/diagnostics"
	"github.com/trajens/trajens/tps/diagnostics/internal/draws"
)

// A Summary has the mean and the variance of each coordinate with their standard errors.
type Summary struct {
	Means, Variances []diagnostics.Estimate
	// Draws is how many there were of all chains, 0 for exact values.
	Draws int
}

// Summarize returns the summary of chains of draws with that many coordinates, which lie one after
// the other in the order of the run. The standard error of a mean is √(σ² τ/n), τ being the
// integrated autocorrelation time of the coordinate in all chains; that of a variance is the same
// for the squared deviations. Variances have the divisor n − τ, which takes out that the mean is
// from the same draws. Chains that have not met a common distribution are not noticed; that is for
// diagnostics.SplitRHat. Each chain needs at least 2 draws; a few hundred τ are needed for good
// errors. A coordinate that is constant has the error 0.
func Summarize(coordinates int, chains ...[]float32) (*Summary, error) {
	if len(chains) == 0 {
		return nil, errors.New("bias: there are no chains")
	}
	s := &Summary{}
	series := make([][]float64, len(chains))
	for c, chain := range chains {
		n, err := draws.Count(chain, coordinates, 2)
		if err != nil {
			return nil, fmt.Errorf("bias: chain %d: %w", c, err)
		}
		series[c] = make([]float64, n)
		s.Draws += n
	}
	for k := range coordinates {
		for c, chain := range chains {
			for i := range series[c] {
				series[c][i] = float64(chain[i*coordinates+k])
			}
		}
		mean, variance := moments(series, s.Draws)
		s.Means = append(s.Means, mean)
		s.Variances = append(s.Variances, variance)
	}
	return s, nil
}

// moments returns mean and variance of n values in all. It leaves squared deviations in series.
func moments(series [][]float64, n int) (mean, variance diagnostics.Estimate) {
	for _, values := range series {
		for _, x := range values {
			mean.Mean += x / float64(n)
		}
	}
	time := diagnostics.IntegratedTimeOfChains(series, 0)
	for _, values := range series {
		for i, x := range values {
			values[i] = (x - mean.Mean) * (x - mean.Mean)
			variance.Mean += values[i] / float64(n)
		}
	}
	if variance.Mean == 0 {
		return mean, variance
	}
	lost := min(time.Tau/float64(n), 0.5)
	mean.StandardError = math.Sqrt(variance.Mean / (1 - lost) * time.Tau / float64(n))
	squares := diagnostics.IntegratedTimeOfChains(series, 0)
	spread := 0.0
	for _, values := range series {
		for _, x := range values {
			spread += (x - variance.Mean) * (x - variance.Mean) / float64(n)
		}
	}
	if spread > 0 {
		variance.StandardError = math.Sqrt(spread*squares.Tau/float64(n)) / (1 - lost)
	}
	variance.Mean /= 1 - lost
	return mean, variance
}

// Exact returns the summary of known means and variances, without errors.
func Exact(means, variances []float64) (*Summary, error) {
	if len(means) == 0 || len(variances) != len(means) {
		return nil, fmt.Errorf("bias: %d means and %d variances, want the same positive number", len(means), len(variances))
	}
	s := &Summary{}
	for k, mean := range means {
		if mean-mean != 0 || !(variances[k] >= 0) || math.IsInf(variances[k], 1) {
			return nil, fmt.Errorf("bias: coordinate %d has the mean %v and the variance %v, want finite numbers, the variance at least 0", k, mean, variances[k])
		}
		s.Means = append(s.Means, diagnostics.Estimate{Mean: mean})
		s.Variances = append(s.Variances, diagnostics.Estimate{Mean: variances[k]})
	}
	return s, nil
}
