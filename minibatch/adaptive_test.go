package minibatch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/correction"
	"github.com/trajens/trajens/internal/random"
)

var deltas = []float64{-8, -6, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4, 6, 8}

// The acceptance curve: the rate of the adaptive test against 1/(1 + e^−Δ),
// within 4 standard errors and the correction's own error, where the first
// chunk is enough, where several are needed, and where all the data are.
func TestAcceptanceCurve(t *testing.T) {
	const draws = 100_000
	for _, sigma := range []float64{1, 1.3} {
		for _, c := range []struct {
			name          string
			rule          Rule
			n, chunk      int
			spread        float64
			minimum, most float64 // of the mean batch
		}{
			{"one chunk", Stopping, 20_000, 60, 4, 60, 60.5},
			{"several chunks", Stopping, 20_000, 200, 17 * sigma, 350, 500},
			{"all data", Stopping, 150, 40, 100, 100, 150},
			{"the least", Planned, 20_000, 60, 4, 60, 60.5},
			{"as planned", Planned, 20_000, 20, 9 * sigma, 104, 112},
			{"half of the data", Planned, 150, 20, 11 * sigma, 76, 81},
			{"all data", Planned, 150, 40, 100, 100, 150},
		} {
			t.Run(fmt.Sprintf("σ=%v/%v/%s", sigma, c.rule, c.name), func(t *testing.T) {
				t.Parallel()
				test, err := NewAdaptive(c.n, AdaptiveConfig{Rule: c.rule, Chunk: c.chunk, Sigma: sigma})
				require.NoError(t, err)
				slack := test.Config().Distribution.MaxCDFError()
				source := newSource(30)
				for _, delta := range deltas {
					counted := &counting{fixed: proposalOf(c.n, delta, c.spread, source)}
					z := rateError(t, test, counted, barkerRate(delta), slack, draws, source)
					assert.InDelta(t, 0, z, 4, "Δ = %v", delta)
					batch := float64(counted.samples) / draws
					assert.True(t, batch >= c.minimum && batch <= c.most, "Δ = %v: mean batch %v", delta, batch)
				}
			})
		}
	}
}

type counting struct {
	*fixed
	samples int
}

func (c *counting) Differences(dst []float64, samples []int) error {
	c.samples += len(samples)
	return c.fixed.Differences(dst, samples)
}

// Negative controls: what the acceptance curve must not let pass.
func TestAcceptanceCurveHasTeeth(t *testing.T) {
	t.Parallel()
	const draws = 1_000_000
	source := newSource(31)
	worst := func(test Test, d func(delta float64) Differences) float64 {
		largest := 0.0
		for _, delta := range []float64{-2, -1, 1, 2} {
			z := rateError(t, test, d(delta), barkerRate(delta), 0, draws, source)
			largest = math.Max(largest, math.Abs(z))
		}
		return largest
	}

	good, err := NewAdaptive(20_000, AdaptiveConfig{Chunk: 60})
	require.NoError(t, err)
	exact := func(delta float64) Differences { return proposalOf(20_000, delta, 4, newSource(32)) }
	assert.Less(t, worst(good, exact), 4.0, "the test without a fault")

	t.Run("s × 1.05", func(t *testing.T) {
		faulty := func(delta float64) Differences { return exact(1.05 * delta) }
		assert.Greater(t, worst(good, faulty), 8.0)
	})

	// Package correction sees 1 % too much in its own draws; through the
	// acceptance rate, 2 % is what some million decisions resolve.
	t.Run("correction with 2 % too much variance", func(t *testing.T) {
		const draws, delta = 4_000_000, 1.3 // where the logistic bends most
		d := proposalOf(20_000, delta, 2, newSource(42))
		right, err := correction.For(1)
		require.NoError(t, err)
		atoms := right.Atoms()
		for i := range atoms {
			atoms[i] *= math.Sqrt(1.02)
		}
		wide, err := correction.FromAtoms(1, atoms, right.Weights())
		require.NoError(t, err)
		score := func(distribution *correction.Distribution) float64 {
			test, err := NewAdaptive(20_000, AdaptiveConfig{Rule: Stopping, Chunk: 32, Distribution: distribution})
			require.NoError(t, err)
			return math.Abs(rateError(t, test, d, barkerRate(delta), 0, draws, newSource(43)))
		}
		assert.Less(t, score(right), 4.0)
		assert.Greater(t, score(wide), 4.0)
	})

	t.Run("with replacement", func(t *testing.T) {
		// Where the batch is a large part of the data, drawing without
		// replacement makes the test exact; samples that repeat do not.
		test, err := NewAdaptive(150, AdaptiveConfig{Chunk: 40})
		require.NoError(t, err)
		faulty := func(delta float64) Differences {
			return &repeating{proposalOf(150, delta, 30, newSource(33)), newSource(34)}
		}
		assert.Greater(t, worst(test, faulty), 8.0)
	})
}

// repeating answers for samples drawn with replacement.
type repeating struct {
	*fixed
	source rand.Source
}

func (r *repeating) Differences(dst []float64, _ []int) error {
	for j := range dst {
		dst[j] = r.values[random.Below(r.source, len(r.values))]
	}
	return nil
}

// With the finite-population factor the rate is right where the batch is half
// of the data; without it the noise is taken for larger than it is.
func TestFinitePopulation(t *testing.T) {
	const n, chunk, spread, draws = 200, 100, 7.0, 1_000_000
	source := newSource(35)
	d := proposalOf(n, 1.5, spread, source)
	for _, with := range []bool{true, false} {
		test, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: chunk, InfinitePopulation: !with})
		require.NoError(t, err)
		z := rateError(t, test, d, barkerRate(1.5), 0, draws, source)
		decision, err := test.Decide(d, 1, source)
		require.NoError(t, err)
		if with {
			assert.InDelta(t, 0, z, 4)
			assert.InEpsilon(t, spread*spread/chunk/2, decision.Variance, 0.4)
		} else {
			assert.Greater(t, math.Abs(z), 4.0)
			assert.InEpsilon(t, spread*spread/chunk, decision.Variance, 0.4)
		}
	}
}

// A batch holds no sample twice; one that grew to N holds each once. Also for
// chunks that do not divide N.
func TestBatches(t *testing.T) {
	const n = 50
	for _, chunk := range []int{2, 3, 7, 25, 49, 50} {
		for _, spread := range []float64{1, 5, 1e4} {
			test, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: chunk, CutOff: CutOff{Rule: NoCutOff}})
			require.NoError(t, err)
			source := newSource(36)
			for range 200 {
				d := proposalOf(n, 0, spread, source)
				d.asked = []int{}
				decision, err := test.Decide(d, 1, source)
				require.NoError(t, err)
				require.Len(t, d.asked, decision.Samples)
				require.True(t, decision.Samples == n || decision.Samples%chunk == 0)
				seen := map[int]bool{}
				for _, i := range d.asked {
					require.False(t, seen[i], "sample %d twice", i)
					seen[i] = true
				}
				require.Equal(t, decision.Samples == n, decision.By == FullData)
				if spread == 1e4 && chunk > 2 { // two can be close by chance
					require.Equal(t, n, decision.Samples)
				}
			}
		}
	}
}

// What a decision reports must be what the batch says.
func TestDecisionReports(t *testing.T) {
	const n, s = 1000, 2.5
	test, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: 32, InfinitePopulation: true})
	require.NoError(t, err)
	source := newSource(37)
	for range 100 {
		d := proposalOf(n, 0.3, 3, source)
		d.asked = []int{}
		decision, err := test.Decide(d, s, source)
		require.NoError(t, err)
		mean, squares := 0.0, 0.0
		b := float64(len(d.asked))
		for _, i := range d.asked {
			mean += d.values[i] / b
		}
		for _, i := range d.asked {
			squares += (d.values[i] - mean) * (d.values[i] - mean)
		}
		assert.InDelta(t, -s*mean, decision.Delta, 1e-9)
		assert.InEpsilon(t, s*s*squares/(b-1)/b, decision.Variance, 1e-9)
		assert.Equal(t, Correction, decision.By)
		assert.LessOrEqual(t, decision.Variance, 1.0)
	}
}

// At s = 0 losses have no say: no sample is drawn, and Barker's rule is a fair
// coin, that of Metropolis accepts.
func TestZeroTilt(t *testing.T) {
	for name, test := range tests(t, 1000) {
		for _, s := range []float64{0, math.Copysign(0, -1)} {
			d := proposalOf(1000, 5, 100, newSource(38))
			d.values[3], d.asked = math.Inf(1), []int{}
			source := newSource(39)
			accepted := 0
			const draws = 20_000
			for range draws {
				decision, err := test.Decide(d, s, source)
				require.NoError(t, err)
				if decision.Accepted {
					accepted++
				}
				require.Equal(t, Decision{Accepted: decision.Accepted, By: FullData}, decision)
			}
			assert.Empty(t, d.asked, name)
			if name == "metropolis" {
				assert.Equal(t, draws, accepted)
				continue
			}
			assert.InDelta(t, 0.5, float64(accepted)/draws, 4*0.5/math.Sqrt(draws), name)
		}
	}
}

// The variance that a decision reports is that of Δ* over the draws of a batch
// of a small population: an eighth less would be seen.
func TestVarianceIsThatOfDelta(t *testing.T) {
	const n, chunk, draws = 10, 4, 200_000
	test, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: chunk})
	require.NoError(t, err)
	source := newSource(44)
	d := proposalOf(n, 0.3, 0.5, source)
	sum, squares, reported := 0.0, 0.0, 0.0
	for range draws {
		decision, err := test.Decide(d, 1, source)
		require.NoError(t, err)
		require.Equal(t, chunk, decision.Samples)
		sum += decision.Delta
		squares += decision.Delta * decision.Delta
		reported += decision.Variance
	}
	variance := squares/draws - sum/draws*sum/draws
	// A variance from so many draws is known to 0.3 %.
	assert.InEpsilon(t, variance, reported/draws, 0.015)
}

// Clones decide alike, at the same time.
func TestClone(t *testing.T) {
	for name, test := range tests(t, 2000) {
		clone := test.(interface{ Clone() Test }).Clone()
		assert.Equal(t, fmt.Sprint(test), fmt.Sprint(clone))
		assert.Equal(t, 2000, clone.(interface{ Samples() int }).Samples())
		decide := func(test Test) (decisions []Decision) {
			d, source := proposalOf(2000, 0.4, 9, newSource(45)), newSource(46)
			for range 500 {
				decision, err := test.Decide(d, 1, source)
				assert.NoError(t, err)
				decisions = append(decisions, decision)
			}
			return decisions
		}
		done := make(chan []Decision)
		go func() { done <- decide(clone) }()
		assert.Equal(t, decide(test), <-done, name)
	}
}

func TestOneSample(t *testing.T) {
	test, err := NewAdaptive(1, AdaptiveConfig{})
	require.NoError(t, err)
	decision, err := test.Decide(&fixed{values: []float64{-40}}, 1, newSource(1))
	require.NoError(t, err)
	assert.Equal(t, Decision{Accepted: true, By: FullData, Samples: 1, Delta: 40, Estimate: Uniform, Cost: 2, UniformCost: 2}, decision)
}

func TestAdaptiveDoesNotAllocate(t *testing.T) {
	for name, config := range map[string]AdaptiveConfig{
		"default":   {},
		"stopping":  {Rule: Stopping},
		"normality": {Rule: Stopping, MaxNormalityError: 0.5},
	} {
		test, err := NewAdaptive(5000, config)
		require.NoError(t, err)
		d := proposalOf(5000, 0.5, 20, newSource(1))
		source := newSource(2)
		for range 100 { // its scratch memory is as large as it gets
			_, err := test.Decide(d, 1, source)
			require.NoError(t, err)
		}
		assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = test.Decide(d, 1, source) }), name)
	}
}

func TestAdaptiveDefaults(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // of package correction
	test, err := NewAdaptive(1000, AdaptiveConfig{})
	require.NoError(t, err)
	config := test.Config()
	assert.Equal(t, 32, config.Chunk)
	assert.Equal(t, 1.0, config.Sigma)
	assert.Equal(t, CutOff{Derived, 10, 5}, config.CutOff)
	assert.Equal(t, 1.0, config.Distribution.Sigma())

	few, err := NewAdaptive(7, AdaptiveConfig{})
	require.NoError(t, err)
	assert.Equal(t, 7, few.Config().Chunk)

	own, err := correction.For(1.3)
	require.NoError(t, err)
	given, err := NewAdaptive(1000, AdaptiveConfig{Distribution: own})
	require.NoError(t, err)
	assert.Equal(t, 1.3, given.Config().Sigma)

	_, err = NewAdaptive(1000, AdaptiveConfig{Sigma: correction.AccurateSigma})
	require.NoError(t, err)
	rough, err := correction.For(1.6)
	require.NoError(t, err)
	_, err = NewAdaptive(1000, AdaptiveConfig{Distribution: rough})
	require.NoError(t, err, "a distribution that is given is the user's choice")
}

func TestAdaptiveConfigErrors(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // of package correction
	other, err := correction.For(1.3)
	require.NoError(t, err)
	for _, c := range []struct {
		samples int
		config  AdaptiveConfig
		says    string
	}{
		{0, AdaptiveConfig{}, "samples = 0"},
		{100, AdaptiveConfig{Chunk: 101}, "Chunk = 101, want 2 to the number of samples, 100"},
		{100, AdaptiveConfig{Chunk: -1}, "Chunk = -1"},
		{100, AdaptiveConfig{Chunk: 1}, "Chunk = 1"},
		{100, AdaptiveConfig{Sigma: -1}, "Sigma = -1"},
		{100, AdaptiveConfig{Sigma: math.NaN()}, "Sigma = NaN"},
		{100, AdaptiveConfig{Sigma: 50}, "Sigma = 50"},
		{100, AdaptiveConfig{Sigma: 1.6}, "Sigma = 1.6, want at most 1.4: acceptance probabilities would be wrong by up to 0.005"},
		{1 << 40, AdaptiveConfig{}, "samples = 1099511627776, want at most"},
		{100, AdaptiveConfig{Sigma: 1, Distribution: other}, "Sigma = 1, but Distribution is for 1.3"},
		{100, AdaptiveConfig{Rule: Stopping, MaxNormalityError: -0.1}, "MaxNormalityError = -0.1"},
		{100, AdaptiveConfig{MaxNormalityError: 0.1}, "MaxNormalityError = 0.1, want 0 with the rule Planned"},
		{100, AdaptiveConfig{Rule: 2}, "Rule = 2, want Planned or Stopping"},
		{100, AdaptiveConfig{Rule: Stopping, MaxNormalityError: math.NaN()}, "MaxNormalityError = NaN"},
	} {
		_, err := NewAdaptive(c.samples, c.config)
		assert.ErrorContains(t, err, c.says)
	}
}

func BenchmarkAdaptive(b *testing.B) {
	test, err := NewAdaptive(60_000, AdaptiveConfig{Chunk: 32})
	require.NoError(b, err)
	d := proposalOf(60_000, 0.5, 1, newSource(1))
	source := newSource(2)
	for b.Loop() {
		_, _ = test.Decide(d, 1, source)
	}
}
