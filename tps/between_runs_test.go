package tps

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// s between runs: the steps have it, and the chain is the one that a schedule
// with the same steps makes.
func TestSetS(t *testing.T) {
	l := newLine(256, 1)
	config := lineConfig()
	swept := newChain(t, config, l)
	require.NoError(t, swept.Run(context.Background(), 300))
	require.NoError(t, swept.SetS(7))
	assert.Equal(t, 7.0, swept.S())
	require.NoError(t, swept.Run(context.Background(), 600, EachStep(func(_ *Chain, step Step) error {
		assert.Equal(t, 7.0, step.S)
		return nil
	})))

	config.S, config.Schedule = 0, Stepped{{0, 100}, {300, 7}}
	scheduled := newChain(t, config, l)
	require.NoError(t, scheduled.Run(context.Background(), 600))
	assert.Equal(t, scheduled.Trajectory().Values(), swept.Trajectory().Values())

	// A schedule is replaced, too.
	require.NoError(t, scheduled.SetS(3))
	assert.Equal(t, 3.0, scheduled.S())
	assert.Equal(t, 3.0, scheduled.Config().S)
	assert.Nil(t, scheduled.Config().Schedule)

	assert.ErrorContains(t, swept.SetS(math.NaN()), "s = NaN, want a finite number")
	assert.Equal(t, 7.0, swept.S(), "an s that is refused changes nothing")
}

// A checkpoint after SetS is for a chain with that s, however it came to it.
func TestCheckpointAfterSetS(t *testing.T) {
	l := newLine(256, 1)
	chain := newChain(t, lineConfig(), l)
	require.NoError(t, chain.Run(context.Background(), 50))
	save(t, chain) // has described the settings
	require.NoError(t, chain.SetS(7))
	require.NoError(t, chain.Run(context.Background(), 100))
	file := save(t, chain)

	original := newChain(t, lineConfig(), l)
	err := original.ReadCheckpoint(bytes.NewReader(file))
	assert.EqualError(t, err, "tps: the checkpoint does not fit: s is 7 in the checkpoint, 100 here")
	require.NoError(t, original.SetS(7))
	restore(t, original, file)

	config := lineConfig()
	config.S = 7
	made := newChain(t, config, l)
	restore(t, made, file)
	for _, resumed := range []*Chain{original, made} {
		require.NoError(t, resumed.Run(context.Background(), 500))
	}
	require.NoError(t, chain.Run(context.Background(), 500))
	assert.Equal(t, save(t, chain), save(t, original))
	assert.Equal(t, save(t, chain), save(t, made))
}

// A trajectory that is set is the state, as if the chain had started from it.
func TestSetTrajectory(t *testing.T) {
	l := newLine(256, 1)
	other, err := RandomWalk(4, []float32{1, -1}, 0.1, normalSource(5))
	require.NoError(t, err)
	copied := other.Clone()

	source := random.Source(8)
	config := lineConfig()
	config.Source = source
	config.Test = adaptive(t, 256, minibatch.AdaptiveConfig{Rule: minibatch.Stopping}) // which learns nothing
	chain := newChain(t, config, l)
	require.NoError(t, chain.Run(context.Background(), 100))
	require.NoError(t, chain.SetTrajectory(other))
	assert.Equal(t, other.Values(), chain.Trajectory().Values())
	assert.True(t, math.IsNaN(chain.LossEstimate()), "estimates of models that are gone")
	state, err := source.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, chain.Run(context.Background(), 600))
	assert.Equal(t, copied, other, "the chain has changed what it was given")

	config.Start, config.Source = other, random.Source(0)
	started := newChain(t, config, l)
	require.NoError(t, config.Source.(interface{ UnmarshalBinary([]byte) error }).UnmarshalBinary(state))
	require.NoError(t, started.Run(context.Background(), 500))
	assert.Equal(t, started.Trajectory().Values(), chain.Trajectory().Values())
	mean, again := make([]float64, 4), make([]float64, 4)
	require.NoError(t, chain.MeanLosses(mean))
	require.NoError(t, chain.SetTrajectory(chain.Trajectory().Clone()))
	require.NoError(t, chain.MeanLosses(again))
	assert.Equal(t, mean, again)
}

func TestSetTrajectoryErrors(t *testing.T) {
	chain := newChain(t, lineConfig(), newLine(256, 1))
	before := save(t, chain)
	short, err := NewTrajectory(3, 2)
	require.NoError(t, err)
	bad, err := NewTrajectory(4, 2)
	require.NoError(t, err)
	bad.Model(3)[0] = float32(math.Inf(1))
	assert.ErrorContains(t, chain.SetTrajectory(nil), "tps: the trajectory is nil")
	assert.ErrorContains(t, chain.SetTrajectory(short), "tps: the trajectory has 3 models of 2 parameters, want Tau = 4 of 2")
	assert.ErrorContains(t, chain.SetTrajectory(bad), "tps: the trajectory: parameter 0 of model 3 is +Inf")
	assert.Equal(t, before, save(t, chain))
}

// What is asked for is the total.
func TestRunCountsTheTotal(t *testing.T) {
	l := newLine(256, 1)
	chain := newChain(t, lineConfig(), l)
	ctx := context.Background()
	for _, total := range []int{0, 10, 10, 35} {
		require.NoError(t, chain.Run(ctx, total))
		assert.Equal(t, total, chain.Steps())
	}
	assert.EqualError(t, chain.Run(ctx, 34), "tps: total = 34, want at least the 35 steps that the chain has made")
	assert.EqualError(t, chain.Run(ctx, -5), "tps: total = -5, want at least the 35 steps that the chain has made")
	assert.EqualError(t, newChain(t, lineConfig(), l).Run(ctx, -5), "tps: total = -5, want at least the 0 steps that the chain has made")
	var none context.Context
	assert.EqualError(t, chain.Run(none, 40), "tps: the context is nil")
	assert.Equal(t, 35, chain.Steps())

	resumed := newChain(t, lineConfig(), l)
	restore(t, resumed, save(t, chain))
	require.NoError(t, errors.Join(RunAll(ctx, []*Chain{chain, resumed}, 50, nil)...))
	assert.Equal(t, [2]int{50, 50}, [2]int{chain.Steps(), resumed.Steps()})
	assert.Equal(t, save(t, chain), save(t, resumed))
	errs := RunAll(ctx, []*Chain{chain, resumed}, 49, nil)
	assert.EqualError(t, errs[1], "chain 1: tps: total = 49, want at least the 50 steps that the chain has made")
}
