package correction

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A grid of many points cannot find a larger error, and finds one almost
// as large.
func TestMaxCDFErrorAgainstFineGrid(t *testing.T) {
	for _, d := range []*Distribution{
		solve(t, Config{Sigma: 0.8}),
		solve(t, Config{Sigma: 1}),
		solve(t, Config{Sigma: 1.4}),
		scaled(t, solve(t, Config{Sigma: 1}), 1.01),
		fromAtoms(t, 1, []float64{0}, []float64{1}),
		fromAtoms(t, 0.01, []float64{-1, 0.5, 2}, []float64{0.25, 0.5, 0.25}),
		fromAtoms(t, 0.05, []float64{30, 35}, []float64{0.5, 0.5}),
	} {
		const n = 200_000
		largest := 0.0
		for i := range n + 1 {
			x := -50 + 100*float64(i)/n
			largest = max(largest, math.Abs(d.deviation(x)))
		}
		got := d.MaxCDFError()
		assert.GreaterOrEqual(t, got, largest*(1-1e-9))
		assert.InEpsilon(t, largest, got, 1e-4)
		assert.Equal(t, got, d.MaxCDFError())
	}
}

func TestMaxCDFErrorInGapsAndTails(t *testing.T) {
	// Between the atoms the CDF is 1/2, while the logistic goes to 0 and 1.
	d := fromAtoms(t, 1, []float64{-100, 100}, []float64{0.5, 0.5})
	assert.InDelta(t, 0.5, d.MaxCDFError(), 1e-12)
	// All the logistic lies below the only atom.
	d = fromAtoms(t, 1, []float64{1e6}, []float64{1})
	assert.InDelta(t, 1, d.MaxCDFError(), 1e-12)
	d = fromAtoms(t, 0.01, []float64{-1e6}, []float64{1})
	assert.InDelta(t, 1, d.MaxCDFError(), 1e-12)
	// The error of a narrow normal is that of a step, 1/2, but for what the
	// logistic changes over its width, x/4 at x = a few times 0.01.
	d = fromAtoms(t, 0.01, []float64{0}, []float64{1})
	assert.InDelta(t, 0.5-0.25*0.03, d.MaxCDFError(), 0.002)
}

func TestDeviationKeepsTails(t *testing.T) {
	d := solve(t, Config{Sigma: 0.8})
	for _, x := range []float64{5, 10, 15, 20, 25} {
		require.InDelta(t, -d.deviation(-x), d.deviation(x), 1e-13*logistic(-x)+1e-17)
		require.InDelta(t, 1, d.CDF(-x)/logistic(-x), 1e-3) // tails down to 1e-11
	}
}
