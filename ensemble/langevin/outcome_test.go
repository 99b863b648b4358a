package langevin

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/diagnostics"
)

// An outcome is how far the means of functions along a chain are from the expected ones.
type outcome struct {
	// bias is the relative difference of the variances of coordinates, or what else a
	// target wants to be unbiased, averaged over the functions; and their errors.
	mean, expected, deviation []float64 // deviation: the standard error of mean
}

// worst returns the largest difference in standard errors.
func (o *outcome) worst() (worst float64, function int) {
	for k := range o.mean {
		if z := math.Abs(o.mean[k]-o.expected[k]) / o.deviation[k]; !(z <= worst) {
			worst, function = z, k
		}
	}
	return worst, function
}

// sample runs a chain on a target with s = 1 and returns what it finds after its burn-in.
func sample(t testing.TB, model target, config Config, burnIn, steps int) (outcome, *Chain) {
	config.S = 1
	if config.Start == nil {
		config.Start = make([]float32, model.Params())
	}
	chain, err := NewChain(config, model)
	require.NoError(t, err)
	require.NoError(t, chain.Run(context.Background(), burnIn))
	chain.ResetStats()
	means, _ := model.expected()
	series := make([][]float64, len(means))
	for k := range series {
		series[k] = make([]float64, 0, steps)
	}
	values := make([]float64, len(means))
	require.NoError(t, chain.Run(context.Background(), burnIn+steps, Every(1, func(c *Chain) error {
		model.functions(values, c.Params())
		for k, v := range values {
			series[k] = append(series[k], v)
		}
		return nil
	})))
	o := outcome{expected: means, mean: make([]float64, len(means)), deviation: make([]float64, len(means))}
	for k, s := range series {
		e := diagnostics.MeanByAutocorrelation(s)
		o.mean[k], o.deviation[k] = e.Mean, e.StandardError
	}
	return o, chain
}
