package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// moments collects the draws of a block.
type moments struct {
	n                  int
	sum, squares, most float64
}

func (m *moments) add(x []float32) {
	for _, v := range x {
		m.n++
		m.sum += float64(v)
		m.squares += float64(v) * float64(v)
		m.most = max(m.most, math.Abs(float64(v)))
	}
}

func TestInitUniform(t *testing.T) {
	const repeats = 10_000 // the smallest block has 8 parameters: a bound 1 % off is 7 standard errors of the variance
	net := MairCNN()
	blocks := net.Blocks()
	all := make([]moments, len(blocks))
	source := random.Source(1)
	params := make([]float32, net.Params())
	for range repeats {
		InitUniform(params, net, source)
		for i, block := range blocks {
			all[i].add(params[block.Offset:][:block.Size()])
		}
	}
	fanIn := []float64{25, 25, 144, 144, 32, 32}
	require.Len(t, blocks, len(fanIn))
	for i, m := range all {
		bound, n := 1/math.Sqrt(fanIn[i]), float64(m.n)
		variance := bound * bound / 3
		assert.InDelta(t, 0, m.sum/n, 4*math.Sqrt(variance/n), blocks[i].Name)
		// The square of a uniform number has the variance 4/5 of its squared mean.
		assert.InDelta(t, variance, m.squares/n, 4*variance*math.Sqrt(0.8/n), blocks[i].Name)
		assert.LessOrEqual(t, m.most, float64(float32(bound)), blocks[i].Name)
		// The chance that none of n is in the outer 20/n is e⁻²⁰.
		assert.Greater(t, m.most, bound*(1-20/n), blocks[i].Name)
	}
}

func TestInitNormal(t *testing.T) {
	const n, sigma = 1_000_000, 0.05
	x := make([]float32, n)
	InitNormal(x, sigma, random.Source(2))
	var m moments
	m.add(x)
	assert.InDelta(t, 0, m.sum/n, 4*sigma/math.Sqrt(n))
	assert.InDelta(t, sigma*sigma, m.squares/n, 4*sigma*sigma*math.Sqrt(2.0/n))
	beyond := 0
	for _, v := range x {
		if math.Abs(float64(v)) > 2*sigma {
			beyond++
		}
	}
	p := math.Erfc(math.Sqrt2) // tells a normal distribution from others of this width
	assert.InDelta(t, p, float64(beyond)/n, 4*math.Sqrt(p*(1-p)/n))
}

func TestInitRepeats(t *testing.T) {
	net := MairCNN()
	a, b := make([]float32, net.Params()), make([]float32, net.Params())
	InitUniform(a, net, random.Source(3))
	InitUniform(b, net, random.Source(3))
	assert.Equal(t, a, b)
	InitUniform(b, net, random.Source(4))
	assert.NotEqual(t, a, b)
	InitNormal(a, 0, random.Source(5))
	assert.Equal(t, make([]float32, net.Params()), a)
}

func TestInitPanics(t *testing.T) {
	assert.Panics(t, func() { InitUniform(make([]float32, 3), LinearPerceptron(1), random.Source(1)) })
	for _, sigma := range []float64{-1, math.NaN(), math.Inf(1)} {
		assert.Panics(t, func() { InitNormal(make([]float32, 3), sigma, random.Source(1)) })
	}
}
