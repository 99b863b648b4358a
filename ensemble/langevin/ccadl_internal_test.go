package langevin

import (
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
