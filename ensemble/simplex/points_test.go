package simplex

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// Points of the simplex of the corners of a cube are their own weights. Uniform ones have
// the mean 1/n, the mean of products (1 + δ)/(n(n + 1)), and a share (1 − t)^(n−1) above t.
func TestPointsAreUniform(t *testing.T) {
	const n, draws = 4, 200_000
	corners := make([][]float32, n)
	for i := range corners {
		corners[i] = make([]float32, n)
		corners[i][i] = 1
	}
	c := complexOf(t, corners...)
	c.simplexes = [][]int{{0, 1, 2, 3}}
	points, err := c.Points(draws, rand.NewPCG(1, 2))
	require.NoError(t, err)
	check := func(want float64, of func(w []float32) float64, what string) {
		sum, squares := 0.0, 0.0
		for _, w := range points {
			x := of(w)
			sum += x
			squares += x * x
		}
		mean := sum / draws
		standard := math.Sqrt((squares/draws - mean*mean) / draws)
		assert.Less(t, standard, want/100, "the test sees a percent")
		assert.InDelta(t, want, mean, 4*standard, what)
	}
	for i := range n {
		check(1.0/n, func(w []float32) float64 { return float64(w[i]) }, "mean")
		for j := range n {
			moment := 1.0 / (n * (n + 1))
			if i == j {
				moment *= 2
			}
			check(moment, func(w []float32) float64 { return float64(w[i]) * float64(w[j]) }, "moment")
		}
	}
	for _, above := range []float64{0.1, 0.3, 0.5} {
		check(math.Pow(1-above, n-1), func(w []float32) float64 {
			if float64(w[0]) > above {
				return 1
			}
			return 0
		}, "share")
	}
	for _, w := range points {
		require.InDelta(t, 1, w[0]+w[1]+w[2]+w[3], 1e-6)
	}
}

// Simplexes take turns, whatever their volume.
func TestSimplexesTakeTurns(t *testing.T) {
	c := complexOf(t, []float32{0}, []float32{1}, []float32{10}, []float32{1000}, []float32{-5})
	c.simplexes = [][]int{{0, 1}, {2, 3}, {4}}
	points, err := c.Points(1000, rand.NewPCG(1, 2))
	require.NoError(t, err)
	for i, p := range points {
		low, high := []float32{0, 10, -5}[i%3], []float32{1, 1000, -5}[i%3]
		require.True(t, low <= p[0] && p[0] <= high, "point %d at %v", i, p[0])
	}
}

// The prediction of a committee of points of a linear model comes close to that of the
// center.
func TestCommittee(t *testing.T) {
	net := nn.LinearPerceptron(1)
	c := complexOf(t, []float32{0, 0}, []float32{3, 0}, []float32{0, 6})
	c.simplexes = [][]int{{0, 1, 2}}
	committee, err := c.Committee(net, 500, rand.NewPCG(1, 2))
	require.NoError(t, err)
	require.Equal(t, 500, committee.Len())
	points, err := c.Points(500, rand.NewPCG(1, 2))
	require.NoError(t, err)
	assert.Equal(t, points[7], committee.Member(7))
	inputs, err := data.NewTargets([]float32{0, 1}, []int{1}, []float32{2, 3}) // the center is x + 2
	require.NoError(t, err)
	report, err := committee.Evaluate(inputs)
	require.NoError(t, err)
	assert.Less(t, report.Loss, 0.01)
	assert.Greater(t, slices.Max(report.MemberLoss), 0.5)

	_, err = c.Points(0, rand.NewPCG(1, 2))
	assert.ErrorContains(t, err, "n = 0, want at least 1 point")
	_, err = c.Points(1, nil)
	assert.ErrorContains(t, err, "the source is nil")
	_, err = c.Committee(nn.MairCNN(), 1, rand.NewPCG(1, 2))
	assert.ErrorContains(t, err, "has 2 parameters")
	_, err = c.Committee(net, 0, nil)
	assert.ErrorContains(t, err, "n = 0")
}
