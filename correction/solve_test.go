package correction

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
)

const logisticVariance = math.Pi * math.Pi / 3

func TestDocumentedErrors(t *testing.T) {
	for _, want := range documented {
		start := time.Now()
		d := solve(t, Config{Sigma: want.sigma})
		elapsed := time.Since(start)
		got := d.MaxCDFError()
		t.Logf("σ_c = %v: largest CDF error %.3g, %d atoms, solved in %v", want.sigma, got, len(d.Atoms()), elapsed)
		// Half a unit of the second digit; below 1e-13, where rounding errors
		// tell, a tenth.
		assert.InEpsilon(t, want.largestError, got, 0.05, "σ_c = %v", want.sigma)
		if want.sigma > 0.5 {
			assert.Len(t, d.Atoms(), want.atoms, "σ_c = %v", want.sigma)
		}
		assert.Equal(t, want.sigma, d.Sigma())
		assert.Equal(t, NonNegative, d.Method())
	}
}

func TestErrorGrowsWithSigma(t *testing.T) {
	if testing.Short() {
		t.Skip("solves for many σ_c")
	}
	previous := 0.0
	for i := 50; i <= 180; i += 5 {
		sigma := float64(i) / 100
		got := solve(t, Config{Sigma: sigma}).MaxCDFError()
		// Up to 0.75 rounding and the tails beyond the range dominate.
		if sigma > 0.75 {
			assert.Greater(t, got, previous, "σ_c = %v", sigma)
		} else {
			assert.Less(t, got, 1e-13, "σ_c = %v", sigma)
		}
		previous = got
	}
}

func TestSolutionIsSymmetric(t *testing.T) {
	for _, sigma := range []float64{0.5, 0.55, 0.8, 1, 1.3, 1.8} {
		d := solve(t, Config{Sigma: sigma})
		atoms, weights := d.Atoms(), d.Weights()
		n := len(atoms)
		for k := range atoms {
			require.Equal(t, -atoms[k], atoms[n-1-k]+0)
			require.Equal(t, weights[k], weights[n-1-k])
			require.Positive(t, weights[k])
		}
		require.Equal(t, 1.0, floats.Sum(weights))
		require.InDelta(t, 0.5, d.CDF(0), 1e-15)
	}
}

func TestVariance(t *testing.T) {
	for _, test := range []struct{ sigma, tolerance float64 }{{0.5, 1e-11}, {0.8, 1e-11}, {1, 1e-9}, {1.1, 1e-7}, {1.2, 1e-6}, {1.3, 3e-5}} {
		d := solve(t, Config{Sigma: test.sigma})
		assert.InDelta(t, logisticVariance, d.Variance()+test.sigma*test.sigma, test.tolerance)
	}
	assert.InDelta(t, 0.25*0.75*16, fromAtoms(t, 1, []float64{3, 7}, []float64{0.25, 0.75}).Variance(), 1e-15)
}

// The documented trade of Grid.Rounds: a quarter less of the largest error,
// for worse tails and variance.
func TestRounds(t *testing.T) {
	plain := solve(t, Config{Sigma: 1.3})
	rounds := solve(t, Config{Sigma: 1.3, Grid: Grid{Rounds: 16}})
	assert.InDelta(t, 0.75, rounds.MaxCDFError()/plain.MaxCDFError(), 0.03)
	tail := func(d *Distribution) float64 { return math.Abs(d.CDF(-7)/logistic(-7) - 1) }
	assert.InDelta(t, 0.03, tail(plain), 0.005)
	assert.InDelta(t, 0.12, tail(rounds), 0.01)
	variance := func(d *Distribution) float64 {
		return math.Abs((d.Variance()+1.69)/logisticVariance - 1)
	}
	assert.InDelta(t, 5e-6, variance(plain), 1e-6)
	assert.InDelta(t, 3e-3, variance(rounds), 5e-4)

	// The smallest possible maximum on this grid, from a linear program (SciPy's
	// linprog with the method highs, and the range 20), is 1.0959e-4.
	many := solve(t, Config{Sigma: 1.3, Grid: Grid{Range: 20, Rounds: 60}})
	assert.InEpsilon(t, 1.0959e-4, many.MaxCDFError(), 0.003)
}

func TestGridIsUsed(t *testing.T) {
	d := solve(t, Config{Sigma: 1, Grid: Grid{Range: 10, Step: 0.25, PointRange: 12, PointStep: 0.125}})
	for _, y := range d.Atoms() {
		assert.LessOrEqual(t, math.Abs(y), 10.0)
		assert.Equal(t, math.Round(y*4), y*4)
	}
	// The logistic has e^−10 beyond the range on either side.
	assert.Greater(t, d.MaxCDFError(), 1e-6)
	assert.Less(t, d.MaxCDFError(), 4.6e-5)
}

func TestSolveBadConfig(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		config Config
		want   string
	}{
		{Config{}, "correction: Sigma = 0, want a number in [0.5, 1.8]"},
		{Config{Sigma: nan}, "correction: Sigma = NaN, want a number in [0.5, 1.8]"},
		{Config{Sigma: inf}, "correction: Sigma = +Inf, want a number in [0.5, 1.8]"},
		{Config{Sigma: 0.49}, "correction: Sigma = 0.49, want a number in [0.5, 1.8]"},
		{Config{Sigma: 1.81}, "correction: Sigma = 1.81, want a number in [0.5, 1.8]"},
		{Config{Sigma: -1}, "correction: Sigma = -1, want a number in [0.5, 1.8]"},
		{Config{Sigma: 1, Method: Custom}, "correction: Method = custom, want non-negative or ridge"},
		{Config{Sigma: 1, Method: 7}, "correction: Method = Method(7), want non-negative or ridge"},
		{Config{Sigma: 1, Grid: Grid{Range: nan}}, "correction: Grid.Range = NaN, want a number in (0, 100]"},
		{Config{Sigma: 1, Grid: Grid{Range: 101}}, "correction: Grid.Range = 101, want a number in (0, 100]"},
		{Config{Sigma: 1, Grid: Grid{Range: 10, Step: 11}}, "correction: Grid.Step = 11, want a number in [2^-10, Range = 10]"},
		{Config{Sigma: 1, Grid: Grid{Step: -1}}, "correction: Grid.Step = -1, want a number in [2^-10, Range = 32]"},
		{Config{Sigma: 1, Grid: Grid{PointRange: 20}}, "correction: Grid.PointRange = 20, want a number in [Range = 32, 200]"},
		{Config{Sigma: 1, Grid: Grid{PointStep: nan}}, "correction: Grid.PointStep = NaN, want a number in [2^-10, 1]"},
		{Config{Sigma: 1, Grid: Grid{Rounds: -1}}, "correction: Grid.Rounds = -1, want 0 to 1000"},
		{Config{Sigma: 1, Grid: Grid{Range: 100, Step: 0x1p-10, PointStep: 0x1p-10}},
			"correction: Grid has 110592 points and 102400 atoms on each side, want a product of at most 10⁷"},
		{Config{Sigma: 1, Method: Ridge, Ridge: RidgeGrid{V: -1}}, "correction: Ridge.V = -1, want a number in (0, 100]"},
		{Config{Sigma: 1, Method: Ridge, Ridge: RidgeGrid{N: -1}}, "correction: Ridge.N = -1, want 1 to 100000"},
		{Config{Sigma: 1, Method: Ridge, Ridge: RidgeGrid{Lambda: nan}}, "correction: Ridge.Lambda = NaN, want a number in (0, 1e12]"},
	} {
		d, err := Solve(test.config)
		assert.EqualError(t, err, test.want)
		assert.Nil(t, d)
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, method := range []Method{NonNegative, Ridge} {
		b.Run(method.String(), func(b *testing.B) {
			for b.Loop() {
				solve(b, Config{Sigma: 1, Method: method})
			}
		})
	}
}
