package ensemble

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// identity is a network of three inputs whose outputs are its inputs times a
// matrix, so that models can be written down.
func identity(t testing.TB) *nn.Network {
	t.Helper()
	net, err := nn.NewNetwork([]int{3}, nn.Dense{Outputs: 3, NoBias: true})
	require.NoError(t, err)
	return net
}

func diagonal(scale float32) []float32 {
	return []float32{scale, 0, 0, 0, scale, 0, 0, 0, scale}
}

func classes(t testing.TB, inputs []float32, labels []int) *data.Dataset {
	t.Helper()
	d, err := data.NewLabeled(inputs, []int{3}, labels, 3)
	require.NoError(t, err)
	return d
}

func committee(t testing.TB, net *nn.Network, models ...[]float32) *Committee {
	t.Helper()
	c, err := New(net, models)
	require.NoError(t, err)
	return c
}

func TestVotesAndTies(t *testing.T) {
	// Members that vote for the class of the largest and of the smallest input.
	up, down := diagonal(1), diagonal(-1)
	d := classes(t, []float32{
		0, 1, 2, // up: 2, down: 0
		2, 1, 0, // up: 0, down: 2
		1, 1, 0, // up: 0 (the first of equals), down: 2
		0, 0, 0, // 0 and 0
	}, []int{0, 1, 2, 0})
	for _, c := range []struct {
		members [][]float32
		votes   []int
	}{
		{[][]float32{up}, []int{2, 0, 0, 0}},
		{[][]float32{down}, []int{0, 2, 2, 0}},
		{[][]float32{up, down}, []int{0, 0, 0, 0}}, // ties
		{[][]float32{down, up}, []int{0, 0, 0, 0}},
		{[][]float32{down, up, down}, []int{0, 2, 2, 0}},
	} {
		votes, err := committee(t, identity(t), c.members...).Votes(d)
		require.NoError(t, err)
		assert.Equal(t, c.votes, votes)
	}
}

func TestProbabilitiesAndOutputs(t *testing.T) {
	ln := func(x float64) float32 { return float32(math.Log(x)) }
	c := committee(t, identity(t), diagonal(1), diagonal(-1))
	d := classes(t, []float32{ln(1), ln(2), ln(4), 0, 0, 0}, []int{2, 0})
	probabilities, err := c.Probabilities(d)
	require.NoError(t, err)
	// Softmax of ±log(1, 2, 4): (1, 2, 4)/7 and (4, 2, 1)/7.
	assert.InDeltaSlice(t, []float64{2.5 / 7, 2.0 / 7, 2.5 / 7, 1. / 3, 1. / 3, 1. / 3}, probabilities, 1e-6)
	outputs, err := c.Outputs(d)
	require.NoError(t, err)
	assert.InDeltaSlice(t, make([]float64, 6), outputs, 1e-6)

	report, err := c.Evaluate(d)
	require.NoError(t, err)
	assert.Equal(t, 2, report.Samples)
	assert.InDelta(t, (-math.Log(2.5/7)-math.Log(1./3))/2, report.NLL, 1e-6)
	assert.InDeltaSlice(t, []float64{
		(-math.Log(4./7) - math.Log(1./3)) / 2,
		(-math.Log(1./7) - math.Log(1./3)) / 2,
	}, report.MemberNLL, 1e-6)
	assert.Equal(t, []float64{1, 0.5}, report.MemberAccuracy)
	assert.Equal(t, 0.75, report.MemberAccuracyMean())
	assert.InDelta(t, (report.MemberNLL[0]+report.MemberNLL[1])/2, report.MemberNLLMean(), 1e-12)
	assert.Equal(t, 0.5, report.Accuracy) // the tie of the first goes to class 0
}

// A committee's likelihood is at least as good as its members' on average
// (Jensen), and probabilities that underflow still count.
func TestNLLOfExtremeOutputs(t *testing.T) {
	d := classes(t, []float32{0, 1000, 0}, []int{0})
	report, err := committee(t, identity(t), diagonal(1), diagonal(2)).Evaluate(d)
	require.NoError(t, err)
	assert.InDelta(t, 1000+math.Ln2, report.NLL, 1e-9)
	assert.InDeltaSlice(t, []float64{1000, 2000}, report.MemberNLL, 1e-9)
	assert.Zero(t, report.Accuracy)
}

// The whole evaluation against a direct one, on a real network, for numbers
// of samples around the blocks' edges, for any number of processors.
func TestEvaluateAgreesWithADirectComputation(t *testing.T) {
	const members = 5
	net := nn.MairCNN()
	for _, n := range []int{1, blockSize, 2*blockSize + 3} {
		digits, err := data.Digits(n, random.Source(1))
		require.NoError(t, err)
		models := make([][]float32, members)
		evaluators := make([]*nn.Evaluator, members)
		for k := range models {
			models[k] = make([]float32, net.Params())
			nn.InitNormal(models[k], 0.3, random.Source(uint64(k)))
			evaluators[k] = net.NewEvaluator()
		}
		c := committee(t, net, models...)

		right, byProbability, nll := 0.0, 0.0, 0.0
		memberRight, memberNLL := make([]float64, members), make([]float64, members)
		var votes []int
		var outputMeans, probabilities []float64
		outputs := make([]float32, 10)
		for i := range n {
			label := digits.Label(i)
			count, mean, probability := make([]float64, 10), make([]float64, 10), make([]float64, 10)
			for member, model := range models {
				evaluators[member].Outputs(outputs, model, digits, []int{i})
				best, sum := 0, 0.0
				for k, y := range outputs {
					if y > outputs[best] {
						best = k
					}
					sum += math.Exp(float64(y))
				}
				for k, y := range outputs {
					mean[k] += float64(y) / members
					probability[k] += math.Exp(float64(y)) / sum / members
				}
				count[best]++
				memberNLL[member] -= math.Log(math.Exp(float64(outputs[label])) / sum)
				if best == label {
					memberRight[member]++
				}
			}
			argmax := func(x []float64) (at int) {
				for k := range x {
					if x[k] > x[at] {
						at = k
					}
				}
				return at
			}
			if argmax(count) == label {
				right++
			}
			if argmax(probability) == label {
				byProbability++
			}
			nll -= math.Log(probability[label])
			votes = append(votes, argmax(count))
			outputMeans = append(outputMeans, mean...)
			probabilities = append(probabilities, probability...)
		}

		report, err := c.Evaluate(digits)
		require.NoError(t, err)
		samples := float64(n)
		assert.InDelta(t, right/samples, report.Accuracy, 1e-12)
		assert.InDelta(t, byProbability/samples, report.MeanProbabilityAccuracy, 1e-12)
		assert.InEpsilon(t, nll/samples, report.NLL, 1e-9)
		require.Len(t, report.MemberAccuracy, members)
		require.Len(t, report.MemberNLL, members)
		for member := range models {
			assert.InDelta(t, memberRight[member]/samples, report.MemberAccuracy[member], 1e-12, "member %d of %d samples", member, n)
			assert.InEpsilon(t, memberNLL[member]/samples, report.MemberNLL[member], 1e-9, "member %d of %d samples", member, n)
		}
		gotVotes, err := c.Votes(digits)
		require.NoError(t, err)
		assert.Equal(t, votes, gotVotes)
		gotOutputs, err := c.Outputs(digits)
		require.NoError(t, err)
		assert.InDeltaSlice(t, outputMeans, gotOutputs, 1e-9)
		gotProbabilities, err := c.Probabilities(digits)
		require.NoError(t, err)
		assert.InDeltaSlice(t, probabilities, gotProbabilities, 1e-9)

		before := runtime.GOMAXPROCS(1)
		again, err := c.Evaluate(digits)
		runtime.GOMAXPROCS(before)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(report), fmt.Sprint(again)) // as texts, in which NaN equals NaN
	}
}

// A member with large logits has one vote of probability like any other: the
// mean is over probabilities that sum to 1.
func TestProbabilitiesAreNormalized(t *testing.T) {
	// Logits (0, 20, 20) give no class more than a half, (3, 0, 0) the first
	// more than 0.9. Not normalized, the first member would outweigh the others.
	c := committee(t, identity(t), []float32{0, 0, 0, 20, 0, 0, 20, 0, 0}, []float32{3, 0, 0, 0, 0, 0, 0, 0, 0})
	d := classes(t, []float32{1, 0, 0}, []int{0})
	report, err := c.Evaluate(d)
	require.NoError(t, err)
	assert.Equal(t, 1.0, report.MeanProbabilityAccuracy)
	e := math.Exp(-20)
	first, second := e/(2+e), math.Exp(3)/(2+math.Exp(3))
	assert.InDelta(t, -math.Log((first+second)/2), report.NLL, 1e-9)
	probabilities, err := c.Probabilities(d)
	require.NoError(t, err)
	assert.InDelta(t, 1, probabilities[0]+probabilities[1]+probabilities[2], 1e-12)
	assert.InDelta(t, (first+second)/2, probabilities[0], 1e-9)
	p, err := c.Predict([]float32{1, 0, 0})
	require.NoError(t, err)
	assert.InDeltaSlice(t, probabilities, p.Probabilities, 1e-12)
}

func TestRegression(t *testing.T) {
	line, truth, err := data.Line(300, 0, random.Source(1))
	require.NoError(t, err)
	above := []float32{truth[0], truth[1] + 0.5}
	below := []float32{truth[0], truth[1] - 0.3}
	c := committee(t, nn.LinearPerceptron(1), above, below)
	report, err := c.Evaluate(line)
	require.NoError(t, err)
	assert.Equal(t, Regression, report.Task)
	assert.InDelta(t, 0.1*0.1/2, report.Loss, 1e-6)
	assert.InDeltaSlice(t, []float64{0.125, 0.045}, report.MemberLoss, 1e-6)
	assert.InDelta(t, 0.085, report.MemberLossMean(), 1e-6)
	outputs, err := c.Outputs(line)
	require.NoError(t, err)
	for i, y := range outputs {
		assert.InDelta(t, float64(line.Target(i)[0])+0.1, y, 1e-6)
	}
}

// Each output is compared with its own target.
func TestRegressionOfSeveralTargets(t *testing.T) {
	const n = 2*blockSize + 5
	inputs, targets := make([]float32, 3*n), make([]float32, 3*n)
	for i := range inputs {
		inputs[i] = float32(i % 7)
		targets[i] = inputs[i] - []float32{1, 2, 4}[i%3] // too large by 1, 2 and 4
	}
	d, err := data.NewTargets(inputs, []int{3}, targets)
	require.NoError(t, err)
	first, last := diagonal(1), diagonal(1)
	first[0], last[8] = 0, 0 // outputs 0 for the first input, and for the last
	report, err := committee(t, identity(t), diagonal(1), first, last).Evaluate(d)
	require.NoError(t, err)
	withoutFirst, withoutLast, mean := 0.0, 0.0, 0.0
	for i := range n {
		x, z := float64(inputs[3*i]), float64(inputs[3*i+2])
		withoutFirst += ((1-x)*(1-x) + 4 + 16) / 2 / n
		withoutLast += (1 + 4 + (4-z)*(4-z)) / 2 / n
		mean += ((1-x/3)*(1-x/3) + 4 + (4-z/3)*(4-z/3)) / 2 / n
	}
	assert.InDelta(t, mean, report.Loss, 1e-6)
	assert.InDeltaSlice(t, []float64{10.5, withoutFirst, withoutLast}, report.MemberLoss, 1e-6)
}

// A report says what was measured, and nothing reads as perfect that was not.
func TestReportsSayTheirTask(t *testing.T) {
	c := committee(t, identity(t), diagonal(1), diagonal(2))
	inputs := []float32{1, 2, 3, 3, 2, 1}
	labeled := classes(t, inputs, []int{2, 0})
	targets, err := data.NewTargets(inputs, []int{3}, inputs)
	require.NoError(t, err)

	report, err := c.Evaluate(targets)
	require.NoError(t, err)
	assert.Equal(t, "regression", report.Task.String())
	assert.Equal(t, 2, report.Samples)
	assert.False(t, math.IsNaN(report.Loss))
	for _, x := range []float64{
		report.Accuracy, report.MeanProbabilityAccuracy, report.NLL, report.MemberAccuracyMean(), report.MemberNLLMean(),
	} {
		assert.True(t, math.IsNaN(x))
	}
	assert.Nil(t, report.MemberAccuracy)
	assert.Nil(t, report.MemberNLL)

	report, err = c.Evaluate(labeled)
	require.NoError(t, err)
	assert.Equal(t, "classification", report.Task.String())
	assert.Equal(t, 1.0, report.Accuracy)
	assert.True(t, math.IsNaN(report.Loss))
	assert.True(t, math.IsNaN(report.MemberLossMean()))
	assert.Nil(t, report.MemberLoss)

	// Who knows what the network was trained for can say so.
	_, err = c.Classify(targets)
	assert.ErrorContains(t, err, "no labels to classify by")
	_, err = c.Regress(labeled)
	assert.ErrorContains(t, err, "no real targets")
	same, err := c.Classify(labeled)
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprint(report), fmt.Sprint(same))
}

func TestModelsAreCopied(t *testing.T) {
	walk, err := tps.RandomWalk(3, diagonal(1), 0.1, rand.NewPCG(1, 2))
	require.NoError(t, err)
	c, err := New(identity(t), walk.Models())
	require.NoError(t, err)
	assert.Equal(t, 3, c.Len())
	assert.Equal(t, "3, Dense(3, no bias)", c.Network().Architecture())
	walk.Model(2)[0] = 99
	assert.NotEqual(t, float32(99), c.Member(2)[0])
}

func TestErrors(t *testing.T) {
	net := identity(t)
	_, err := New(nil, [][]float32{diagonal(1)})
	assert.ErrorContains(t, err, "network is nil")
	_, err = New(net, [][]float32{})
	assert.ErrorContains(t, err, "no models")
	_, err = New(net, nil)
	assert.ErrorContains(t, err, "no models")
	_, err = New(net, [][]float32{diagonal(1), {1, 2}})
	assert.ErrorContains(t, err, "model 1 has 2 parameters, want the network's 9")
	nan := diagonal(1)
	nan[4] = float32(math.NaN())
	_, err = New(net, [][]float32{diagonal(1), nan})
	assert.ErrorContains(t, err, "parameter 4 of model 1 is NaN, want a finite number")

	c := committee(t, net, diagonal(1))
	other, err := data.NewLabeled(make([]float32, 4), []int{2, 2}, []int{0}, 3)
	require.NoError(t, err)
	more, err := data.NewLabeled(make([]float32, 3), []int{3}, []int{0}, 4)
	require.NoError(t, err)
	targets, err := data.NewTargets(make([]float32, 3), []int{3}, []float32{1})
	require.NoError(t, err)
	for _, bad := range []*data.Dataset{nil, other} {
		_, err = c.Evaluate(bad)
		assert.Error(t, err)
		_, err = c.Classify(bad)
		assert.Error(t, err)
		_, err = c.Regress(bad)
		assert.Error(t, err)
		_, err = c.Votes(bad)
		assert.Error(t, err)
		_, err = c.Outputs(bad)
		assert.Error(t, err)
		_, err = c.Probabilities(bad)
		assert.Error(t, err)
	}
	_, err = c.Evaluate(other)
	assert.ErrorContains(t, err, "shape [2 2], want the network's [3]")
	_, err = c.Evaluate(more)
	assert.ErrorContains(t, err, "4 classes, the network 3 outputs")
	_, err = c.Evaluate(targets)
	assert.ErrorContains(t, err, "1 targets, the network 3 outputs")
}

// An output that is not finite is nobody's vote.
func TestOutputsThatAreNotFinite(t *testing.T) {
	huge := diagonal(1)
	huge[4] = math.MaxFloat32
	c := committee(t, identity(t), diagonal(1), huge)
	inputs := make([]float32, 3*(blockSize+5))
	inputs[3*(blockSize+2)+1] = 10
	d := classes(t, inputs, make([]int, blockSize+5))
	for _, f := range []func() error{
		func() error { _, err := c.Evaluate(d); return err },
		func() error { _, err := c.Votes(d); return err },
		func() error { _, err := c.Probabilities(d); return err },
		func() error { _, err := c.Outputs(d); return err },
	} {
		assert.ErrorContains(t, f(), "member 1 gives +Inf for sample 130")
	}
}
