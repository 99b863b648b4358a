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

// A curve in order is what the committees of the first members are, each evaluated
// by the definitions.
func TestCurveInOrderAgreesWithADirectComputation(t *testing.T) {
	const members = 6
	for _, weights := range [][]float64{nil, {3, 1, 4, 1, 5, 9}} {
		net, models, digits := digitCommittee(t, members, 2*blockSize+7)
		c := weightedCommittee(t, net, models, weights)
		curve, err := c.CurveInOrder(digits, CurveConfig{})
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 3, 4, 5, 6}, curve.Sizes)
		assert.Nil(t, curve.Deviation)
		for i, size := range curve.Sizes {
			var first []float64
			if weights != nil {
				first = weights[:size]
			}
			want := directly(t, net, models[:size], first, digits).quality(digits)
			requireQuality(t, want, curve.Mean[i], 1e-11, "%d members", size)
		}
		some, err := c.CurveInOrder(digits, CurveConfig{Sizes: []int{2, 5}})
		require.NoError(t, err)
		assert.Equal(t, []Quality{curve.Mean[1], curve.Mean[4]}, some.Mean)

		report, err := c.Evaluate(digits)
		require.NoError(t, err)
		last := curve.Mean[members-1]
		assert.Equal(t, report.Accuracy, last.Accuracy)
		assert.Equal(t, report.MeanProbabilityAccuracy, last.MeanProbabilityAccuracy)
		assert.InDelta(t, report.NLL, last.NLL, 1e-12)
		assert.InDelta(t, report.Brier, last.Brier, 1e-12)
	}
}

// A curve at random is the mean and the deviation over the curves of committees in
// the orders that the source gives.
func TestCurveAtRandomAgreesWithADirectComputation(t *testing.T) {
	const members, draws = 5, 4
	net, models, digits := digitCommittee(t, members, blockSize+7)
	weights := []float64{3, 1, 4, 1, 5}
	c := weightedCommittee(t, net, models, weights)
	curve, err := c.CurveAtRandom(digits, random.Source(7), CurveConfig{Draws: draws})
	require.NoError(t, err)

	source := random.Source(7)
	qualities := make([][]Quality, members)
	for range draws {
		order := count(members)
		shuffle(order, source)
		for k := range members {
			part, err := c.Subset(order[:k+1])
			require.NoError(t, err)
			var w []float64
			var m [][]float32
			for _, i := range order[:k+1] {
				w, m = append(w, weights[i]), append(m, models[i])
			}
			want := directly(t, net, m, w, digits).quality(digits)
			qualities[k] = append(qualities[k], want)
			inOrder, err := part.CurveInOrder(digits, CurveConfig{Sizes: []int{k + 1}})
			require.NoError(t, err)
			requireQuality(t, want, inOrder.Mean[0], 1e-11)
		}
	}
	for k := range members {
		var mean, deviation Quality
		for v := range mean.values() {
			sum, squares := 0.0, 0.0
			for i := range qualities[k] {
				x := *qualities[k][i].values()[v]
				sum += x
				squares += x * x
			}
			*mean.values()[v] = sum / draws
			*deviation.values()[v] = math.Sqrt(max(squares-sum*sum/draws, 0) / (draws - 1))
		}
		requireQuality(t, mean, curve.Mean[k], 1e-11)
		// The difference of squares of order one has errors of some 1e-15, its root 3e-8.
		requireQuality(t, deviation, curve.Deviation[k], 1e-7)
	}
	assert.Greater(t, curve.Deviation[0].NLL, 0.01)

	again, err := c.CurveAtRandom(digits, random.Source(7), CurveConfig{Draws: draws})
	require.NoError(t, err)
	assert.Equal(t, curve, again)
	other, err := c.CurveAtRandom(digits, random.Source(8), CurveConfig{Draws: draws})
	require.NoError(t, err)
	assert.NotEqual(t, curve, other)
	one, err := c.CurveAtRandom(digits, random.Source(7), CurveConfig{Draws: 1, Sizes: []int{5}})
	require.NoError(t, err)
	assert.True(t, math.IsNaN(one.Deviation[0].NLL))
	requireQuality(t, curve.Mean[4], one.Mean[0], 1e-12)
	ten, err := c.CurveAtRandom(digits, random.Source(7), CurveConfig{Sizes: []int{1}})
	require.NoError(t, err)
	explicit, err := c.CurveAtRandom(digits, random.Source(7), CurveConfig{Sizes: []int{1}, Draws: 10})
	require.NoError(t, err)
	assert.Equal(t, explicit, ten)
}

// Blocks are smaller where there are many members; a perfectly confident wrong member
// costs what it says.
func TestCurvesOfManyMembersAndExtremeOutputs(t *testing.T) {
	var models [][]float32
	for i := range 3000 {
		models = append(models, diagonal(float32(i%7)-3))
	}
	models[0] = diagonal(900)
	inputs, labels := make([]float32, 3*200), make([]int, 200)
	for i := range labels {
		inputs[3*i+i%3], labels[i] = 1, (i+1)%3 // never the largest
	}
	d := classes(t, inputs, labels)
	c := committee(t, identity(t), models...)
	curve, err := c.CurveInOrder(d, CurveConfig{Sizes: []int{1, 3000}})
	require.NoError(t, err)
	assert.Equal(t, Quality{NLL: 900, Brier: 2, ECE: 1}, curve.Mean[0])
	report, err := c.Evaluate(d)
	require.NoError(t, err)
	assert.InDelta(t, report.NLL, curve.Mean[1].NLL, 1e-12)
	assert.InDelta(t, report.Brier, curve.Mean[1].Brier, 1e-12)
	assert.Equal(t, report.Accuracy, curve.Mean[1].Accuracy)
}

func TestCurveErrors(t *testing.T) {
	c := weightedCommittee(t, identity(t), [][]float32{diagonal(1), diagonal(2), diagonal(3)}, []float64{1, 0, 2})
	d := classes(t, []float32{0, 1, 2}, []int{0})
	for says, sizes := range map[string][]int{
		"Sizes is empty":             {},
		"Sizes[0] = 0, want 1 to 2":  {0},
		"Sizes[1] = 1, want 2 to 2":  {1, 1},
		"Sizes[1] = 3, want 2 to 2":  {1, 3},
		"Sizes[0] = -1, want 1 to 2": {-1},
	} {
		_, err := c.CurveInOrder(d, CurveConfig{Sizes: sizes})
		assert.ErrorContains(t, err, "ensemble: "+says)
		_, err = c.CurveAtRandom(d, random.Source(1), CurveConfig{Sizes: sizes})
		assert.ErrorContains(t, err, "ensemble: "+says)
	}
	_, err := c.CurveAtRandom(d, nil, CurveConfig{})
	assert.ErrorContains(t, err, "source is nil")
	_, err = c.CurveAtRandom(d, random.Source(1), CurveConfig{Draws: -1})
	assert.ErrorContains(t, err, "Draws = -1")
	_, err = c.CurveAtRandom(d, random.Source(1), CurveConfig{Draws: 1 << 60})
	assert.ErrorContains(t, err, "of memory, this machine has")
	_, err = c.CurveInOrder(nil, CurveConfig{})
	assert.ErrorContains(t, err, "dataset is nil")
	line, _, err := data.Line(3, 0, random.Source(1))
	require.NoError(t, err)
	_, err = committee(t, nn.LinearPerceptron(1), []float32{1, 1}).CurveInOrder(line, CurveConfig{})
	assert.ErrorContains(t, err, "no labels")
}
