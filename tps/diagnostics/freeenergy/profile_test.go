package freeenergy

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/internal/random"
)

// doubleWell is the potential β U = b (x² − 1)² of which a Metropolis chain draws.
const doubleWell = 2.0

func potential(x float64) float64 { return doubleWell * (x*x - 1) * (x*x - 1) }

// metropolis returns n values of a chain in the double well, one each few steps.
func metropolis(n int, normal *rand.Rand) []float64 {
	x := 1.0
	values := make([]float64, n)
	for i := range values {
		for range 3 {
			y := x + 2*normal.NormFloat64() // often to the other well
			if math.Log(normal.Float64()) < potential(x)-potential(y) {
				x = y
			}
		}
		values[i] = x
	}
	return values
}

// exactProfile returns the free energy of the bins by quadrature.
func exactProfile(p *Profile, beta float64) []float64 {
	density := func(x float64) float64 { return math.Exp(-potential(x)) }
	norm := quad.Fixed(density, -4, 4, 400, nil, 0)
	exact := make([]float64, len(p.Centers))
	for b, center := range p.Centers {
		share := quad.Fixed(density, center-p.Width/2, center+p.Width/2, 20, nil, 0) / norm
		exact[b] = -math.Log(share/p.Width) / beta
	}
	return exact
}

// The free energy of a double well against quadrature, in each run to 4 standard errors, and the mean
// over runs to 1 %. Scores must be those of errors that are right.
func TestDoubleWell(t *testing.T) {
	normal := rand.New(random.Source(1))
	const beta, runs, bins = 3.0, 10, 12
	scores := 0.0
	var means, errors [bins]float64
	var exact []float64
	for range runs {
		p, err := New(metropolis(50_000, normal), Config{Bins: bins, Low: -1.5, High: 1.5, Beta: beta})
		require.NoError(t, err)
		exact = exactProfile(p, beta)
		for b, e := range p.Energies {
			require.Less(t, math.Abs(e.Score(exact[b])), 4.5)
			scores += math.Pow(e.Score(exact[b]), 2) / (runs * bins)
			means[b] += e.Mean / runs
			errors[b] += e.StandardError * e.StandardError / (runs * runs)
		}
	}
	for b := range means {
		require.Less(t, math.Sqrt(errors[b]), 0.01/beta)
		require.InDelta(t, exact[b], means[b], 4*math.Sqrt(errors[b]))
	}
	require.InDelta(t, 1, scores, 4*math.Sqrt(2.0/(runs*bins))) // of standard normal numbers
}

// Values drawn evenly, with the weights of the double well.
func TestWeights(t *testing.T) {
	normal := rand.New(random.Source(2))
	const n = 60_000
	values, weights := make([]float64, n), make([]float64, n)
	for i := range values {
		values[i] = 4*normal.Float64() - 2
		weights[i] = 1e6 * math.Exp(-potential(values[i]))
	}
	p, err := New(values, Config{Bins: 20, Low: -2, High: 2, Weights: weights})
	require.NoError(t, err)
	scores := 0.0
	for b, exact := range exactProfile(p, 1) {
		scores += math.Pow(p.Energies[b].Score(exact), 2) / 20
		require.Less(t, math.Abs(p.Energies[b].Score(exact)), 4.0)
	}
	require.Less(t, p.Energies[7].StandardError, 0.04)
	require.InDelta(t, 1, scores, 4*math.Sqrt(2.0/20))
	// In halves of equal probability, the error of the probability is √(E w²/n)/(2 E w).
	halves, err := New(values, Config{Bins: 2, Low: -2, High: 2, Weights: weights})
	require.NoError(t, err)
	mean, squares := 0.0, 0.0
	for _, w := range weights {
		mean += w / n
		squares += w * w / n
	}
	for _, density := range halves.Densities {
		require.InEpsilon(t, math.Sqrt(squares/n)/(2*mean), 2*density.StandardError, 0.1)
	}
	// Equal weights are none.
	for i := range weights {
		weights[i] = 7
	}
	weighted, err := New(values, Config{Weights: weights})
	require.NoError(t, err)
	plain, err := New(values, Config{})
	require.NoError(t, err)
	for b := range plain.Centers {
		require.InEpsilon(t, plain.Densities[b].Mean, weighted.Densities[b].Mean, 1e-10)
		require.InEpsilon(t, plain.Densities[b].StandardError, weighted.Densities[b].StandardError, 1e-3)
	}
}

// Independent values: the error is that of a binomial.
func TestBinomialErrors(t *testing.T) {
	normal := rand.New(random.Source(3))
	const n = 100_000
	values := make([]float64, n)
	for i := range values {
		values[i] = normal.NormFloat64()
	}
	p, err := New(values, Config{Bins: 4, Low: -2, High: 2})
	require.NoError(t, err)
	total := p.Outside
	for b, center := range p.Centers {
		share := distuv.UnitNormal.CDF(center+0.5) - distuv.UnitNormal.CDF(center-0.5)
		deviation := math.Sqrt(share * (1 - share) / n)
		require.InDelta(t, share, p.Densities[b].Mean, 4*deviation)
		require.InEpsilon(t, deviation, p.Densities[b].StandardError, 0.25)
		require.InEpsilon(t, deviation/share, p.Energies[b].StandardError, 0.25)
		total += p.Counts[b]
	}
	require.Equal(t, n, total)
}

func TestBins(t *testing.T) {
	p, err := New([]float64{-1, 0, 0.5, 1, 2, 2.5, 4}, Config{Bins: 4, Low: 0, High: 4})
	require.NoError(t, err)
	require.Equal(t, []float64{0.5, 1.5, 2.5, 3.5}, p.Centers)
	require.Equal(t, []int{2, 1, 2, 1}, p.Counts)
	require.Equal(t, 1, p.Outside)
	require.Equal(t, 0, p.Least())
	p, err = New([]float64{3, 3, 3, 5}, Config{Bins: 3})
	require.NoError(t, err)
	require.Equal(t, []int{3, 0, 1}, p.Counts)
	require.True(t, math.IsInf(p.Energies[1].Mean, 1) && math.IsNaN(p.Energies[1].StandardError))
}

func TestErrors(t *testing.T) {
	x := []float64{1, 2, 3}
	for says, call := range map[string]func() (*Profile, error){
		"freeenergy: 1 values, want at least 2":      func() (*Profile, error) { return New(x[:1], Config{}) },
		"freeenergy: value 1 is NaN":                 func() (*Profile, error) { return New([]float64{1, math.NaN()}, Config{}) },
		"all values are 2":                           func() (*Profile, error) { return New([]float64{2, 2}, Config{}) },
		"Config.Bins = -1":                           func() (*Profile, error) { return New(x, Config{Bins: -1}) },
		"Config.Low = 3, Config.High = 1":            func() (*Profile, error) { return New(x, Config{Low: 3, High: 1}) },
		"Config.Low = NaN":                           func() (*Profile, error) { return New(x, Config{Low: math.NaN(), High: 1}) },
		"Config.Beta = -1":                           func() (*Profile, error) { return New(x, Config{Beta: -1}) },
		"Config.Weights has 1 numbers, want one for": func() (*Profile, error) { return New(x, Config{Weights: []float64{1}}) },
		"Config.Weights[1] = -1":                     func() (*Profile, error) { return New(x, Config{Weights: []float64{1, -1, 1}}) },
		"the sum of Config.Weights is 0":             func() (*Profile, error) { return New(x, Config{Weights: []float64{0, 0, 0}}) },
	} {
		_, err := call()
		require.ErrorContains(t, err, says)
	}
}
