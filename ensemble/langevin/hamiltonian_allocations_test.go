package langevin

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHamiltonianStepsDoNotAllocate(t *testing.T) {
	model := conditioned(50, 100)
	for _, sampler := range []Sampler{
		HMC{Step: 0.1}, HMC{Tuning: DualAveraging{Steps: 10_000}},
		MCLMC{Step: 1, Length: 8}, MCLMC{Step: 1, Length: 8, Leapfrog: true},
		MCLMC{Tuning: MCLMCTuning{Steps: 10_000}},
		AdjustedMCLMC{Step: 1, Length: 8, Refresh: 1}, AdjustedMCLMC{Tuning: AdjustedTuning{Steps: 10_000}},
	} {
		chain, err := NewChain(Config{Sampler: sampler, S: 1}, model)
		require.NoError(t, err)
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := chain.Step(); err != nil {
				panic(err)
			}
		}), "%v", sampler)
	}
	w, err := NewWalkers(WalkersConfig{Config: Config{S: 1}, Every: 10}, model)
	require.NoError(t, err)
	require.NoError(t, w.Run(context.Background(), 100, nil, nil))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := w.chains[0].Step(); err != nil {
			panic(err)
		}
	}), "a walker")
}
