package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type regressionCase struct {
	Name                                  string
	Members                               int
	Means, Scales, Weights, Targets       series
	NLL, RMSE                             number
	Mean, Aleatoric, Epistemic, CRPS, PIT series
	CalibrationError                      number `json:"calibration_error"`
	Probability                           number
	Low, High                             series
	Coverage, Width                       number
}

func (g *regressionCase) regression(t *testing.T) *Regression {
	t.Helper()
	var config MixturesConfig
	if len(g.Weights) > 0 {
		config.Weights = g.Weights.floats()
	}
	m, err := NewMixtures(g.Means.floats(), g.Scales.floats(), g.Members, config)
	require.NoError(t, err)
	r, err := NewRegression(m, g.Targets.floats())
	require.NoError(t, err)
	return r
}

func TestRegressionGolden(t *testing.T) {
	var cases []regressionCase
	load(t, "regression.json", &cases)
	require.Len(t, cases, 11)
	for _, g := range cases {
		t.Run(g.Name, func(t *testing.T) {
			r := g.regression(t)
			nll, err := r.NLL()
			same(t, float64(g.NLL), nll, "NLL")
			assert.Equal(t, math.IsNaN(float64(g.NLL)), err != nil)
			same(t, float64(g.RMSE), r.RMSE(), "RMSE")
			sameAll(t, g.Mean, r.MeanPerSample(), "mean")
			aleatoric, epistemic := r.VariancePerSample()
			sameAll(t, g.Aleatoric, aleatoric, "aleatoric variance")
			sameAll(t, g.Epistemic, epistemic, "epistemic variance")
			sameAll(t, g.CRPS, r.CRPSPerSample(), "CRPS")
			sameAll(t, g.PIT, r.PITPerSample(), "PIT")
			same(t, float64(g.CalibrationError), r.QuantileCalibrationError(), "calibration error")

			low, high, err := r.IntervalPerSample(float64(g.Probability))
			require.NoError(t, err)
			sameAll(t, g.Low, low, "low end")
			sameAll(t, g.High, high, "high end")
			share, width, err := r.Coverage(float64(g.Probability))
			require.NoError(t, err)
			same(t, float64(g.Coverage), share, "coverage")
			same(t, float64(g.Width), width, "width")
		})
	}
}
