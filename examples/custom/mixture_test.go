package main

import (
	"context"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/diagnostics"
)

// density is written out with gonum's distributions, for comparison.
func density(x float64, p []float64) float64 {
	weight := 1 / (1 + math.Exp(-p[4]))
	return weight*distuv.Normal{Mu: p[0], Sigma: math.Exp(p[1])}.Prob(x) +
		(1-weight)*distuv.Normal{Mu: p[2], Sigma: math.Exp(p[3])}.Prob(x)
}

func TestLosses(t *testing.T) {
	m := newMixture(50, source(1))
	models := [][]float32{{-1.5, -0.5, 1, 0.25, -0.5}, {0, 0, 0, 0, 0}}
	samples := []int{3, 0, 49}
	dst := [][]float64{make([]float64, 3), make([]float64, 3)}
	m.Losses(dst, models, samples)
	for k, model := range models {
		p := make([]float64, len(model))
		for i := range p {
			p[i] = float64(model[i])
		}
		for j, i := range samples {
			require.InDelta(t, -math.Log(density(m.points[i], p)), dst[k][j], 1e-12)
		}
		total := quad.Fixed(func(x float64) float64 { return density(x, p) }, -12, 12, 400, nil, 0)
		require.InDelta(t, 1, total, 1e-9)
	}
}

// TestPoints compares the points with the density that they are drawn from.
func TestPoints(t *testing.T) {
	m := newMixture(100_000, source(1))
	mean, sd := stat.MeanStdDev(m.points, nil)
	moment := func(k float64) float64 {
		return quad.Fixed(func(x float64) float64 { return math.Pow(x, k) * density(x, truth[:]) }, -12, 12, 400, nil, 0)
	}
	wantSD := math.Sqrt(moment(2) - moment(1)*moment(1))
	require.InDelta(t, moment(1), mean, 4*wantSD/math.Sqrt(1e5))
	require.InDelta(t, wantSD, sd, 4*wantSD/math.Sqrt(2e5))
}

// TestFit compares the ensemble with maximum likelihood: the best parameters
// and the errors that the curvature of the likelihood gives them. At s = N/τ the
// two agree as far as the likelihood is Gaussian, which with 400 points it is
// not quite: where a likelihood is asymmetric, mean and maximum are up to 0.4
// error bars apart.
func TestFit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: left out with -short")
	}
	m := newMixture(400, source(3))
	best, widths := maximumLikelihood(t, m.points)
	for tau, steps := range map[int]int{1: 50_000, 4: 80_000} {
		found, err := fit(context.Background(), m, tau, 0.06, steps, nil, source(4))
		require.NoError(t, err)
		for i, f := range found {
			spread := math.Sqrt(f.Variance())
			t.Logf("τ = %d, %-12s %.4f ± %.4f (%.4f), maximum likelihood %.4f ± %.4f", tau, names[i], f.Mean(), spread, f.StandardError(), best[i], widths[i])
			require.Equal(t, steps/10, f.Count())
			require.InDelta(t, best[i], f.Mean(), 0.4*widths[i])
			require.InEpsilon(t, widths[i], spread, 0.2)
			require.InDelta(t, truth[i], f.Mean(), 4*spread)
			// The values are correlated, but there are many.
			require.Greater(t, f.StandardError(), spread/math.Sqrt(float64(f.Count())))
			require.Less(t, f.StandardError(), spread/3)
		}
	}
}

var long = flag.Bool("long", false, "run a test long enough to see small errors")

// The adaptive test samples what Metropolis does, which reads all points: means
// agree within 4 standard errors. With -long, for some minutes, these are small
// enough that a tenth of a standard deviation would be seen.
func TestAgainstMetropolis(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: left out with -short")
	}
	const sigma = 0.08
	steps := 20_000
	if *long {
		steps = 500_000
	}
	m := newMixture(400, source(3))
	metropolis, err := minibatch.NewMetropolis(m.Samples())
	require.NoError(t, err)
	tests := []minibatch.Test{nil, metropolis}
	found, errs := make([][]diagnostics.Accumulator, len(tests)), make([]error, len(tests))
	var running sync.WaitGroup
	for k, test := range tests {
		running.Go(func() {
			found[k], errs[k] = fit(context.Background(), m, 1, sigma, steps, test, source(5+uint64(k)))
		})
	}
	running.Wait()
	require.NoError(t, errors.Join(errs...))
	for i, name := range names {
		a, b := found[0][i], found[1][i]
		spread := math.Sqrt(b.Variance())
		combined := math.Hypot(a.StandardError(), b.StandardError())
		t.Logf("%-12s adaptive %.4f ± %.4f, Metropolis %.4f ± %.4f, apart %+.1f ± %.1f %% of the spread", name,
			a.Mean(), a.StandardError(), b.Mean(), b.StandardError(), 100*(a.Mean()-b.Mean())/spread, 100*combined/spread)
		assert.InDelta(t, b.Mean(), a.Mean(), 4*combined, name)
		if *long {
			assert.Less(t, 4*combined, 0.1*spread, "%s: too short a run to see a tenth of the spread", name)
		}
	}
}

func source(stream uint64) rand.Source { return rand.NewPCG(1, stream) }

// maximumLikelihood finds the best parameters by expectation maximization, and
// their errors from the curvature of the likelihood.
func maximumLikelihood(t *testing.T, points []float64) (best, errors []float64) {
	t.Helper()
	best = slices.Clone(truth[:])
	shares := [2][]float64{make([]float64, len(points)), make([]float64, len(points))}
	for range 500 {
		weight := 1 / (1 + math.Exp(-best[4]))
		for i, x := range points {
			shares[0][i] = weight * distuv.Normal{Mu: best[0], Sigma: math.Exp(best[1])}.Prob(x) / density(x, best)
			shares[1][i] = 1 - shares[0][i]
		}
		for k := range shares {
			mean, variance := stat.PopMeanVariance(points, shares[k])
			best[2*k], best[2*k+1] = mean, math.Log(variance)/2
		}
		best[4] = math.Log(floats.Sum(shares[0]) / floats.Sum(shares[1]))
	}
	hessian, covariance := mat.NewSymDense(len(truth), nil), mat.NewDense(len(truth), len(truth), nil)
	fd.Hessian(hessian, func(p []float64) float64 {
		sum := 0.0
		for _, x := range points {
			sum -= math.Log(density(x, p))
		}
		return sum
	}, best, nil)
	require.NoError(t, covariance.Inverse(hessian))
	errors = make([]float64, len(truth))
	for i := range errors {
		errors[i] = math.Sqrt(covariance.At(i, i))
	}
	return best, errors
}
