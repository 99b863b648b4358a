package ensemble

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

func TestWeightsAreNormalized(t *testing.T) {
	net := identity(t)
	models := [][]float32{diagonal(1), diagonal(2), diagonal(3)}
	c := weightedCommittee(t, net, models, []float64{1, 0, 3})
	assert.Equal(t, []float64{0.25, 0, 0.75}, c.Weights())
	c.Weights()[0] = 9
	assert.Equal(t, []float64{0.25, 0, 0.75}, c.Weights())
	c = weightedCommittee(t, net, models, []float64{math.MaxFloat64, math.MaxFloat64, 0})
	assert.Equal(t, []float64{0.5, 0.5, 0}, c.Weights())
	assert.Nil(t, committee(t, net, models...).Weights())
	assert.Nil(t, weightedCommittee(t, net, models, []float64{7, 7, 7}).Weights())

	for says, weights := range map[string][]float64{
		"2 weights for 3 members":              {1, 2},
		"0 weights for 3 members":              {},
		"weight 1 is -1, want a finite number": {1, -1, 1},
		"weight 0 is NaN":                      {math.NaN(), 1, 1},
		"weight 2 is +Inf":                     {1, 1, math.Inf(1)},
		"all weights are zero":                 {0, 0, 0},
	} {
		c, err := NewWeighted(net, models, weights)
		assert.Nil(t, c)
		assert.ErrorContains(t, err, "ensemble: ")
		assert.ErrorContains(t, err, says)
	}
}

// everything is what a committee says, as a text: of numbers all digits.
func everything(t *testing.T, c *Committee, d *data.Dataset) string {
	t.Helper()
	report, err := c.Evaluate(d)
	require.NoError(t, err)
	outputs, err := c.Outputs(d)
	require.NoError(t, err)
	probabilities, err := c.Probabilities(d)
	require.NoError(t, err)
	votes, err := c.Votes(d)
	require.NoError(t, err)
	prediction, err := c.Predict(d.Input(0))
	require.NoError(t, err)
	predictions, err := c.PredictClasses(d)
	require.NoError(t, err)
	members, err := c.MemberOutputs(d)
	require.NoError(t, err)
	inOrder, err := c.CurveInOrder(d, CurveConfig{})
	require.NoError(t, err)
	atRandom, err := c.CurveAtRandom(d, random.Source(3), CurveConfig{Draws: 3})
	require.NoError(t, err)
	inputs := make([]float32, 0, d.Len()*d.Size())
	for i := range d.Len() {
		inputs = append(inputs, d.Input(i)...)
	}
	unlabeled, err := data.NewInputs(inputs, d.Shape())
	require.NoError(t, err)
	targets, err := c.PredictTargets(unlabeled, TargetConfig{Quantiles: []float64{0.1, 0.5}, MeanAndScale: exponential})
	require.NoError(t, err)
	greedy, err := c.Best(2, d, BestConfig{Greedy: true, Replacement: true})
	require.NoError(t, err)
	return fmt.Sprintln(report, outputs, probabilities, votes, prediction, predictions, members, inOrder, atRandom, targets, greedy.Weights(), greedy.members[0][:3])
}

// exponential is a mean and the logarithm of a scale.
func exponential(mean, scale []float64, outputs []float32) {
	for k := range mean {
		mean[k], scale[k] = float64(outputs[k]), math.Exp(float64(outputs[len(mean)+k]))
	}
}

func TestEqualWeightsAndProcessorsChangeNoBit(t *testing.T) {
	net, models, digits := digitCommittee(t, 18, blockSize+3)
	for _, weights := range [][]float64{nil, ramp(18)} {
		c := weightedCommittee(t, net, models, weights)
		before := runtime.GOMAXPROCS(1)
		want := everything(t, c, digits)
		for _, processors := range []int{2, 8} {
			runtime.GOMAXPROCS(processors)
			assert.True(t, want == everything(t, c, digits), "%d processors", processors)
		}
		runtime.GOMAXPROCS(before)
		if weights == nil {
			assert.True(t, want == everything(t, weightedCommittee(t, net, models, filled(18, 0.3)), digits), "equal weights")
		} else {
			assert.False(t, want == everything(t, committee(t, net, models...), digits), "other weights")
		}
	}
}

func ramp(n int) []float64 {
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = float64(i + 1)
	}
	return weights
}

func filled(n int, value float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = value
	}
	return x
}

// A member of weight zero is as if it were not there, wherever it stands.
func TestZeroWeightLeavesOut(t *testing.T) {
	net, models, digits := digitCommittee(t, 6, blockSize+5)
	with := weightedCommittee(t, net, models, []float64{0, 2, 1, 0, 4, 0})
	without := weightedCommittee(t, net, [][]float32{models[1], models[2], models[4]}, []float64{2, 1, 4})
	a, err := with.Evaluate(digits)
	require.NoError(t, err)
	b, err := without.Evaluate(digits)
	require.NoError(t, err)
	for _, pair := range [][2]float64{
		{a.Accuracy, b.Accuracy}, {a.MeanProbabilityAccuracy, b.MeanProbabilityAccuracy}, {a.NLL, b.NLL}, {a.Brier, b.Brier},
		{a.Entropy, b.Entropy}, {a.MemberEntropy, b.MemberEntropy}, {a.MemberAccuracyMean(), b.MemberAccuracyMean()}, {a.MemberNLLMean(), b.MemberNLLMean()},
	} {
		assert.InDelta(t, pair[1], pair[0], 1e-12)
	}
	assert.Len(t, a.MemberNLL, 6)
	assert.Equal(t, b.MemberNLL, []float64{a.MemberNLL[1], a.MemberNLL[2], a.MemberNLL[4]})

	p, err := with.PredictClasses(digits)
	require.NoError(t, err)
	q, err := without.PredictClasses(digits)
	require.NoError(t, err)
	for _, pair := range [][2][]float64{
		{p.Probabilities, q.Probabilities}, {p.LogProbabilities, q.LogProbabilities}, {p.MeanLogProbabilities, q.MeanLogProbabilities},
		{p.VoteShares, q.VoteShares}, {p.MemberEntropy, q.MemberEntropy}, {p.Disagreement, q.Disagreement},
	} {
		assert.InDeltaSlice(t, pair[1], pair[0], 1e-12)
	}
	for i := range 5 {
		p, err := with.Predict(digits.Input(i))
		require.NoError(t, err)
		q, err := without.Predict(digits.Input(i))
		require.NoError(t, err)
		assert.Equal(t, q.Votes, p.Votes)
		assert.Equal(t, q.Class, p.Class)
		assert.InDeltaSlice(t, q.VoteShares, p.VoteShares, 1e-15)
		assert.InDeltaSlice(t, q.Variances, p.Variances, 1e-12)
	}
	for _, curve := range []func(*Committee) (*Curve, error){
		func(c *Committee) (*Curve, error) { return c.CurveInOrder(digits, CurveConfig{}) },
		func(c *Committee) (*Curve, error) { return c.CurveAtRandom(digits, random.Source(1), CurveConfig{}) },
	} {
		p, err := curve(with)
		require.NoError(t, err)
		q, err := curve(without)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 3}, p.Sizes)
		for i := range q.Mean {
			requireQuality(t, q.Mean[i], p.Mean[i], 1e-12)
		}
	}
	for _, config := range []BestConfig{{}, {Greedy: true}, {Greedy: true, Replacement: true}} {
		p, err := with.Best(3, digits, config)
		require.NoError(t, err)
		q, err := without.Best(3, digits, config)
		require.NoError(t, err)
		assert.Equal(t, q.members, p.members)
	}
	_, err = with.Best(4, digits, BestConfig{})
	assert.ErrorContains(t, err, "the weights of only 3 are not zero")
	_, err = with.Best(4, digits, BestConfig{Greedy: true})
	assert.ErrorContains(t, err, "the weights of only 3 are not zero")
	_, err = with.Subset([]int{0, 3})
	assert.ErrorContains(t, err, "all weights are zero")
}

// Weights decide a vote against the larger number.
func TestWeightedVote(t *testing.T) {
	up, down := diagonal(1), diagonal(-1)
	d := classes(t, []float32{0, 1, 2}, []int{0})
	c := weightedCommittee(t, identity(t), [][]float32{up, up, down}, []float64{1, 1, 2.5})
	votes, err := c.Votes(d)
	require.NoError(t, err)
	assert.Equal(t, []int{0}, votes)
	p, err := c.Predict([]float32{0, 1, 2})
	require.NoError(t, err)
	assert.Equal(t, 0, p.Class)
	assert.Equal(t, []int{1, 0, 2}, p.Votes)
	assert.InDeltaSlice(t, []float64{2.5 / 4.5, 0, 2 / 4.5}, p.VoteShares, 1e-15)
	report, err := c.Evaluate(d)
	require.NoError(t, err)
	assert.Equal(t, 1.0, report.Accuracy)
	// Members are right 0, 0 and 1.
	assert.InDelta(t, 2.5/4.5, report.MemberAccuracyMean(), 1e-15)
}

func TestWeightedRegression(t *testing.T) {
	d, err := data.NewTargets([]float32{0, 1}, []int{1}, []float32{0, 1})
	require.NoError(t, err)
	c := weightedCommittee(t, nn.LinearPerceptron(1), [][]float32{{1, 1}, {1, -3}}, []float64{3, 1}) // errors 1 and −3
	report, err := c.Evaluate(d)
	require.NoError(t, err)
	assert.InDelta(t, 0, report.Loss, 1e-12)
	assert.InDelta(t, (3*0.5+4.5)/4, report.MemberLossMean(), 1e-12)
	outputs, err := c.Outputs(d)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{0, 1}, outputs, 1e-12)
}
