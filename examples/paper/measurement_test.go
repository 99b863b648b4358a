package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

// Without a tilt worth the name, the first models are as the prior has them, from a start
// that is drawn from it on.
func TestPriorIsSampled(t *testing.T) {
	for _, name := range samplerNames {
		c, err := samplerConfig(name)
		require.NoError(t, err)
		c.Data, c.Samples, c.Tau, c.S, c.Sigma, c.Prior = "digits", 64, 3, 1e-9, 0.2, 0.25
		c.Chunk, c.Measured, c.Tuned = 8, 8, false
		problem, err := shared.get(t.Context(), c)
		require.NoError(t, err)
		start, err := problem.start(c)
		require.NoError(t, err)
		chain, l, err := problem.newChain(c, start, 1)
		require.NoError(t, err)
		defer l.Close()
		variance := func() (of float64) {
			for _, x := range chain.Trajectory().Model(0) {
				of += float64(x) * float64(x)
			}
			return of / float64(len(start.Model(0))) / (c.Prior * c.Prior)
		}
		// One variance has a standard error of √(2/P), 3 %.
		one := math.Sqrt(2 / float64(len(start.Model(0))))
		require.InDelta(t, 1, variance(), 4*one)
		const rounds = 20
		total := 0.0
		require.NoError(t, chain.Run(t.Context(), rounds*200, tps.Every(200, func(*tps.Chain) error {
			total += variance() / rounds
			return nil
		})))
		t.Logf("%s: %.4f", name, total)
		require.InDelta(t, 1, total, 4*one)
	}
}

// A model whose units are all off is constant, whatever its size.
func TestConstant(t *testing.T) {
	c := tiny(t)["cnn, paper"]
	problem, err := shared.get(t.Context(), c)
	require.NoError(t, err)
	start, err := problem.start(c)
	require.NoError(t, err)
	l, err := problem.newLosses(c, 1)
	require.NoError(t, err)
	defer l.Close()
	m, err := newMeasurement(c, problem, l)
	require.NoError(t, err)
	require.Zero(t, m.constant(start))

	// The biases of the second convolution follow its 8 × 16 × 3 × 3 weights, and these
	// the 16 × (25 + 1) numbers of the first.
	const biases = 16*26 + 8*16*9
	for k := range 8 {
		start.Model(1)[biases+k] = -1e6
	}
	require.InDelta(t, 1.0/3, m.constant(start), 1e-12)
	require.InDelta(t, 1e6*math.Sqrt(8.0/float64(len(start.Values()))), size(start), 1)
}
