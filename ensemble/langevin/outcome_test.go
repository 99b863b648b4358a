package langevin

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/tps/diagnostics"
)

// An outcome has the means of a target's functions along a chain, what is expected of them,
// and the standard errors of the means.
type outcome struct{ mean, expected, deviation []float64 }

// String returns the last of them, the most precise ones.
func (o outcome) String() (text string) {
	for k := max(0, len(o.mean)-5); k < len(o.mean); k++ {
		text += fmt.Sprintf("function %d: %.4f ± %.4f, want %.4f\n", k, o.mean[k], o.deviation[k], o.expected[k])
	}
	return text
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

// deviation returns the standard error of the mean of a series of values with that variance in
// the target: a short series knows it too badly itself.
func deviation(series []float64, variance float64) float64 {
	return math.Sqrt(variance / diagnostics.IntegratedTime(series, 0).EffectiveSize())
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
	means, variances := model.expected()
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
		o.mean[k] = stat.Mean(s, nil)
		o.deviation[k] = deviation(s, variances[k])
	}
	return o, chain
}
