package langevin

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scattered is a model of two parameters whose sample i has the gradient (i², −i).
type scattered struct{}

func (scattered) Samples() int { return 6 }
func (scattered) Params() int  { return 2 }

func (scattered) Gradient(dst, _ []float32, samples []int) float64 {
	clear(dst)
	for _, i := range samples {
		dst[0] += float32(i*i) / float32(len(samples))
		dst[1] -= float32(i) / float32(len(samples))
	}
	return 0
}

// CCAdL's Σ is the mean over the steps of S²(1/m − 1/N) times the variance of the
// gradients of the samples drawn, from the first step on, or with κ fixed the moving one.
func TestCCAdLVariances(t *testing.T) {
	for _, kappa := range []float64{0, 0.4} {
		chain, err := NewChain(Config{Sampler: CCAdL{Kappa: kappa}, S: 3, Batch: 2}, scattered{})
		require.NoError(t, err)
		stepper := chain.stepper.(*ccadl)
		want := []float64{0, 0}
		for step := range 10 {
			_, err := chain.Step()
			require.NoError(t, err)
			batch := chain.system.batches.deck.Draw(0, nil) // those drawn in this step
			require.Len(t, batch, 2)
			a, b := float64(batch[0]), float64(batch[1])
			share := max(1/float64(step+1), kappa)
			for i, difference := range []float64{a*a - b*b, a - b} {
				variance := 9 * (1.0/2 - 1.0/6) * difference * difference / 2
				want[i] += share * (variance - want[i])
				assert.InDelta(t, want[i], stepper.sigma[i], 1e-9)
			}
		}
	}
}

// The mean of the estimates of the variances, over all minibatches in all orders, is exactly
// what it should be, for any number of groups, also of different sizes.
func TestSpreadHasNoBias(t *testing.T) {
	const n, m = 6, 5
	exact := [2]float64{} // of the gradients (i², −i) of all samples, i = 0 … 5
	for i, mean := range []float64{55.0 / n, 15.0 / n} {
		for k := range n {
			x := float64(k)
			if i == 0 {
				x *= x
			}
			exact[i] += (x - mean) * (x - mean) / (n - 1)
		}
	}
	for groups := 2; groups <= m; groups++ {
		chain, err := NewChain(Config{Sampler: CCAdL{Groups: groups}, Batch: m}, scattered{})
		require.NoError(t, err)
		s := chain.stepper.(*ccadl).spread
		mean, orders := [2]float64{}, 0
		var visit func(drawn []int)
		visit = func(drawn []int) {
			if len(drawn) == m {
				s.add(chain.Params(), drawn)
				mean[0], mean[1], orders = mean[0]+s.variance(0, m), mean[1]+s.variance(1, m), orders+1
				return
			}
			for k := range n {
				if !slices.Contains(drawn, k) {
					visit(append(slices.Clone(drawn), k))
				}
			}
		}
		visit(nil)
		require.Equal(t, 720, orders)
		for i := range exact {
			assert.InDelta(t, exact[i], mean[i]/float64(orders), 1e-5*exact[i], "%d groups", groups)
		}
	}
}

// There are four groups, or as many as samples if there are fewer.
func TestCCAdLGroups(t *testing.T) {
	for _, c := range []struct{ groups, batch, want int }{{0, 2, 2}, {0, 5, 4}, {3, 5, 3}, {5, 5, 5}} {
		chain, err := NewChain(Config{Sampler: CCAdL{Groups: c.groups}, Batch: c.batch}, scattered{})
		require.NoError(t, err)
		assert.Equal(t, c.want, chain.stepper.(*ccadl).spread.groups)
	}
	for _, groups := range []int{-1, 1, 5} {
		_, err := NewChain(Config{Sampler: CCAdL{Groups: groups}, Batch: 4}, scattered{})
		assert.ErrorContains(t, err, "CCAdL.Groups = "+strconv.Itoa(groups)+", want 2 to the 4 samples")
	}
}

// What a saved state of a sampler must be.
func TestStatesOfSamplers(t *testing.T) {
	chain, err := NewChain(Config{Sampler: CCAdL{}, Batch: 2}, scattered{})
	require.NoError(t, err)
	c := chain.stepper.(*ccadl)
	c.sigma = []float64{1, 2}
	assert.ErrorContains(t, c.UnmarshalBinary([]byte("abc")), "has 3 bytes, want 16")
	negative, err := (&ccadl{sigma: []float64{3, -1}}).MarshalBinary()
	require.NoError(t, err)
	assert.ErrorContains(t, c.UnmarshalBinary(negative), "variance -1")
	assert.Equal(t, []float64{1, 2}, c.sigma)
	p := &psgld{squares: []float32{1, 2}}
	assert.ErrorContains(t, p.UnmarshalBinary([]byte("abc")), "has 3 bytes, want 8")
	assert.ErrorContains(t, p.UnmarshalBinary([]byte{0, 0, 0, 0, 0, 0, 0xc0, 0x7f}), "NaN at 1")
	assert.Equal(t, []float32{1, 2}, p.squares)
}
