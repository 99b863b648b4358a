package minibatch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// The polynomial of a normal variable has the third cumulant that was asked for.
func TestSkewNormalHasItsThirdCumulant(t *testing.T) {
	const width = 0.7
	for _, skewness := range []float64{-2.5, -1, -0.1, -0.012, 1e-3, 0.0119, 0.3, 2, 2.5} {
		// x = width·[α z + β (z² − 1)] at z = 0 and ±1.
		third := skewness * width * width * width
		beta := -skewNormal(width, third, 0) / width
		alpha := skewNormal(width, third, 1) / width
		assert.InDelta(t, skewness, 6*beta-4*beta*beta*beta, 1e-14)
		assert.InDelta(t, 1, alpha*alpha+2*beta*beta, 1e-14)
		assert.InDelta(t, -alpha*width, skewNormal(width, third, -1), 1e-14)
	}
}

// The sums of powers are those of their definition, merged or not.
func TestShapeIsThatOfAllNumbers(t *testing.T) {
	source := random.Source(11)
	for _, n := range []int{4, 5, 32, 33} {
		numbers := make([]float64, n)
		mean := 0.0
		for i := range numbers {
			numbers[i] = math.Exp(3 * random.Open(source))
			mean += numbers[i] / float64(n)
		}
		var second, third, fourth float64
		for _, x := range numbers {
			d := x - mean
			second += d * d
			third += d * d * d
			fourth += d * d * d * d
		}
		for _, parts := range [][2]int{{n, n}, {1, n}, {n / 2, n}} {
			var s shape
			var halves [2]moments
			require.True(t, s.add(numbers[:parts[0]], &halves))
			if parts[0] < n {
				require.False(t, s.add([]float64{1, math.NaN()}, &halves))
				halves = [2]moments{}
				rest := numbers[parts[0]:]
				require.True(t, s.add(rest, &halves))
				for i, half := range [][]float64{rest[:len(rest)/2], rest[len(rest)/2:]} {
					var m moments
					m.add(half)
					assert.Equal(t, m.n, halves[i].n)
					if m.n > 0 {
						assert.InEpsilon(t, m.mean, halves[i].mean, 1e-12)
						assert.InDelta(t, m.deviations, halves[i].deviations, 1e-10*second)
					}
				}
			}
			assert.Equal(t, n, s.n)
			assert.InEpsilon(t, mean, s.mean, 1e-12)
			assert.InEpsilon(t, second, s.deviations, 1e-12)
			assert.InEpsilon(t, third, s.cubes, 1e-10)
			assert.InEpsilon(t, fourth, s.fourths, 1e-12)
		}
	}
}

// What batch and foreseen find on a short way is what their definitions say.
func TestShortWaysOfAPlan(t *testing.T) {
	source := random.Source(12)
	exponential := func(least, most float64) float64 { return least * math.Pow(most/least, random.Open(source)) }
	chunks, foreseen := 0, 0
	for _, infinite := range []bool{false, true} {
		a, err := NewAdaptive(1000, AdaptiveConfig{Chunk: 20, InfinitePopulation: infinite})
		require.NoError(t, err)
		e := &a.estimators[0]
		for range 10_000 {
			expected := &outlook{
				variance: exponential(1e-3, 1e3), unequal: exponential(1e-3, 4),
				skewness: exponential(0.01, 30), kurtosis: exponential(1, 1000),
			}
			b := e.batch(expected.variance, expected)
			want := 1000
			third := math.Pow(expected.variance, 1.5) * expected.skewness
			fourth := expected.variance * expected.variance * max(0, expected.kurtosis-3)
			few := max(1, 8*expected.kurtosis/1000-1)
			third, fourth = few*third, few*fourth
			for x := max(1/(a.target/(margin*expected.variance)+e.perPopulation), 20); x < mostDrawn*1000; x *= 1.1 {
				of := e.factors(x)
				if third*math.Abs(of.cubes) <= mostThird && fourth*of.fourths <= mostFourth {
					want = int(math.Ceil(x))
					break
				}
			}
			require.Equal(t, want, b)
			if b == 20 {
				chunks++
			}

			variance := expected.variance * e.perMean(b)
			own := expected.weight(expected.unequal, b)
			unknown := variance * math.Sqrt(expected.unequal*(1-own))
			scatter := own * math.Sqrt(expected.unequal+expected.chance(b))
			is := unknown <= uncertain*a.target && variance*(1+3*scatter) <= a.target
			require.Equal(t, is, e.foreseen(b, expected))
			if is {
				foreseen++
			}
		}
	}
	assert.Greater(t, chunks, 1000)
	assert.Greater(t, foreseen, 1000)
}

// A copy of strata draws as they do, and does not hang on them.
func TestStrataCopy(t *testing.T) {
	var of, to Strata
	of.Set([]float64{3, 0.1, 7, 0.2, 100})
	to.Set([]float64{1, 2})
	to.Copy(&of)
	require.Equal(t, of.order, to.order)
	require.Equal(t, of.starts, to.starts)
	require.Equal(t, of.level, to.level)
	of.Set([]float64{1, 1, 1, 1, 1})
	require.NotEqual(t, of.starts, to.starts)
}
