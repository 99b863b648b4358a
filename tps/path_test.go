package tps

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// precisionOf returns the precision matrix of one coordinate of a trajectory, and
// its product with the mean, for a pull with the precision pull/σ² to a center on
// the models of a window.
func precisionOf(path Path, tau, coordinate, first, width int, pull, center float64) (*mat.SymDense, *mat.VecDense) {
	precision, field := mat.NewSymDense(tau, nil), mat.NewVecDense(tau, nil)
	add := func(i, j int, x float64) { precision.SetSym(i, j, precision.At(i, j)+x) }
	walk := 1 / (path.Sigma * path.Sigma)
	for t := range tau {
		if path.Prior != nil && (t == 0 || path.EveryModel) {
			prior := 1 / (path.Prior.Sigma * path.Prior.Sigma)
			add(t, t, prior)
			field.SetVec(t, field.AtVec(t)+prior*path.Prior.At(coordinate))
		}
		if t >= first && t < first+width {
			add(t, t, pull*walk)
			field.SetVec(t, field.AtVec(t)+pull*walk*center)
		}
		if t > 0 {
			add(t, t, walk)
			add(t-1, t-1, walk)
			add(t-1, t, -walk)
		}
	}
	return precision, field
}

// conditional returns the mean and the covariance of a window given the other
// numbers, for the Gaussian with a precision matrix and its product with the mean.
func conditional(t testing.TB, precision *mat.SymDense, field *mat.VecDense, values []float64, first, width int) (*mat.VecDense, *mat.SymDense) {
	window, right := mat.NewSymDense(width, nil), mat.NewVecDense(width, nil)
	for j := range width {
		for k := j; k < width; k++ {
			window.SetSym(j, k, precision.At(first+j, first+k))
		}
		sum := field.AtVec(first + j)
		for other, x := range values {
			if other < first || other >= first+width {
				sum -= precision.At(first+j, other) * x
			}
		}
		right.SetVec(j, sum)
	}
	var chol mat.Cholesky
	require.True(t, chol.Factorize(window))
	mean, covariance := mat.NewVecDense(width, nil), mat.NewSymDense(width, nil)
	require.NoError(t, chol.SolveVecTo(mean, right))
	require.NoError(t, chol.InverseTo(covariance))
	return mean, covariance
}

// linked returns the mean and the covariance of a window that links say.
func linked(links []link, values []float64, first int, prior, center float64) (*mat.VecDense, *mat.SymDense) {
	width := len(links)
	mean, noise := mat.NewVecDense(width, nil), mat.NewDense(width, width, nil) // by time in the window, by draw
	for k, l := range links {
		row := l.time - first
		m := l.prior*prior + l.pull*center
		if l.endTime >= 0 {
			m += l.end * values[l.endTime]
		}
		if beside := l.besideTime - first; l.besideTime >= 0 && beside >= 0 && beside < width {
			m += l.beside * mean.AtVec(beside)
			for j := range k {
				noise.Set(row, j, l.beside*noise.At(beside, j))
			}
		} else if l.besideTime >= 0 {
			m += l.beside * values[l.besideTime]
		}
		mean.SetVec(row, m)
		noise.Set(row, k, l.width)
	}
	var covariance mat.SymDense
	covariance.SymOuterK(1, noise)
	return mean, &covariance
}

// testedPaths are path measures with each kind of prior.
func testedPaths() map[string]Path {
	narrow := &Gaussian{Sigma: 0.3, Mean: []float32{1, -2, 0, 0.5}} // below σ
	return map[string]Path{
		"flat":         {Sigma: invarianceSigma},
		"first narrow": {Sigma: invarianceSigma, Prior: narrow},
		"first wide":   {Sigma: invarianceSigma, Prior: &Gaussian{Sigma: 2}},
		"every narrow": {Sigma: invarianceSigma, Prior: narrow, EveryModel: true},
		"every wide":   {Sigma: invarianceSigma, Prior: &Gaussian{Sigma: 2}, EveryModel: true},
	}
}

// The largest difference between what links say of a window and its distribution
// given the rest, over all windows, relative to its width.
func worstLink(t *testing.T, path, belief Path) (worst float64) {
	normal := normalSource(900)
	for _, tau := range []int{1, 2, 3, 5, 9} {
		values := make([]float64, tau)
		for k := range values {
			values[k] = normal.NormFloat64()
		}
		for width := 1; width <= tau; width++ {
			for first := 0; first+width <= tau; first++ {
				for _, pull := range []float64{0, 1e-3, 0.7, 1e4} {
					if width == tau && pull == 0 && path.Prior == nil {
						continue // no distribution
					}
					const coordinate, center = 1, 0.8
					precision, field := precisionOf(path, tau, coordinate, first, width, pull, center)
					mean, covariance := conditional(t, precision, field, values, first, width)
					prior := 0.0
					if path.Prior != nil {
						prior = path.Prior.At(coordinate)
					}
					m, c := linked(belief.links(nil, first, width, tau, pull), values, first, prior, center)
					for j := range width {
						sigma := math.Sqrt(covariance.At(j, j))
						worst = math.Max(worst, math.Abs(m.AtVec(j)-mean.AtVec(j))/sigma)
						for k := range width {
							worst = math.Max(worst, math.Abs(c.At(j, k)-covariance.At(j, k))/sigma/math.Sqrt(covariance.At(k, k)))
						}
					}
				}
			}
		}
	}
	return worst
}

// The links of every window are its Gaussian given the rest.
func TestLinksAreTheConditionalGaussian(t *testing.T) {
	for name, path := range testedPaths() {
		assert.Less(t, worstLink(t, path, path), 1e-9, name)
		belief := path
		if path.Prior != nil {
			belief.EveryModel = !path.EveryModel
			assert.Greater(t, worstLink(t, path, belief), 1e-2, "%s, but the links have the other prior", name)
		}
		belief = path
		belief.Sigma *= 1 + 1e-6
		assert.Greater(t, worstLink(t, path, belief), 1e-7, "%s, but the links have another σ", name)
	}
}

// A prior or a pull that is far too weak for 1 + it to differ from 1 is what holds
// a whole trajectory, none the less.
func TestWeakLinks(t *testing.T) {
	const tau = 64
	for _, weak := range []float64{1e-10, 1e-18, 1e-40} {
		path := Path{Sigma: 2, Prior: &Gaussian{Sigma: 2 / math.Sqrt(weak)}}
		for name, links := range map[string][]link{
			"first": path.links(nil, 0, tau, tau, 0),
			"every": (&Path{Sigma: 2, Prior: path.Prior, EveryModel: true}).links(nil, 0, tau, tau, 0),
			"pull":  (&Path{Sigma: 2}).links(nil, 0, tau, tau, weak),
		} {
			models := float64(tau)
			if name == "first" {
				models = 1
			}
			l := links[0]
			// As the pulls are weak the models move as one.
			assert.InEpsilon(t, 2/math.Sqrt(models*weak), l.width, 1e-6, "%s %v", name, weak)
			assert.InEpsilon(t, 1, l.prior+l.pull, 1e-12)
			assert.False(t, l.free)
		}
	}
	for _, every := range []bool{false, true} {
		config := Config{Tau: 3, Width: 3, Sigma: 0.1, Prior: &Gaussian{Sigma: 1e30}, EveryModel: every, Test: barker(t, 2)}
		chain := newChain(t, config, none{2})
		require.NoError(t, chain.Run(context.Background(), 100))
		assert.NoError(t, chain.Trajectory().finite())
	}
}
