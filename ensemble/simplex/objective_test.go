package simplex

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

// A complex of two tetrahedra that share an edge, and what they are to be joined by.
func twoTetrahedra(t *testing.T) (*Complex, [][]int, []float32) {
	vertices := randomVertices(rand.New(rand.NewPCG(7, 8)), 7, 6, 1)
	c := complexOf(t, vertices[:6]...)
	c.simplexes = [][]int{{0, 1, 2, 3}, {4, 1, 2, 5}}
	return c, c.Simplexes(), vertices[6]
}

// The gradient and the loss have the means that the moments of uniform weights give: of n
// weights, E w_i w_j = (1 + δ_ij)/(n(n + 1)).
func TestObjectiveIsUnbiased(t *testing.T) {
	c, joined, theta := twoTetrahedra(t)
	a := []float64{1, 2, 0.5, 0.3, 0.7, 1.5}
	const n, draws, lambda = 5, 40_000, 0.4
	o := newObjective(c, joined, bowl(10, a...), lambda, Config{Points: 3, Source: rand.NewPCG(9, 10)})

	wantLoss, want := 0.0, make([]float64, 6)
	for _, simplex := range joined {
		vertices := append(choose(c.vertices, simplex), theta)
		for i := range want {
			for j := range vertices {
				for k := range vertices {
					moment := 1.0 / (n * (n + 1))
					if j == k {
						moment *= 2
					}
					wantLoss += moment * a[i] / 2 * float64(vertices[j][i]) * float64(vertices[k][i]) / 2
					if k == n-1 {
						want[i] += moment * a[i] * float64(vertices[j][i]) / 2
					}
				}
			}
		}
	}
	losses, gradients := make([]float64, draws), make([][]float64, 6)
	dst := make([]float32, 6)
	for i := range gradients {
		gradients[i] = make([]float64, draws)
	}
	reward := rewardOf(c, joined, theta)
	slope := differences(theta, func() float64 { return rewardOf(c, joined, theta) })
	for draw := range draws {
		losses[draw] = o.Gradient(dst, theta, []int{0, 1})
		for i, g := range dst {
			gradients[i][draw] = float64(g)
		}
	}
	near := func(want float64, values []float64, what any) {
		mean, deviation := stat.MeanStdDev(values, nil)
		standard := deviation / math.Sqrt(draws)
		t.Logf("%v: %.5f ± %.5f, want %.5f", what, mean, standard, want)
		assert.InDelta(t, want, mean, 4*standard+1e-5, what)
	}
	near(wantLoss-lambda*reward, losses, "loss")
	for i := range want {
		near(want[i]-lambda*slope[i], gradients[i], i)
	}
	assert.InDelta(t, wantLoss, o.meanLoss(), 0.01*wantLoss, "the mean loss is without the reward")
}

// rewardOf returns log V, with heights √(h² + ε²), from volumes of whole simplexes.
func rewardOf(c *Complex, joined [][]int, theta []float32) float64 {
	sum := 0.0
	for _, simplex := range joined {
		base := choose(c.vertices, simplex)
		volume, area := math.Exp(LogVolume(append(base, theta))), math.Exp(LogVolume(base))
		size := 0.0
		for _, v := range base[1:] {
			size = max(size, math.Exp(LogVolume([][]float32{base[0], v})))
		}
		d := float64(len(base))
		sum += area * math.Hypot(volume*d/area, softness*size) / d
	}
	return math.Log(sum)
}

// differences returns the derivatives of f, which depends on x.
func differences(x []float32, f func() float64) []float64 {
	slopes := make([]float64, len(x))
	for i, before := range x {
		x[i] = before + 1e-3
		above, up := f(), float64(x[i])
		x[i] = before - 1e-3
		below, down := f(), float64(x[i])
		x[i] = before
		slopes[i] = (above - below) / (up - down)
	}
	return slopes
}

// The gradient of the volume of a complex, without losses, is that of differences, also
// where the vertex is so near to the base that the softness counts.
func TestRewardByDifferences(t *testing.T) {
	c, joined, theta := twoTetrahedra(t)
	// Near the plane of the first tetrahedron.
	base := choose(c.vertices, joined[0])
	mix(theta, []float64{0.2, 0.3, 0.1, 0.4}, base)
	theta[0] += 0.004
	o := newObjective(c, joined, bowl(10, 0, 0, 0, 0, 0, 0), 1, Config{Points: 1, Source: rand.NewPCG(9, 10)})
	dst := make([]float32, 6)
	loss := o.Gradient(dst, theta, []int{0})
	assert.InDelta(t, -rewardOf(c, joined, theta), loss, 1e-12)
	for i, slope := range differences(theta, func() float64 { return rewardOf(c, joined, theta) }) {
		assert.InDelta(t, -slope, dst[i], 1e-3)
	}
}

func TestStepsDoNotAllocate(t *testing.T) {
	c, joined, theta := twoTetrahedra(t)
	o := newObjective(c, joined, still{}, 0.1, Config{Points: 5, Source: rand.NewPCG(9, 10)})
	dst, samples := make([]float32, 6), []int{0}
	assert.Zero(t, testing.AllocsPerRun(100, func() { o.Gradient(dst, theta, samples) }))
}

// still is a loss that is 0.
type still struct{}

func (still) Samples() int                               { return 10 }
func (still) Params() int                                { return 6 }
func (still) Gradient(dst, _ []float32, _ []int) float64 { clear(dst); return 0 }

// λₖ is λ* over the logarithm of the volume of corners of a cube, of which each random
// complex consists here.
func TestLambda(t *testing.T) {
	const size, star = 30, 0.2
	for _, test := range []struct {
		modes int
		logs  []float64 // of one simplex, corners of a cube with edges of 1
	}{
		{1, []float64{math.Log(2) / 2, math.Log(3)/2 - math.Log(2), math.Log(4)/2 - math.Log(6)}},
		{3, []float64{math.Log(2) / 2, math.Log(3)/2 - math.Log(2)}},
	} {
		modes := randomVertices(rand.New(rand.NewPCG(1, 2)), test.modes, 9, 1)
		c := complexOf(t, modes...)
		drawn := 0
		config := Config{Epochs: 1, Lambda: star, Initialize: func(params []float32, source rand.Source) {
			clear(params)
			params[drawn%9] = size
			drawn++
		}}
		var got []float64
		config.Progress = func(e Epoch) error { got = append(got, e.Lambda); return nil }
		require.NoError(t, SPRO(t.Context(), c, len(test.logs), bowl(10, 1, 2, 3, 4, 5, 6, 7, 8, 9), config))
		for i, log := range test.logs {
			d := float64(i + 1)
			assert.InDelta(t, star/(log+d*math.Log(size)+math.Log(float64(test.modes))), got[i], 1e-12)
		}
		// Three modes and a connector are four vertices, with another one five.
		want := map[int]int{1: 2 + 3 + 4, 3: 4 + 5}[test.modes]
		assert.Equal(t, want, drawn)
	}
	// By default the vertices are as large as those of the complex. 10,000 numbers of
	// deviation 3 are √20,000·3 apart, up to a percent.
	mode := make([]float32, 10_000)
	for i := range mode {
		mode[i] = 3
	}
	c := complexOf(t, mode)
	lambda := c.lambda(c.simplexes, Config{Lambda: 1, Source: rand.NewPCG(1, 2)})
	assert.InDelta(t, math.Log(3*math.Sqrt(20_000)), 1/lambda, 4*0.5/math.Sqrt(10_000))
	// Where the logarithm is below 1, λₖ = λ*.
	c = complexOf(t, []float32{0.1})
	assert.Equal(t, 0.3, c.lambda(c.simplexes, Config{Lambda: 0.3, Source: rand.NewPCG(1, 2)}))
	assert.Zero(t, c.lambda(c.simplexes, Config{}))
}
