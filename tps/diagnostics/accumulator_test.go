package diagnostics

import (
	"encoding"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

type state interface {
	encoding.BinaryAppender
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

var _ = []state{(*Accumulator)(nil), (*Blocks)(nil), (*Convergence)(nil), (*Tally)(nil)}

func accumulate(series []float64) *Accumulator {
	a := new(Accumulator)
	for _, x := range series {
		a.Add(x)
	}
	return a
}

// It must report what blocking reports that sees the whole series.
func TestAccumulatorIsBlocking(t *testing.T) {
	for _, n := range []int{2, 3, 7, 8, 9, 100, 1000, 4096, 30_000} {
		for _, tau := range []float64{0.5, 1, 10, 300} {
			series := make([]float64, n)
			autoregressive(series, tau, normalSource(30, uint64(n)))
			for i := range series {
				series[i] += 100
			}
			a := accumulate(series)
			mean, variance := stat.MeanVariance(series, nil)
			assert.Equal(t, n, a.Count())
			assert.InEpsilon(t, mean, a.Mean(), 1e-12)
			assert.InEpsilon(t, variance, a.Variance(), 1e-9)
			expected := MeanByBlocking(series)
			// The series' mean and that of its complete blocks differ a little.
			assert.InEpsilon(t, expected.StandardError, a.StandardError(), 0.02, "n = %d, τ = %v", n, tau)
			naive := math.Sqrt(variance / float64(n))
			assert.InEpsilon(t, math.Pow(a.StandardError()/naive, 2), a.Tau(), 1e-9)
		}
	}
}

// τ_int from blocks has a relative deviation of √(2B/n), B = 2(2nτ²)^(1/3) at
// most: 15 % here, 2 % for the mean of 64.
func TestAccumulatorTau(t *testing.T) {
	const n, tau = 1 << 17, 20.0
	series := make([]float64, n)
	var estimates sample
	for seed := range uint64(64) {
		autoregressive(series, tau, normalSource(31, seed))
		estimates.add(accumulate(series).Tau())
	}
	bias := tau / math.Cbrt(2*n*tau*tau) / 2
	assert.InDelta(t, tau*(1-bias/2), estimates.mean, 4*estimates.standardError()+tau*bias/2)
	assert.Less(t, estimates.standardError(), 0.025*tau)
}

func TestAccumulatorMerges(t *testing.T) {
	const chains, n, tau = 16, 20_000, 10
	all := make([]float64, 0, chains*n)
	merged := new(Accumulator)
	for k := range uint64(chains) {
		series := make([]float64, n+int(k))
		autoregressive(series, tau, normalSource(32, k))
		all = append(all, series...)
		merged.Merge(accumulate(series))
	}
	mean, variance := stat.MeanVariance(all, nil)
	assert.Equal(t, len(all), merged.Count())
	assert.InDelta(t, mean, merged.Mean(), 1e-12)
	assert.InEpsilon(t, variance, merged.Variance(), 1e-9)
	// √(B/2n) is 3 % for each of two that share their data.
	assert.InEpsilon(t, MeanByBlocking(all).StandardError, merged.StandardError(), 0.12)

	// It goes on like the chain that it was before.
	merged.Add(5)
	assert.Equal(t, len(all)+1, merged.Count())
	before := *merged
	merged.Merge(new(Accumulator))
	assert.Equal(t, before, *merged)
}

func TestAccumulatorOfDegenerateSeries(t *testing.T) {
	for name, series := range degenerate {
		a := accumulate(series)
		assert.Equal(t, len(series), a.Count())
		assert.True(t, math.IsNaN(a.Tau()), name)
		assert.True(t, math.IsNaN(a.EffectiveSize()), name)
		if name == "constant" {
			assert.Equal(t, Estimate{0.1, 0}, a.Estimate())
		} else {
			assert.True(t, math.IsNaN(a.StandardError()), name)
		}
	}
	assert.True(t, math.IsNaN(new(Accumulator).Mean()))
	assert.True(t, math.IsNaN(new(Accumulator).Variance()))
}

// At each moment of a run, saving and restoring must change nothing, bit for
// bit, now and later.
func TestAccumulatorRestores(t *testing.T) {
	series := make([]float64, 300)
	autoregressive(series, 5, normalSource(33))
	a := new(Accumulator)
	for i, x := range series {
		state, err := a.MarshalBinary()
		require.NoError(t, err)
		restored := accumulate([]float64{1, 2, 3})
		require.NoError(t, restored.UnmarshalBinary(state))
		require.Equal(t, a, restored, "after %d values", i)
		if i%2 == 0 {
			a = restored
		}
		a.Add(x)
	}
	assert.Equal(t, accumulate(series), a)

	a.Add(math.NaN())
	state, err := a.MarshalBinary()
	require.NoError(t, err)
	restored := new(Accumulator)
	require.NoError(t, restored.UnmarshalBinary(state))
	assert.True(t, math.IsNaN(restored.Mean()))
}

func TestAccumulatorRefusesDamage(t *testing.T) {
	a := accumulate([]float64{1, 2, 3, 4, 5})
	state, err := a.MarshalBinary()
	require.NoError(t, err)
	damaged := func(at int, value byte) []byte {
		d := append([]byte(nil), state...)
		d[at] = value
		return d
	}
	for says, data := range map[string][]byte{
		"length":         state[:len(state)-1],
		"not fit":        append(damaged(0, 1), 0),
		"version 2":      damaged(0, 2),
		"200 levels":     damaged(1, 200),
		"0 blocks":       damaged(2, 0),
		"3 blocks":       damaged(2+33, 3),
		"negative":       damaged(2+8+8+7, 0x80|state[2+8+8+7]),
		"unclear":        damaged(2+32, 2),
		"block is pend":  damaged(2+32, 0),
		"diagnostics: s": nil,
	} {
		assert.ErrorContains(t, a.UnmarshalBinary(data), says)
		assert.Equal(t, accumulate([]float64{1, 2, 3, 4, 5}), a, says)
	}
}

func TestAccumulatorDoesNotAllocate(t *testing.T) {
	a, other := new(Accumulator), accumulate([]float64{1, 2, 3})
	x := 0.0
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		a.Add(x)
		a.Merge(other)
		x += a.Tau()
	}))
}

func FuzzAccumulator(f *testing.F) {
	for _, series := range [][]float64{nil, {1}, {1, 2, 3, 4, 5, 6, 7}, {math.NaN(), math.Inf(1)}} {
		state, err := accumulate(series).MarshalBinary()
		require.NoError(f, err)
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a := new(Accumulator)
		if a.UnmarshalBinary(data) != nil {
			assert.Equal(t, new(Accumulator), a)
			return
		}
		state, err := a.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, state)
		a.Add(1)
		a.Merge(a)
		_, _, _ = a.Estimate(), a.Variance(), a.EffectiveSize()
	})
}

func BenchmarkAccumulator(b *testing.B) {
	a := new(Accumulator)
	x := 0.0
	for b.Loop() {
		a.Add(x)
		x += 0.1
	}
}
