package ensemble

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

func TestPredictClassesAgreesWithADirectComputation(t *testing.T) {
	for _, weights := range [][]float64{nil, {1, 5, 2, 0.5, 3}} {
		net, models, digits := digitCommittee(t, 5, 2*blockSize+3)
		x := directly(t, net, models, weights, digits)
		c := weightedCommittee(t, net, models, weights)
		p, err := c.PredictClasses(digits)
		require.NoError(t, err)
		assert.Equal(t, digits.Len(), p.Samples)
		assert.Equal(t, 10, p.Classes)
		// Sums of five terms of order one: 1e-12 is a thousand roundings. Outputs, and
		// so their exponentials, are the same bits.
		assert.InDeltaSlice(t, slices.Concat(x.probabilities...), p.Probabilities, 1e-12)
		assert.InDeltaSlice(t, slices.Concat(x.shares...), p.VoteShares, 1e-12)
		assert.InDeltaSlice(t, slices.Concat(x.geometric...), p.Geometric(), 1e-12)
		assert.InDeltaSlice(t, x.memberEntropy, p.MemberEntropy, 1e-12)
		assert.InDeltaSlice(t, x.disagreement, p.Disagreement, 1e-12)
		for at, l := range p.LogProbabilities {
			require.InDelta(t, math.Log(p.Probabilities[at]), l, 1e-12)
		}
		for i := range p.Samples {
			require.Equal(t, argmax(x.shares[i]), p.Vote(i))
			require.Equal(t, argmax(x.probabilities[i]), p.Class(i))
		}
		for member, got := range p.MemberLogLikelihood {
			want := 0.0
			for i := range digits.Len() {
				want += math.Log(softmax(x.outputs[i][member])[digits.Label(i)])
			}
			assert.InEpsilon(t, want, got, 1e-9)
		}

		// What other methods say of the same is the same.
		probabilities, err := c.Probabilities(digits)
		require.NoError(t, err)
		assert.Equal(t, probabilities, p.Probabilities)
		report, err := c.Evaluate(digits)
		require.NoError(t, err)
		q := x.quality(digits)
		assert.InDelta(t, q.Accuracy, report.Accuracy, 1e-12)
		assert.InDelta(t, q.NLL, report.NLL, 1e-12)
		assert.InDelta(t, q.Brier, report.Brier, 1e-12)
		entropy, memberEntropy := 0.0, 0.0
		for i, row := range x.probabilities {
			for _, p := range row {
				entropy -= p * math.Log(p) / float64(digits.Len())
			}
			memberEntropy += x.memberEntropy[i] / float64(digits.Len())
		}
		assert.InDelta(t, entropy, report.Entropy, 1e-12)
		assert.InDelta(t, memberEntropy, report.MemberEntropy, 1e-12)
		for member, nll := range report.MemberNLL {
			assert.InEpsilon(t, -nll*float64(digits.Len()), p.MemberLogLikelihood[member], 1e-12)
		}
	}
}

// Probabilities far below the smallest float64 keep their logarithms.
func TestLogProbabilitiesOfExtremeOutputs(t *testing.T) {
	d, err := data.NewInputs([]float32{
		0, 1000, 500,
		0, 650, 100,
		0, 300, 2,
		0, 1e30, 0,
	}, []int{3})
	require.NoError(t, err)
	scales := []float32{1, 1.01, 2}
	for _, weights := range [][]float64{{1. / 3, 1. / 3, 1. / 3}, {0.2, 0.1, 0.7}} {
		p, err := weightedCommittee(t, identity(t), [][]float32{diagonal(scales[0]), diagonal(scales[1]), diagonal(scales[2])}, weights).PredictClasses(d)
		require.NoError(t, err)
		for i := range 3 {
			for class, x := range d.Input(i) {
				var logs []float64 // the largest output is so far above that its exponential is the sum
				for _, scale := range scales {
					logs = append(logs, float64(scale*x)-float64(scale*d.Input(i)[1]))
				}
				want := logOfSum(weights, logs)
				require.InDelta(t, want, p.LogProbabilities[3*i+class], 1e-12*max(1, -want), "sample %d, class %d", i, class)
			}
		}
		assert.InEpsilon(t, -1e30, p.LogProbabilities[9], 1e-6)
		assert.Equal(t, p.LogProbabilities[9], p.LogProbabilities[11])
		for _, numbers := range [][]float64{p.LogProbabilities, p.MeanLogProbabilities, p.MemberEntropy, p.Disagreement, p.LogGeometric()} {
			for _, x := range numbers {
				require.False(t, math.IsNaN(x) || math.IsInf(x, 0))
			}
		}
		assert.Equal(t, 0.0, p.Probabilities[0])
	}
}

func TestPredictClassesOfOneMemberAndTies(t *testing.T) {
	d := classes(t, []float32{0, 1, 2, 1, 1, 0}, []int{2, 0})
	p, err := committee(t, identity(t), diagonal(1)).PredictClasses(d)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(p.Disagreement[0]) && math.IsNaN(p.Disagreement[1]))
	assert.Equal(t, []float64{0, 0, 1, 1, 0, 0}, p.VoteShares)
	assert.InDeltaSlice(t, p.Probabilities, p.Geometric(), 1e-15)
	p, err = weightedCommittee(t, identity(t), [][]float32{diagonal(1), diagonal(-1)}, []float64{1, 0}).PredictClasses(d)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(p.Disagreement[0]))

	p, err = committee(t, identity(t), diagonal(-1), diagonal(1)).PredictClasses(d)
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 1}, p.Disagreement)
	assert.Equal(t, []float64{0.5, 0, 0.5, 0.5, 0, 0.5}, p.VoteShares)
	assert.Equal(t, []int{0, 0}, []int{p.Vote(0), p.Vote(1)})
	assert.Equal(t, 2, p.Class(1)) // the vote and the mean probability differ
	p, err = committee(t, identity(t), diagonal(1), diagonal(1), diagonal(-1)).PredictClasses(d)
	require.NoError(t, err)
	assert.InDelta(t, 2.0/3, p.Disagreement[0], 1e-15)
	p, err = committee(t, identity(t), diagonal(1), diagonal(2)).PredictClasses(d)
	require.NoError(t, err)
	assert.Equal(t, []float64{0, 0}, p.Disagreement)
}

func TestPredictClassesWithoutLabels(t *testing.T) {
	inputs := []float32{0, 1, 2, 2, 1, 0}
	d, err := data.NewInputs(inputs, []int{3})
	require.NoError(t, err)
	c := committee(t, identity(t), diagonal(1), diagonal(-2))
	p, err := c.PredictClasses(d)
	require.NoError(t, err)
	assert.Nil(t, p.MemberLogLikelihood)
	q, err := c.PredictClasses(classes(t, inputs, []int{0, 1}))
	require.NoError(t, err)
	assert.Len(t, q.MemberLogLikelihood, 2)
	q.MemberLogLikelihood = nil
	assert.Equal(t, p, q)
}

func TestPredictClassesErrors(t *testing.T) {
	c := committee(t, identity(t), diagonal(1))
	four, err := data.NewLabeled(make([]float32, 3), []int{3}, []int{0}, 4)
	require.NoError(t, err)
	_, err = c.PredictClasses(four)
	assert.ErrorContains(t, err, "4 classes, the network 3 outputs; to predict data of other classes, take its Unlabeled view")
	p, err := c.PredictClasses(four.Unlabeled())
	require.NoError(t, err)
	assert.Equal(t, 3, p.Classes)
	_, err = c.PredictClasses(nil)
	assert.ErrorContains(t, err, "dataset is nil")
	_, err = c.MemberOutputs(nil)
	assert.ErrorContains(t, err, "dataset is nil")
	line, err := data.NewInputs([]float32{1}, []int{1})
	require.NoError(t, err)
	_, err = committee(t, nn.LinearPerceptron(1), []float32{1, 1}).PredictClasses(line)
	assert.ErrorContains(t, err, "one output")
	huge := committee(t, identity(t), diagonal(1), diagonal(math.MaxFloat32))
	d := classes(t, []float32{0, 0, 0, 0, 10, 0}, []int{0, 0})
	_, err = huge.PredictClasses(d)
	assert.ErrorContains(t, err, "member 1 gives +Inf for sample 1")
	_, err = huge.MemberOutputs(d)
	assert.ErrorContains(t, err, "member 1 gives +Inf for sample 1")
	_, err = huge.CurveInOrder(d, CurveConfig{})
	assert.ErrorContains(t, err, "member 1 gives +Inf for sample 1")
	_, err = huge.Best(1, d, BestConfig{Greedy: true})
	assert.ErrorContains(t, err, "member 1 gives +Inf for sample 1")
}

func TestMemberOutputs(t *testing.T) {
	net, models, digits := digitCommittee(t, 3, blockSize+1)
	x := directly(t, net, models, nil, digits)
	outputs, err := committee(t, net, models...).MemberOutputs(digits)
	require.NoError(t, err)
	require.Len(t, outputs, 3*digits.Len()*10)
	for member := range models {
		for i := range digits.Len() {
			require.InDeltaSlice(t, x.outputs[i][member], outputs[(member*digits.Len()+i)*10:][:10], 0)
		}
	}
}
