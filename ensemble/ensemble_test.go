package ensemble

import (
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
	net := nn.MairCNN()
	for _, n := range []int{1, blockSize, 2*blockSize + 3} {
		digits, err := data.Digits(n, random.Source(1))
		require.NoError(t, err)
		models := make([][]float32, 5)
		for k := range models {
			models[k] = make([]float32, net.Params())
			nn.InitNormal(models[k], 0.3, random.Source(uint64(k)))
		}
		c, err := New(net, models)
		require.NoError(t, err)

		right, byProbability, nll := 0, 0, 0.0
		outputs := make([]float32, 10)
		for i := range n {
			votes, mean := make([]float64, 10), make([]float64, 10)
			for _, model := range models {
				net.NewEvaluator().Outputs(outputs, model, digits, []int{i})
				best, sum := 0, 0.0
				for k, y := range outputs {
					if y > outputs[best] {
						best = k
					}
					sum += math.Exp(float64(y))
				}
				votes[best]++
				for k, y := range outputs {
					mean[k] += math.Exp(float64(y)) / sum / 5
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
			if argmax(votes) == digits.Label(i) {
				right++
			}
			if argmax(mean) == digits.Label(i) {
				byProbability++
			}
			nll -= math.Log(mean[digits.Label(i)])
		}
		report, err := c.Evaluate(digits)
		require.NoError(t, err)
		assert.InDelta(t, float64(right)/float64(n), report.Accuracy, 1e-12)
		assert.InDelta(t, float64(byProbability)/float64(n), report.MeanProbabilityAccuracy, 1e-12)
		assert.InEpsilon(t, nll/float64(n), report.NLL, 1e-9)

		one := runtime.GOMAXPROCS(1)
		again, err := c.Evaluate(digits)
		runtime.GOMAXPROCS(one)
		require.NoError(t, err)
		assert.Equal(t, report, again)
	}
}

func TestRegression(t *testing.T) {
	line, truth, err := data.Line(300, 0, random.Source(1))
	require.NoError(t, err)
	above := []float32{truth[0], truth[1] + 0.5}
	below := []float32{truth[0], truth[1] - 0.3}
	c := committee(t, nn.LinearPerceptron(1), above, below)
	report, err := c.Evaluate(line)
	require.NoError(t, err)
	assert.InDelta(t, 0.1*0.1/2, report.Loss, 1e-6)
	assert.InDeltaSlice(t, []float64{0.125, 0.045}, report.MemberLoss, 1e-6)
	assert.InDelta(t, 0.085, report.MemberLossMean(), 1e-6)
	outputs, err := c.Outputs(line)
	require.NoError(t, err)
	for i, y := range outputs {
		assert.InDelta(t, float64(line.Target(i)[0])+0.1, y, 1e-6)
	}
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
