package tps

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// Where a test needs references, each model has one at its start after the first step,
// whoever computed it, and models that are the same share one computation.
func TestFirstReferences(t *testing.T) {
	const tau = 6
	for _, estimate := range []minibatch.Estimate{minibatch.Weighted, minibatch.Controlled} {
		config, losses := referencedConfig(t, 400, tau, 0, 0, estimate)
		start, err := RandomWalk(tau, config.Start.Model(0), 0.05, random.Source(4))
		require.NoError(t, err)
		copy(start.Model(3), start.Model(0))
		copy(start.Model(5), start.Model(2))
		config.Start = start

		want := newChain(t, config, losses)
		require.Equal(t, 4, want.prepareReferences())
		for _, workers := range []int{1, 2, 3, 8} {
			t.Run(fmt.Sprint(estimate, ", workers ", workers), func(t *testing.T) {
				chain := newSweeper(t, config, losses, workers)
				require.Equal(t, 4, chain.prepareReferences())
				for at := range tau {
					ref, first := chain.referenceAt(at), want.referenceAt(at)
					require.True(t, ref.live)
					require.Equal(t, start.Model(at), ref.model)
					require.Equal(t, first.gradient, ref.gradient)
					require.Equal(t, first.strata, ref.strata)
				}
				require.Zero(t, chain.prepareReferences(), "they are there")

				stepped := newSweeper(t, config, losses, workers)
				require.NoError(t, stepped.Run(context.Background(), 1))
				require.Equal(t, 4, stepped.Stats().References)
			})
		}
	}
}
