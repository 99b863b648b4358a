package simplex

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
)

// randomVertices returns n vertices of normal numbers. Every vertex from the third on is
// pulled towards a random point of the plane of those before it, so that only the share
// height of its height remains.
func randomVertices(random *rand.Rand, n, params int, height float64) [][]float32 {
	vertices := make([][]float32, n)
	for k := range vertices {
		vertices[k] = make([]float32, params)
		weights := make([]float64, k)
		drawWeights(weights, random)
		for i := range vertices[k] {
			own := random.NormFloat64()
			if k < 2 {
				vertices[k][i] = float32(own)
				continue
			}
			sum := 0.0
			for j, w := range weights {
				sum += w * float64(vertices[j][i])
			}
			vertices[k][i] = float32(height*own + (1-height)*sum)
		}
	}
	return vertices
}

// cayleyMenger returns log V by the determinant of squared distances in so many bits.
func cayleyMenger(vertices [][]float32, precision uint) float64 {
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }
	n := len(vertices)
	m := make([][]*big.Float, n+1)
	for i := range m {
		m[i] = make([]*big.Float, n+1)
		for j := range m[i] {
			m[i][j] = number(1)
			switch {
			case i == j:
				m[i][j] = number(0)
			case i > 0 && j > 0:
				sum := number(0)
				for k, x := range vertices[i-1] {
					difference := number(float64(x))
					difference.Sub(difference, number(float64(vertices[j-1][k])))
					sum.Add(sum, difference.Mul(difference, difference))
				}
				m[i][j] = sum
			}
		}
	}
	determinant := number(1)
	for k := range m { // Gaussian elimination; the sign of the determinant is known
		best := k
		for i := k; i <= n; i++ {
			if new(big.Float).Abs(m[i][k]).Cmp(new(big.Float).Abs(m[best][k])) > 0 {
				best = i
			}
		}
		m[k], m[best] = m[best], m[k]
		determinant.Mul(determinant, m[k][k])
		if m[k][k].Sign() == 0 {
			return math.Inf(-1)
		}
		for i := k + 1; i <= n; i++ {
			factor := new(big.Float).SetPrec(precision).Quo(m[i][k], m[k][k])
			for j := k; j <= n; j++ {
				m[i][j].Sub(m[i][j], new(big.Float).SetPrec(precision).Mul(factor, m[k][j]))
			}
		}
	}
	d := n - 1
	factorial, _ := math.Lgamma(float64(d) + 1)
	mantissa := new(big.Float)
	exponent := determinant.Abs(determinant).MantExp(mantissa)
	m0, _ := mantissa.Float64()
	return (math.Log(m0)+float64(exponent)*math.Ln2-float64(d)*math.Ln2)/2 - factorial
}

// Volumes agree with determinants in 2,000 bits as well as the height of the vertices
// lets them, also where the determinant in float64 has no correct digit.
func TestLogVolumeAgreesWithCayleyMenger(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 3, 4, 6, 11} {
		for _, height := range []float64{1, 1e-3, 1e-6} { // of the spacing of float32 numbers
			vertices := randomVertices(random, n, 50, height)
			want := cayleyMenger(vertices, 2000)
			require.InDelta(t, want, LogVolume(vertices), 1e-14+1e-16*float64(n)/height, "%d vertices, heights of %g", n, height)
		}
	}
	// Coordinates of different size hold heights that are smaller than the spacing of the others.
	for _, n := range []int{3, 4, 6, 11} {
		vertices := randomVertices(random, n, 50, 1)
		for k := range vertices {
			for i := 1; i < 50; i++ {
				vertices[k][i] *= 1e-9
			}
		}
		want, double, got := cayleyMenger(vertices, 2000), cayleyMenger(vertices, 53), LogVolume(vertices)
		t.Logf("%2d vertices, 10⁻⁹ from a line: log V = %.9f, off by %.1g; the determinant in float64 by %.1g", n, want, got-want, double-want)
		assert.InDelta(t, want, got, 1e-7*float64(n))
		assert.False(t, math.Abs(double-want) < 0.1, "a control")
	}
}

func TestVolumesOfRegularSimplexes(t *testing.T) {
	for n := 1; n <= 20; n++ { // the corners of a cube: edges √2, V = √n/(n−1)!
		corners := make([][]float32, n)
		for i := range corners {
			corners[i] = make([]float32, 20)
			corners[i][i] = 1
		}
		factorial, _ := math.Lgamma(float64(n))
		assert.InDelta(t, math.Log(float64(n))/2-factorial, LogVolume(corners), 1e-13)
	}
	assert.Zero(t, LogVolume([][]float32{{7, 8}}))
	// Many dimensions: neither the product of heights nor the factorial is a float64.
	const n = 400
	corners := make([][]float32, n)
	for i := range corners {
		corners[i] = make([]float32, n)
		corners[i][i] = 1
	}
	factorial, _ := math.Lgamma(n)
	assert.InEpsilon(t, math.Log(n)/2-factorial, LogVolume(corners), 1e-13)
}

func TestFlatSimplexesHaveNoVolume(t *testing.T) {
	for _, vertices := range [][][]float32{
		{{1, 2}, {1, 2}},
		{{0, 0, 0}, {1, 1, 1}, {3, 3, 3}},
		{{0, 0}, {1, 0}, {0, 1}, {1, 1}},
		{{1, 5}, {1, 5}, {2, 6}},
	} {
		assert.Equal(t, math.Inf(-1), LogVolume(vertices))
		gradient := make([]float64, len(vertices[0]))
		assert.Equal(t, math.Inf(-1), LogVolumeGradient(gradient, vertices))
	}
	c, err := New([][]float32{{1, 2}, {1, 2}})
	require.NoError(t, err)
	require.NoError(t, c.AddSimplex(0, 1))
	assert.Equal(t, math.Inf(-1), c.LogVolume())
}

func TestPanics(t *testing.T) {
	assert.Panics(t, func() { LogVolume(nil) })
	assert.Panics(t, func() { LogVolume([][]float32{{}}) })
	assert.Panics(t, func() { LogVolume([][]float32{{1}, {1, 2}}) })
	assert.Panics(t, func() { LogVolumeGradient(make([]float64, 2), [][]float32{{1, 2}}) })
	assert.Panics(t, func() { LogVolumeGradient(make([]float64, 1), [][]float32{{1, 2}, {3, 4}}) })
}

// The gradient is that of differences, also for a simplex that is nearly flat.
func TestLogVolumeGradientByDifferences(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{2, 3, 5, 10} {
		for _, height := range []float64{1, 1e-3} {
			vertices := randomVertices(random, n, 30, height)
			last := vertices[n-1]
			gradient := make([]float64, len(last))
			assert.InDelta(t, LogVolume(vertices), LogVolumeGradient(gradient, vertices), 1e-14)
			for i := range last {
				before, step := last[i], float32(1e-3*height)
				last[i] = before + step
				above, up := LogVolume(vertices), float64(last[i])
				last[i] = before - step
				below, down := LogVolume(vertices), float64(last[i])
				last[i] = before
				scale := floats.Norm(gradient, 2)
				require.InDelta(t, (above-below)/(up-down), gradient[i], 1e-4*scale, "%d vertices, coordinate %d", n, i)
			}
		}
	}
}

// The gradient is at right angles to the base, and 1/h long.
func TestLogVolumeGradientIsTheInverseHeight(t *testing.T) {
	gradient := make([]float64, 3)
	LogVolumeGradient(gradient, [][]float32{{1, 0, 0}, {0, 1, 0}, {7, -6, 4}})
	// The base is the line x + y = 1, z = 0, on which (7, −6, 0) is.
	for i, want := range []float64{0, 0, 0.25} {
		assert.InDelta(t, want, gradient[i], 1e-14)
	}
}

// The volume of a complex is the sum over the simplexes of the highest dimension.
func TestVolumeOfAComplex(t *testing.T) {
	c, err := New([][]float32{{0, 0}, {3, 0}, {0, 4}, {-3, 0}})
	require.NoError(t, err)
	assert.InDelta(t, math.Log(4), c.LogVolume(), 1e-14) // four points
	require.NoError(t, c.AddSimplex(0, 1))
	assert.InDelta(t, math.Log(3), c.LogVolume(), 1e-14)
	require.NoError(t, c.AddSimplex(2, 1))
	assert.InDelta(t, math.Log(8), c.LogVolume(), 1e-14)
	require.NoError(t, c.AddSimplex(0, 1, 2))
	require.NoError(t, c.AddSimplex(0, 3, 2))
	assert.InDelta(t, math.Log(12), c.LogVolume(), 1e-14)
}

// However flat the base is, and near to it the vertex, the gradient is at right angles to
// all edges of the base.
func TestLogVolumeGradientIsPerpendicular(t *testing.T) {
	vertices := randomVertices(rand.New(rand.NewPCG(5, 6)), 11, 40, 1e-6)
	gradient := make([]float64, 40)
	LogVolumeGradient(gradient, vertices)
	norm := floats.Norm(gradient, 2)
	edge := make([]float64, 40)
	for _, vertex := range vertices[1:10] {
		for i := range edge {
			edge[i] = float64(vertex[i]) - float64(vertices[0][i])
		}
		assert.Less(t, math.Abs(floats.Dot(gradient, edge))/(norm*floats.Norm(edge, 2)), 1e-15)
	}
}
