package correction

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
)

// invert returns the CDF of N(0, σ²) plus the atoms, from the characteristic
// function of the sum, which is the product of the two (Gil-Pelaez,
// Biometrika 38, 481 (1951)). The trapezoidal rule with the step h is exact
// but for what lies farther than 2π/h away and for the cut at nine standard
// deviations.
func invert(d *Distribution, x float64) float64 {
	const h = 2 * math.Pi / 300
	atoms, weights := d.Atoms(), d.Weights()
	sum := 0.0
	for k, y := range atoms {
		sum += weights[k] * (x - y) / 2
	}
	for k := h; k < 9/d.Sigma(); k += h {
		imaginary := 0.0
		for i, y := range atoms {
			imaginary += weights[i] * math.Sin(k*(x-y))
		}
		sum += math.Exp(-k*k*d.Sigma()*d.Sigma()/2) * imaginary / k
	}
	return 0.5 + sum*h/math.Pi
}

func TestCDFAgainstInversion(t *testing.T) {
	for _, d := range []*Distribution{
		solve(t, Config{Sigma: 0.8}),
		solve(t, Config{Sigma: 1.3}),
		solve(t, Config{Sigma: 1, Method: Ridge, Ridge: RidgeGrid{N: 60}}),
		fromAtoms(t, 0.3, []float64{5, -2, 7}, []float64{0.5, 0.125, 0.375}),
	} {
		for x := -40.0; x <= 40; x += 0.37 {
			require.InDelta(t, invert(d, x), d.CDF(x), 1e-12, "x = %v", x)
			require.InDelta(t, 1-d.CDF(x), d.survival(x), 1e-15)
		}
	}
}

// By hand: Φ(1) = 0.841344746068543 and so on (Abramowitz and Stegun, table
// 26.1; more digits by SciPy's norm.cdf).
func TestCDFByHand(t *testing.T) {
	d := fromAtoms(t, 2, []float64{0}, []float64{1})
	assert.InDelta(t, 0.841344746068543, d.CDF(2), 1e-15)
	assert.InEpsilon(t, 2.7536241186062e-89, d.CDF(-40), 1e-12)
	assert.Equal(t, 0.5, d.CDF(0))
	assert.Equal(t, 0.0, d.CDF(math.Inf(-1)))
	assert.Equal(t, 1.0, d.CDF(math.Inf(1)))
	assert.True(t, math.IsNaN(d.CDF(math.NaN())))

	d = fromAtoms(t, 1, []float64{-1, 1}, []float64{0.5, 0.5})
	assert.InDelta(t, (0.5+0.977249868051821)/2, d.CDF(1), 1e-15)
}

func TestCDFIsMonotonic(t *testing.T) {
	for _, sigma := range []float64{0.8, 1.3} {
		d := solve(t, Config{Sigma: sigma})
		previous := 0.0
		for x := -80.0; x < 80; x += 0.01 {
			p := d.CDF(x)
			require.GreaterOrEqual(t, p, previous-2e-16) // a rounding error
			require.LessOrEqual(t, p, 1.0)
			previous = p
		}
	}
}

func TestFromAtoms(t *testing.T) {
	atoms := []float64{3, -1, 0, 3, 5, math.Copysign(0, -1)}
	weights := []float64{0.25, 0.125, 0.125, 0.25, 0, 0.25}
	d := fromAtoms(t, 1, atoms, weights)
	assert.Equal(t, []float64{-1, 0, 3}, d.Atoms())
	assert.False(t, math.Signbit(d.Atoms()[1]))
	assert.Equal(t, []float64{0.125, 0.375, 0.5}, d.Weights())
	assert.Equal(t, Custom, d.Method())
	assert.Equal(t, 1.0, d.Sigma())

	atoms[0], weights[0] = 100, 100 // copied
	d.Atoms()[0], d.Weights()[0] = 100, 100
	assert.Equal(t, []float64{-1, 0, 3}, d.Atoms())
	assert.Equal(t, []float64{0.125, 0.375, 0.5}, d.Weights())
}

// Weights of any kind have a sum of exactly one, in any order, and move by no
// more than rounding; a symmetric distribution stays so.
func TestWeightsSumToOne(t *testing.T) {
	for n := 1; n < 200; n++ {
		atoms := make([]float64, n)
		even := make([]float64, n)
		for k := range atoms {
			atoms[k] = float64(2*k-(n-1)) / 2
			even[k] = (1 + 1e-10) / float64(n)
		}
		lumpy := make([]float64, n)
		for k := range lumpy {
			lumpy[k] = math.Exp(-atoms[k] * atoms[k] / 7)
		}
		floats.Scale(1/floats.Sum(lumpy), lumpy)
		for _, weights := range [][]float64{even, lumpy} {
			d := fromAtoms(t, 1, atoms, weights)
			got := d.Weights()
			require.Equal(t, 1.0, floats.Sum(got))
			floats.Reverse(got)
			require.Equal(t, 1.0, floats.Sum(got))
			require.Equal(t, d.Weights(), got)
			require.InDelta(t, 1.0/float64(n), fromAtoms(t, 1, atoms, even).Weights()[0], float64(n)*0x1p-53)
		}
	}
}

func TestFromAtomsBadArguments(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		sigma          float64
		atoms, weights []float64
		want           string
	}{
		{nan, []float64{0}, []float64{1}, "correction: sigma = NaN, want a number in [0.01, 10]"},
		{0, []float64{0}, []float64{1}, "correction: sigma = 0, want a number in [0.01, 10]"},
		{11, []float64{0}, []float64{1}, "correction: sigma = 11, want a number in [0.01, 10]"},
		{1, nil, nil, "correction: no atoms"},
		{1, []float64{0, 1}, []float64{1}, "correction: 1 weights for 2 atoms"},
		{1, []float64{0, nan}, []float64{1, 0}, "correction: atom 1 is NaN, want a number in [-1e6, 1e6]"},
		{1, []float64{inf}, []float64{1}, "correction: atom 0 is +Inf, want a number in [-1e6, 1e6]"},
		{1, []float64{0, 1}, []float64{1.5, -0.5}, "correction: weight 1 is -0.5, want a finite number that is not negative"},
		{1, []float64{0, 1}, []float64{nan, 1}, "correction: weight 0 is NaN, want a finite number that is not negative"},
		{1, []float64{0, 1}, []float64{inf, 1}, "correction: weight 0 is +Inf, want a finite number that is not negative"},
		{1, []float64{0, 1}, []float64{0, 0}, "correction: the sum of the weights is 0, want 1 within 1e-9"},
		{1, []float64{0, 1}, []float64{0.5, 0.50000001}, "correction: the sum of the weights is 1.00000001, want 1 within 1e-9"},
	} {
		d, err := FromAtoms(test.sigma, test.atoms, test.weights)
		assert.EqualError(t, err, test.want)
		assert.Nil(t, d)
	}
}
