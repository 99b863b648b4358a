package chart

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func labels(ticks []tick) []string {
	var labels []string
	for _, t := range ticks {
		labels = append(labels, t.label)
	}
	return labels
}

func TestLinearTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		count     int
		labels    []string
		power     int
	}{
		{0, 1, 5, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}, 0},
		{0, 10, 5, []string{"0", "2", "4", "6", "8", "10"}, 0},
		{-1, 1, 4, []string{"−1.0", "−0.5", "0.0", "0.5", "1.0"}, 0},
		{0.93, 0.99, 3, []string{"0.94", "0.96", "0.98"}, 0},
		{0, 200_000, 4, []string{"0", "50,000", "100,000", "150,000", "200,000"}, 0},
		{0, 2e6, 4, []string{"0.0", "0.5", "1.0", "1.5", "2.0"}, 6},
		{0, 4e-5, 4, []string{"0", "10", "20", "30", "40"}, -6},
		{-1e300, 1e300, 2, []string{"−1", "0", "1"}, 300},
		{1.5, 1.6, 2, []string{"1.50", "1.55", "1.60"}, 0},
	} {
		ticks, power := linearTicks(c.low, c.high, c.count)
		assert.Equal(t, c.labels, labels(ticks), "%v", c)
		assert.Equal(t, c.power, power, "%v", c)
	}
}

func TestLogarithmicTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		labels    []string
	}{
		{1, 1000, []string{"1", "10", "100", "1,000"}},
		{0.001, 1, []string{"0.001", "0.01", "0.1", "1"}},
		{1, 20, []string{"1", "2", "5", "10", "20"}},
		{0.04, 3, []string{"0.05", "0.1", "0.2", "0.5", "1", "2"}},
		{1e-8, 1e-4, []string{"10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴"}},
		{2e7, 5e8, []string{"2×10⁷", "5×10⁷", "10⁸", "2×10⁸", "5×10⁸"}},
		{1e-300, 1e300, []string{"10⁻³⁰⁰", "10⁻²⁰⁰", "10⁻¹⁰⁰", "10⁰", "10¹⁰⁰", "10²⁰⁰", "10³⁰⁰"}},
		{1000, 1300, []string{"1,000", "1,050", "1,100", "1,150", "1,200", "1,250", "1,300"}},
	} {
		s := newScale(extent{c.low, c.high, true}, true, 0)
		ticks, power := s.ticks(5)
		assert.Equal(t, c.labels, labels(ticks), "%v to %v", c.low, c.high)
		assert.Zero(t, power)
	}
}

// TestTicksOfRandomRanges demands of any range that there are a few ticks, with
// labels that differ, inside of the frame and in order.
func TestTicksOfRandomRanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		logarithmic := rng.IntN(2) == 1
		number := func() float64 {
			v := math.Pow(10, 600*rng.Float64()-300)
			if rng.IntN(2) == 1 {
				v = math.Pow(10, 6*rng.Float64()-3)
			}
			if !logarithmic && rng.IntN(2) == 1 {
				v = -v
			}
			return v
		}
		var e extent
		a := number()
		e.add(a)
		switch rng.IntN(3) {
		case 0:
			e.add(number())
		case 1:
			if b := a * (1 + math.Pow(10, -17*rng.Float64())); HasPlace(b, logarithmic) {
				e.add(b)
			}
		}
		s := newScale(e, logarithmic, 0.05)
		s.from, s.to = 300, 20
		ticks, _ := s.ticks(5)
		require.True(t, len(ticks) >= 2 && len(ticks) <= 12, "%v: %v", e, ticks)
		seen := map[string]bool{}
		last := math.Inf(1)
		for _, tick := range ticks {
			at := s.at(tick.value)
			require.True(t, at >= 20 && at <= 300 && at < last, "%v: %v", e, ticks)
			require.False(t, seen[tick.label], "%v: %v", e, ticks)
			seen[tick.label], last = true, at
		}
	}
}

func TestScale(t *testing.T) {
	s := newScale(extent{10, 20, true}, false, 0)
	s.from, s.to = 100, 200
	for v, want := range map[float64]float64{10: 100, 15: 150, 20: 200, 9: 100, 21: 200} {
		assert.Equal(t, want, s.at(v), "%v", v)
	}
	assert.Equal(t, 200.0, s.clip(math.Inf(1)))
	assert.Equal(t, 100.0, s.clip(math.Inf(-1)))

	s = newScale(extent{1, 100, true}, true, 0)
	s.from, s.to = 0, 1
	assert.InDelta(t, 0.5, s.at(10), 1e-15)
	assert.Equal(t, 0.0, s.clip(0))
	assert.Equal(t, 0.0, s.clip(-5))
	assert.Equal(t, 1.0, s.clip(math.Inf(1)))

	from := newScale(extent{1, 10, true}, false, 0.05)
	assert.Equal(t, 0.0, from.low, "numbers that are near to zero for their range are shown from zero")
	far := newScale(extent{9, 10, true}, false, 0.05)
	assert.InDelta(t, 8.95, far.low, 1e-12)
}

func TestHasPlace(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64} {
		assert.False(t, HasPlace(v, false), "%v", v)
		assert.False(t, HasPlace(v, true), "%v", v)
	}
	for _, v := range []float64{0, -1, 1e-301} {
		assert.True(t, HasPlace(v, false), "%v", v)
		assert.False(t, HasPlace(v, true), "%v", v)
	}
	assert.True(t, HasPlace(1e-300, true))
	assert.True(t, HasPlace(1e300, true))
}

func TestShorten(t *testing.T) {
	assert.Equal(t, "short", shorten("short", 12, 100))
	assert.Equal(t, "two words", shorten(" two\n words ", 12, 100))
	assert.Equal(t, "…", shorten("anything", 12, 0))
	long := shorten("a very long name of a class", 12, 60)
	assert.Regexp(t, "^a very l.*…$", long)
	assert.LessOrEqual(t, textWidth(long, 12), 60.0)
	assert.LessOrEqual(t, textWidth(shorten("日本語日本語日本語", 12, 60), 12), 60.0)
}
