package diagnostics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

func newBlocks(t testing.TB, capacity int) *Blocks {
	t.Helper()
	b, err := NewBlocks(capacity)
	require.NoError(t, err)
	return b
}

func TestBlocksAreMeans(t *testing.T) {
	series := make([]float64, 1000)
	autoregressive(series, 5, normalSource(70))
	for _, capacity := range []int{2, 4, 6, 10, 64, 1000, 1002} {
		b := newBlocks(t, capacity)
		for n, x := range series {
			b.Add(x)
			n++
			require.Equal(t, n, b.Count())
			require.Equal(t, n/b.Size(), len(b.Means()))
			require.Less(t, len(b.Means()), capacity)
			require.True(t, b.Size() == 1 || len(b.Means()) >= capacity/2)
		}
		for k, mean := range b.Means() {
			assert.InDelta(t, stat.Mean(series[k*b.Size():(k+1)*b.Size()], nil), mean, 1e-12)
		}
	}
}

// What the outline says of a run must be what the run says.
func TestBlocksStandForTheSeries(t *testing.T) {
	t.Parallel()
	const n, tau = 200_000, 10
	series := make([]float64, n)
	b := newBlocks(t, 0)
	autoregressive(series, tau, normalSource(71))
	for i := range series {
		series[i] += 30 * math.Exp(-float64(i)/2000)
		b.Add(series[i])
	}
	burnIn, settled := b.BurnIn()
	assert.True(t, settled)
	assert.True(t, burnIn > 8000 && burnIn < 25_000, burnIn)
	assert.Less(t, b.Stationarity().P, 0.001)

	expected := MeanByAutocorrelation(series[burnIn:])
	found := b.MeanAfter(burnIn)
	assert.InDelta(t, expected.Mean, found.Mean, 0.1*expected.StandardError)
	assert.InEpsilon(t, expected.StandardError, found.StandardError, 0.1)
	assert.True(t, math.IsNaN(b.MeanAfter(n).Mean))
	assert.Equal(t, b.MeanAfter(0), b.MeanAfter(-5))
	assert.Equal(t, b.MeanAfter(b.Size()), b.MeanAfter(1), "whole blocks only")
}

// The running test raises false alarms at its nominal rate. The blocks, of 16
// values, are nearly independent: τ_int = 1.2 of them, so ν = 1250/1.2/20.
func TestRunningStationarityFalseAlarms(t *testing.T) {
	t.Parallel()
	const n, tau, trials = 20_000, 5, 2000
	series := make([]float64, n)
	b := newBlocks(t, 0)
	normal := normalSource(72)
	alarms := 0
	for range trials {
		autoregressive(series, tau, normal)
		*b = *newBlocks(t, 0)
		for _, x := range series {
			b.Add(x)
		}
		if b.Stationarity().P < 0.05 {
			alarms++
		}
	}
	rate := float64(alarms) / trials
	t.Logf("%.4f", rate)
	assert.InDelta(t, 0.05+0.28/52, rate, 4*math.Sqrt(0.05*0.95/trials))
}

func TestBlocksRestore(t *testing.T) {
	series := make([]float64, 300)
	autoregressive(series, 5, normalSource(73))
	a, whole := newBlocks(t, 16), newBlocks(t, 16)
	for i, x := range series {
		state, err := a.MarshalBinary()
		require.NoError(t, err)
		restored := newBlocks(t, 16)
		for range i % 20 {
			restored.Add(9)
		}
		require.NoError(t, restored.UnmarshalBinary(state))
		require.Equal(t, a, restored)
		a = restored
		a.Add(x)
		whole.Add(x)
	}
	assert.Equal(t, whole, a)
}

func TestBlocksRefuseDamage(t *testing.T) {
	b := newBlocks(t, 4)
	for x := range 7 {
		b.Add(float64(x))
	}
	// Three blocks of 2 values, and one value.
	state, err := b.MarshalBinary()
	require.NoError(t, err)
	before := *b
	for _, c := range []struct {
		at    int
		value byte
		says  string
	}{
		{0, 9, "version 9"},
		{1, 6, "capacity 6, want 4"},
		{8, 0x40, "capacity = 4611686018427387908"},
		{9, 4, "4 blocks, want fewer than 4"},
		{9, 1, "1 blocks of 2 values"},
		{9, 2, "length"},
		{17, 3, "of 3 values"},
		{17, 0, "of 0 values"},
		{25, 2, "2 values of sum 6"},
		{25, 0, "0 values of sum 6"},
	} {
		damaged := append([]byte(nil), state...)
		damaged[c.at] = c.value
		assert.ErrorContains(t, b.UnmarshalBinary(damaged), c.says)
	}
	assert.Error(t, b.UnmarshalBinary(nil))
	assert.Error(t, b.UnmarshalBinary(state[:40]))
	assert.Error(t, b.UnmarshalBinary(append(state, 0)))
	assert.Error(t, new(Blocks).UnmarshalBinary(state))
	assert.Equal(t, before, *b)
}

func TestNewBlocksErrors(t *testing.T) {
	for _, capacity := range []int{-2, 1, 7} {
		_, err := NewBlocks(capacity)
		assert.ErrorContains(t, err, "diagnostics: capacity = ")
	}
	_, err := NewBlocks(1 << 50)
	assert.ErrorContains(t, err, "diagnostics: capacity = 1125899906842624 needs 9e+15 bytes of memory, want at most 16777216")
	assert.Equal(t, defaultBlocks, cap(newBlocks(t, 0).means))
}

func TestBlocksDoNotAllocate(t *testing.T) {
	b := newBlocks(t, 16)
	assert.Zero(t, testing.AllocsPerRun(100, func() { b.Add(1) }))
}

func FuzzBlocks(f *testing.F) {
	for _, n := range []int{0, 1, 15, 16, 100} {
		b := newBlocks(f, 16)
		for x := range n {
			b.Add(float64(x))
		}
		state, err := b.MarshalBinary()
		require.NoError(f, err)
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBlocks(t, 16)
		if b.UnmarshalBinary(data) != nil {
			assert.Equal(t, newBlocks(t, 16), b)
			return
		}
		state, err := b.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, state)
		b.Add(1)
		_ = b.Stationarity()
		_, _ = b.BurnIn()
		_ = b.MeanAfter(b.Count() / 2)
	})
}
