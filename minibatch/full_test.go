package minibatch

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFullDataRates(t *testing.T) {
	barker, err := NewBarker(300)
	require.NoError(t, err)
	metropolis, err := NewMetropolis(300)
	require.NoError(t, err)
	source := newSource(10)
	const draws = 200_000
	for _, delta := range []float64{-8, -3, -1, -0.1, 0, 0.1, 1, 3, 8} {
		// The spread is large: on all data it must not matter.
		d := proposalOf(300, delta, 50, source)
		assert.InDelta(t, 0, rateError(t, barker, d, barkerRate(delta), 0, draws, source), 4, "Barker at %v", delta)
		assert.InDelta(t, 0, rateError(t, metropolis, d, metropolisRate(delta), 0, draws, source), 4, "Metropolis at %v", delta)
	}

	// Negative control: Δ wrong by 5 % must be seen.
	d := proposalOf(300, 1.05, 50, source)
	assert.Greater(t, math.Abs(rateError(t, barker, d, barkerRate(1), 0, 1_000_000, source)), 4.0)
}

func TestFullDataReadsEachSampleOnce(t *testing.T) {
	for _, n := range []int{1, fullBlock - 1, fullBlock, fullBlock + 1, 3*fullBlock + 5} {
		test, err := NewBarker(n)
		require.NoError(t, err)
		d := proposalOf(max(n, 2), 2, 1, newSource(11))
		d.values, d.asked = d.values[:n], []int{}
		mean := 0.0
		for _, v := range d.values {
			mean += v / float64(n)
		}
		decision, err := test.Decide(d, 3, newSource(12))
		require.NoError(t, err)
		assert.Equal(t, FullData, decision.By)
		assert.Equal(t, n, decision.Samples)
		assert.InEpsilon(t, -3*mean, decision.Delta, 1e-12)
		assert.Zero(t, decision.Variance)
		require.Len(t, d.asked, n)
		for i, sample := range d.asked {
			require.Equal(t, i, sample)
		}
	}
}

// tests returns one of each kind for n samples.
func tests(t testing.TB, n int) map[string]Test {
	t.Helper()
	barker, err := NewBarker(n)
	require.NoError(t, err)
	metropolis, err := NewMetropolis(n)
	require.NoError(t, err)
	adaptive, err := NewAdaptive(n, AdaptiveConfig{Chunk: min(5, n)})
	require.NoError(t, err)
	return map[string]Test{"barker": barker, "metropolis": metropolis, "adaptive": adaptive}
}

func TestInfiniteLosses(t *testing.T) {
	inf := math.Inf(1)
	// Differences so wide that the adaptive test reads all of them.
	for name, test := range tests(t, 20) {
		for _, c := range []struct {
			name     string
			changed  map[int]float64
			accepted bool
			delta    float64
		}{
			{"infinite proposal", map[int]float64{7: inf}, false, -inf},
			{"all infinite", map[int]float64{0: inf, 7: inf, 19: inf}, false, -inf},
			{"infinite before", map[int]float64{7: -inf}, true, inf},
		} {
			d := proposalOf(20, 0, 1e3, newSource(13))
			for i, v := range c.changed {
				d.values[i] = v
			}
			for range 100 {
				decision, err := test.Decide(d, 1, newSource(14))
				require.NoError(t, err)
				assert.Equal(t, c.accepted, decision.Accepted, "%s: %s", name, c.name)
				assert.Equal(t, InfiniteLoss, decision.By, "%s: %s", name, c.name)
				assert.Equal(t, c.delta, decision.Delta, "%s: %s", name, c.name)
			}
		}
		// However small s is.
		d := proposalOf(20, 0, 1, newSource(15))
		for i := range d.values {
			d.values[i] = inf
		}
		decision, err := test.Decide(d, 1e-300, newSource(16))
		require.NoError(t, err)
		assert.False(t, decision.Accepted, name)
	}
}

// Both signs in one chunk: the proposal has weight zero.
func TestInfiniteOnBothSidesRejects(t *testing.T) {
	d := &fixed{values: []float64{math.Inf(-1), 1, math.Inf(1)}}
	for name, test := range tests(t, 3) {
		decision, err := test.Decide(d, 1, newSource(17))
		require.NoError(t, err)
		assert.False(t, decision.Accepted, name)
	}
}

func TestNaNIsAnError(t *testing.T) {
	for name, test := range tests(t, 20) {
		d := proposalOf(20, 0, 1e3, newSource(18))
		d.values[7], d.values[3] = math.NaN(), math.Inf(1)
		d.values[3] = 1
		_, err := test.Decide(d, 1, newSource(19))
		var nan *NaNError
		require.ErrorAs(t, err, &nan, name)
		assert.Equal(t, 7, nan.Sample)
		assert.Contains(t, err.Error(), "sample 7 is NaN")
	}
}

// Finite differences whose sum overflows are not infinite losses: Δ decides.
func TestOverflowingSum(t *testing.T) {
	for _, chunk := range []int{2, 5} {
		several := tests(t, 5)
		var err error
		several["chunks"], err = NewAdaptive(5, AdaptiveConfig{Chunk: chunk})
		require.NoError(t, err)
		for name, test := range several {
			huge := &fixed{values: []float64{1e308, 1.1e308, 1.5e308, -1e308, 0.9e308}}
			decision, err := test.Decide(huge, 1, newSource(20))
			require.NoError(t, err)
			assert.False(t, decision.Accepted, name)
			assert.Equal(t, FullData, decision.By, name)
			assert.InEpsilon(t, -0.7e308, decision.Delta, 1e-9, name)
			for i := range huge.values {
				huge.values[i] = -huge.values[i]
			}
			decision, err = test.Decide(huge, 1, newSource(21))
			require.NoError(t, err)
			assert.True(t, decision.Accepted, name)
			decision, err = test.Decide(huge, -1e300, newSource(21))
			require.NoError(t, err)
			assert.False(t, decision.Accepted, name)
			largest := &fixed{values: slices.Repeat([]float64{math.MaxFloat64}, 5)}
			decision, err = test.Decide(largest, 1, newSource(21))
			require.NoError(t, err)
			assert.False(t, decision.Accepted, name)
			assert.NotEqual(t, InfiniteLoss, decision.By, name)
		}
	}
}

// failing has an error of its own after some samples.
type failing struct {
	*fixed
	left int
}

var errFailing = errors.New("no such loss")

func (f *failing) Differences(dst []float64, samples []int) error {
	if f.left -= len(samples); f.left < 0 {
		return errFailing
	}
	return f.fixed.Differences(dst, samples)
}

// An error of the differences is returned as it is, and nothing is decided.
func TestErrorOfTheDifferences(t *testing.T) {
	for name, test := range tests(t, 3000) {
		for _, left := range []int{0, 1500} {
			decision, err := test.Decide(&failing{proposalOf(3000, 0, 1e4, newSource(22)), left}, 1, newSource(23))
			assert.Equal(t, errFailing, err, name)
			assert.Equal(t, Decision{}, decision, name)
		}
	}
}

func TestWrongNumberOfSamplesPanics(t *testing.T) {
	for name, test := range tests(t, 20) {
		assert.PanicsWithValue(t, "minibatch: differences of 19 samples for a test of 20",
			func() { _, _ = test.Decide(&fixed{values: make([]float64, 19)}, 1, newSource(1)) }, name)
	}
}

func TestFullConfigErrors(t *testing.T) {
	_, err := NewBarker(0)
	assert.ErrorContains(t, err, "samples = 0")
	_, err = NewMetropolis(-3)
	assert.ErrorContains(t, err, "samples = -3")
}

func TestReasonString(t *testing.T) {
	seen := map[string]bool{}
	for r := range Reason(Reasons) {
		seen[r.String()] = true
	}
	assert.Len(t, seen, Reasons)
	assert.Equal(t, "Reason(9)", Reason(9).String())
}
