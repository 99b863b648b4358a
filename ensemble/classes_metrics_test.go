package ensemble

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// predicted returns predictions of a committee of random networks, and the data.
func predicted(t *testing.T, members int, weights []float64) (*Committee, *ClassPredictions, *data.Dataset) {
	t.Helper()
	d, err := data.Digits(2*blockSize+3, random.Source(5))
	require.NoError(t, err)
	models := make([][]float32, members)
	for i := range models {
		models[i] = make([]float32, nn.MairCNN().Params())
		nn.InitNormal(models[i], 0.3, random.Source(uint64(i), 3))
	}
	c := weightedCommittee(t, nn.MairCNN(), models, weights)
	p, err := c.PredictClasses(d)
	require.NoError(t, err)
	return c, p, d
}

// What package metrics makes of the predictions is what Evaluate and the curve measure.
func TestClassificationAgreesWithEvaluate(t *testing.T) {
	for _, weights := range [][]float64{nil, {1, 0, 5, 2}} {
		c, p, d := predicted(t, 4, weights)
		report, err := c.Evaluate(d)
		require.NoError(t, err)
		curve, err := c.CurveInOrder(d, CurveConfig{})
		require.NoError(t, err)
		end := curve.Mean[len(curve.Mean)-1]
		arithmetic, err := p.Classification(d)
		require.NoError(t, err)
		assert.InDelta(t, report.NLL, arithmetic.NLL(), 1e-12)
		assert.InDelta(t, report.Brier, arithmetic.Brier(), 1e-12)
		assert.InDelta(t, end.ECE, arithmetic.ECE(), 1e-12)
		assert.Equal(t, end.MeanProbabilityAccuracy, arithmetic.Accuracy())

		geometric, err := p.GeometricClassification(d)
		require.NoError(t, err)
		want := 0.0
		for i := range d.Len() {
			want -= math.Log(p.Geometric()[i*10+d.Label(i)]) / float64(d.Len())
		}
		assert.InDelta(t, want, geometric.NLL(), 1e-12)
		assert.Greater(t, math.Abs(geometric.NLL()-arithmetic.NLL()), 1e-3, "means that agree would prove nothing")
	}
}

func TestMutualInformation(t *testing.T) {
	_, p, _ := predicted(t, 3, nil)
	information, err := p.MutualInformationPerSample()
	require.NoError(t, err)
	for i, got := range information {
		entropy := 0.0
		for _, q := range p.Probabilities[10*i : 10*i+10] {
			entropy -= q * math.Log(q)
		}
		require.InDelta(t, entropy-p.MemberEntropy[i], got, 1e-12)
		require.Greater(t, got, 0.0)
	}
	for _, weights := range [][]float64{nil, {0, 1}} { // one member has a say
		_, p, _ = predicted(t, 1+len(weights)/2, weights)
		information, err = p.MutualInformationPerSample()
		require.NoError(t, err)
		assert.InDeltaSlice(t, make([]float64, p.Samples), information, 1e-12)
	}
}

func TestClassificationRefuses(t *testing.T) {
	_, p, d := predicted(t, 2, nil)
	fewer, err := d.First(7)
	require.NoError(t, err)
	unlabeled, err := data.NewInputs(make([]float32, 28*28), []int{1, 28, 28})
	require.NoError(t, err)
	for says, d := range map[string]*data.Dataset{
		"ensemble: the dataset is nil":                             nil,
		"ensemble: the dataset has 7 samples, the predictions 259": fewer,
		"ensemble: the dataset has 0 classes, the predictions 10":  unlabeled,
	} {
		_, err := p.Classification(d)
		assert.EqualError(t, err, says)
		_, err = p.GeometricClassification(d)
		assert.EqualError(t, err, says)
	}
}
