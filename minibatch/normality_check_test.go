package minibatch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func checkNormality(t testing.TB, differences []float64, b int, source rand.Source) *Normality {
	t.Helper()
	check, err := CheckNormality(differences, source, NormalityConfig{Batch: b})
	require.NoError(t, err)
	return check
}

// skewed returns exponential numbers: skewness 2, and so 2/√b in the means.
func skewed(n int, source rand.Source) []float64 {
	r := rand.New(source)
	values := make([]float64, n)
	for i := range values {
		values[i] = r.ExpFloat64()
	}
	return values
}

// rejections returns how often the p-value is at most each level.
func rejections(t testing.TB, levels []float64, runs int, p func() float64) []float64 {
	t.Helper()
	shares := make([]float64, len(levels))
	for range runs {
		x := p()
		for i, level := range levels {
			if x <= level {
				shares[i] += 1 / float64(runs)
			}
		}
	}
	return shares
}

// TestNormalityFalseAlarms draws normal data anew for each check. The split is
// complete (b divides N) or leaves a rest; in the first case the means sum to
// exactly the total. The p-value's formula is a fit, good to 5 % of itself; to
// 15 % at 0.01 for eight minibatches, which the standard error covers.
func TestNormalityFalseAlarms(t *testing.T) {
	runs := 40_000
	if testing.Short() {
		runs = 4_000
	}
	source := newSource(60)
	r := rand.New(source)
	levels := []float64{0.01, 0.05, 0.1, 0.5}
	for _, c := range []struct{ n, b int }{{400, 4}, {410, 20}, {80, 10}} {
		differences := make([]float64, c.n)
		shares := rejections(t, levels, runs, func() float64 {
			for i := range differences {
				differences[i] = 1e6 + 3*r.NormFloat64()
			}
			return checkNormality(t, differences, c.b, source).PValue
		})
		t.Logf("N = %d, b = %d: %v of the checks have p ≤ %v", c.n, c.b, shares, levels)
		for i, level := range levels {
			standardError := math.Sqrt(level * (1 - level) / float64(runs))
			require.InDelta(t, level, shares[i], 0.05*level+4*standardError, "N = %d, b = %d", c.n, c.b)
		}
	}
}

// TestNormalityFalseAlarmsOfOneSplit holds the data and draws the permutation:
// the distribution that counts for a proposal. Uniform differences have means
// that are all but normal.
func TestNormalityFalseAlarmsOfOneSplit(t *testing.T) {
	const n, b, runs = 3000, 30, 4000
	source := newSource(61)
	r := rand.New(source)
	differences := make([]float64, n)
	for i := range differences {
		differences[i] = r.Float64()
	}
	levels := []float64{0.05, 0.1, 0.5}
	shares := rejections(t, levels, runs, func() float64 { return checkNormality(t, differences, b, source).PValue })
	t.Logf("%v of the checks have p ≤ %v", shares, levels)
	for i, level := range levels {
		require.InDelta(t, level, shares[i], 0.05*level+4*math.Sqrt(level*(1-level)/runs))
	}
}

// TestNormalityPower is the control: the check must see what is not normal. A
// skewness of 2/√b in ⌊N/b⌋ means stands out by 2/√b · √(⌊N/b⌋/6) standard
// errors: 6 with b = 10, but only 1 with b = 60, which is next to nothing.
func TestNormalityPower(t *testing.T) {
	const n, runs = 6000, 100
	source := newSource(62)
	r := rand.New(source)
	heavy := make([]float64, n) // Cauchy: means are never normal
	for i := range heavy {
		heavy[i] = r.NormFloat64() / r.NormFloat64()
	}
	for _, c := range []struct {
		name        string
		differences []float64
		b           int
		low, high   float64
	}{
		{"heavy-tailed", heavy, 10, 1, 1}, {"heavy-tailed", heavy, 60, 1, 1},
		{"skewed", skewed(n, source), 10, 0.99, 1}, {"skewed", skewed(n, source), 60, 0.05, 0.3},
	} {
		share := rejections(t, []float64{0.05}, runs, func() float64 { return checkNormality(t, c.differences, c.b, source).PValue })[0]
		t.Logf("%s, b = %d: rejected in %.2f of the splits", c.name, c.b, share)
		require.GreaterOrEqual(t, share+1e-9, c.low, "%s, b = %d", c.name, c.b)
		require.LessOrEqual(t, share-1e-9, c.high, "%s, b = %d", c.name, c.b)
	}
}

// TestNormalityMoments compares the variance of the means with that of
// sampling without replacement, which is exact for any data.
func TestNormalityMoments(t *testing.T) {
	const n, b, runs = 600, 60, 4000
	differences := skewed(n, newSource(63))
	for _, corrected := range []bool{false, true} {
		source := newSource(64)
		var squares, deviations moments
		values, own := make([]float64, 0, runs), make([]float64, 0, runs)
		for range runs {
			check, err := CheckNormality(differences, source, NormalityConfig{Batch: b, FinitePopulation: corrected})
			require.NoError(t, err)
			require.InDelta(t, 0, check.Mean, 1e-12, "the means of a complete split average to the total mean")
			// About zero, the known mean.
			sum := 0.0
			for _, z := range check.Standardized {
				sum += z * z
			}
			values = append(values, sum/float64(len(check.Standardized)))
			own = append(own, check.Deviation*check.Deviation)
		}
		require.True(t, squares.add(values))
		want := 1 - float64(b)/n
		if corrected {
			want = 1
		}
		standardError := math.Sqrt(squares.variance() / runs)
		require.InDelta(t, want, squares.mean, 4*standardError)
		require.Less(t, 4*standardError, 0.05)

		// About their own mean.
		require.True(t, deviations.add(own))
		require.InDelta(t, want/(1-float64(b)/n), deviations.mean, 4*math.Sqrt(deviations.variance()/runs))
	}
}

// The same split, rescaled, shifted or with the finite-population factor, has
// the same statistic: neither the factor nor the constraint on the sum matters.
func TestNormalityInvariance(t *testing.T) {
	differences := skewed(5000, newSource(65))
	want := checkNormality(t, differences, 50, newSource(66))
	require.Len(t, want.Standardized, 100)
	require.Equal(t, 50, want.Batch)

	corrected, err := CheckNormality(differences, newSource(66), NormalityConfig{Batch: 50, FinitePopulation: true})
	require.NoError(t, err)
	require.InEpsilon(t, want.AndersonDarling, corrected.AndersonDarling, 1e-9)
	require.InEpsilon(t, want.Deviation, corrected.Deviation*math.Sqrt(1-50.0/5000), 1e-12)

	moved := slices.Clone(differences)
	for i := range moved {
		moved[i] = 17*moved[i] + 3
	}
	again := checkNormality(t, moved, 50, newSource(66))
	require.InEpsilon(t, want.AndersonDarling, again.AndersonDarling, 1e-9)
	require.InEpsilon(t, want.PValue, again.PValue, 1e-9)
	require.InEpsilon(t, want.Bound, again.Bound, 1e-9)

	shifted := slices.Clone(want.Standardized)
	for k := range shifted {
		shifted[k] += 0.37
	}
	require.InEpsilon(t, want.AndersonDarling, andersonDarling(shifted, want.Mean+0.37, want.Deviation), 1e-9)
	require.InEpsilon(t, NormalityError(differences)*10, want.Bound, 1e-12)
}

func TestNormalityHistogram(t *testing.T) {
	check := &Normality{Standardized: []float64{-3, -2, -1.5, 0, 0.25, 1.999, 2, 7}}
	density := []float64{9, 9, 9, 9}
	check.Histogram(density, -2, 2)
	require.Equal(t, []float64{2. / 8, 0, 2. / 8, 1. / 8}, density)
	require.Panics(t, func() { check.Histogram(density, 1, 1) })
}

func TestNormalityRefuses(t *testing.T) {
	good := skewed(100, newSource(67))
	with := func(x float64) []float64 {
		bad := slices.Clone(good)
		bad[31] = x
		return bad
	}
	for _, c := range []struct {
		differences []float64
		b           int
		message     string
	}{
		{good, 0, "Batch = 0, want 1 to an eighth of the number of differences, 12"},
		{good, 13, "Batch = 13"},
		{good, -1, "Batch = -1"},
		{good[:7], 1, "7 differences"},
		{nil, 1, "0 differences"},
		{with(math.NaN()), 3, "sample 31 is NaN"},
		{with(math.Inf(-1)), 3, "sample 31 is -Inf"},
		{with(1e200), 3, "too large"},
		{make([]float64, 100), 3, "all differences are 0"},
	} {
		_, err := CheckNormality(c.differences, newSource(68), NormalityConfig{Batch: c.b})
		require.ErrorContains(t, err, c.message)
		require.ErrorContains(t, err, "minibatch: ")
	}
	_, err := CheckNormality(good, newSource(68), NormalityConfig{Batch: 12})
	require.NoError(t, err)
}
