package tps

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/exact"
)

// ill losses are NaN after a number of calls.
type ill struct {
	*exact.Linear
	calls int
}

func (l *ill) Losses(dst [][]float64, models [][]float32, samples []int) {
	l.Linear.Losses(dst, models, samples)
	if l.calls--; l.calls < 0 {
		dst[0][0] = math.NaN()
	}
}

// Concurrent would be that of the Linear.
func (l *ill) Concurrent() bool { return false }

// One bad chain is reported, and the others get to their end as if they ran
// alone.
func TestRunAllReportsABadChain(t *testing.T) {
	config := func(k int) Config { return Config{Tau: 4, Sigma: 0.1, S: 10, Seed: 1, Stream: uint64(k)} }
	var chains []*Chain
	for k := range 4 {
		var losses Losses = newLine(64, 1)
		if k == 2 {
			losses = &ill{newLine(64, 1), 50}
		}
		chains = append(chains, newChain(t, config(k), losses))
	}
	const steps = 500
	observed := make([]int, len(chains))
	errs := RunAll(context.Background(), chains, steps, func(k int) []Observer {
		return []Observer{EachStep(func(*Chain, Step) error { observed[k]++; return nil })}
	})
	var total Stats
	for k, chain := range chains {
		total.Add(chain.Stats())
		assert.Equal(t, chain.Steps(), observed[k])
		if k == 2 {
			continue
		}
		assert.NoError(t, errs[k])
		alone := newChain(t, config(k), newLine(64, 1))
		require.NoError(t, alone.Run(context.Background(), steps))
		assert.Equal(t, alone.Trajectory().Values(), chain.Trajectory().Values())
	}
	var bad *ChainError
	require.ErrorAs(t, errors.Join(errs...), &bad)
	assert.Equal(t, 2, bad.Chain)
	var loss *LossError
	assert.ErrorAs(t, bad, &loss)
	assert.ErrorContains(t, bad, "chain 2: tps: the loss of sample")
	assert.Less(t, chains[2].Steps(), 60)
	assert.Equal(t, 3*steps+chains[2].Steps(), total.Steps)
	moves, decisions := 0, 0
	for _, m := range total.Moves {
		moves += m.Proposed
	}
	for _, n := range total.Decisions {
		decisions += n
	}
	assert.Equal(t, [2]int{total.Steps, total.Steps}, [2]int{moves, decisions})
}

// inside are losses in a value that holds a pointer.
type inside struct{ losses *ill }

func (p inside) Samples() int { return p.losses.Samples() }
func (p inside) Params() int  { return p.losses.Params() }
func (p inside) Losses(dst [][]float64, models [][]float32, samples []int) {
	p.losses.Losses(dst, models, samples)
}

// Chains that would get in each other's way are refused, and none runs.
func TestRunAllRefusesSharedState(t *testing.T) {
	healthy := func() *ill { return &ill{newLine(64, 1), math.MaxInt} }
	config := func(stream uint64) Config { return Config{Tau: 4, Sigma: 0.1, S: 10, Stream: stream} }
	losses := healthy()
	withSource, withTest := config(0), config(0)
	withSource.Source = random.Source(1)
	withTest.Test = &eager{random.NewDeck(64), nil} // has no Clone
	same := newChain(t, config(1), healthy())
	for says, chains := range map[string][]*Chain{
		"chain 2: tps: it is the same chain as chain 0": {same, newChain(t, config(2), healthy()), same},
		"chain 1: tps: the chain is nil":                {same, nil},
		"chain 1: tps: it has the same losses as chain 0: two goroutines would use them at once": {
			newChain(t, config(1), losses), newChain(t, config(2), losses)},
		"chain 2: tps: it has the same losses as chain 1": {
			same, newChain(t, config(1), inside{losses}), newChain(t, config(2), inside{losses})},
		"chain 1: tps: it has the same source of random numbers as chain 0": {
			newChain(t, withSource, healthy()), newChain(t, withSource, healthy())},
		"chain 1: tps: it has the same acceptance test as chain 0": {
			newChain(t, withTest, healthy()), newChain(t, withTest, healthy())},
	} {
		err := errors.Join(RunAll(context.Background(), chains, 10, nil)...)
		require.ErrorContains(t, err, says)
		for _, chain := range chains {
			if chain != nil {
				assert.Zero(t, chain.Steps(), says)
			}
		}
	}

	// What is not shared, or may be, runs: equal values without state, losses
	// that say so.
	shared := newLine(64, 1)
	for name, chains := range map[string][]*Chain{
		"values":     {newChain(t, config(1), none{2}), newChain(t, config(2), none{2})},
		"concurrent": {newChain(t, config(1), shared), newChain(t, config(2), shared)},
		"different":  {newChain(t, config(1), inside{healthy()}), newChain(t, config(2), inside{healthy()})},
	} {
		require.NoError(t, errors.Join(RunAll(context.Background(), chains, 10, nil)...), name)
	}
}

func TestRunAllWithoutAContext(t *testing.T) {
	var none context.Context
	errs := RunAll(none, []*Chain{newChain(t, lineConfig(), newLine(64, 1))}, 10, nil)
	assert.EqualError(t, errs[0], "chain 0: tps: the context is nil")
}

// The sum of the statistics of several chains is that of all their steps.
func TestStatsAdd(t *testing.T) {
	var all, added Stats
	for k := range 3 {
		config := Config{Tau: 4, Sigma: 0.1, S: 300, Width: k + 1, Seed: uint64(k)}
		chain := newChain(t, config, newLine(256, 1))
		require.NoError(t, chain.Run(context.Background(), 100*(k+1), EachStep(func(_ *Chain, step Step) error {
			all.count(&step)
			return nil
		})))
		added.Add(chain.Stats())
	}
	assert.Equal(t, all, added)
	assert.Equal(t, 600, added.Steps)
	assert.Greater(t, added.Evaluations, 2*added.DataUse)
}

func TestStreamsAreIndependent(t *testing.T) {
	run := func(seed, stream uint64) []float32 {
		chain := newChain(t, Config{Tau: 4, Sigma: 0.1, Seed: seed, Stream: stream}, newLine(64, 1))
		return chain.Trajectory().Values()
	}
	assert.Equal(t, run(1, 2), run(1, 2))
	assert.NotEqual(t, run(1, 0), run(1, 1))
	assert.NotEqual(t, run(1, 2), run(2, 1))
}

func TestRunAllHonorsItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	chains := []*Chain{
		newChain(t, Config{Tau: 4, Sigma: 0.1}, newLine(64, 1)),
		newChain(t, Config{Tau: 4, Sigma: 0.1}, newLine(64, 1)),
	}
	errs := RunAll(ctx, chains, math.MaxInt, func(k int) []Observer {
		return []Observer{Every(100, func(*Chain) error {
			if k == 0 {
				cancel()
			}
			return nil
		})}
	})
	assert.ErrorIs(t, errs[0], context.Canceled)
	assert.ErrorIs(t, errs[1], context.Canceled)
}

func TestConcatenate(t *testing.T) {
	a, err := RandomWalk(2, []float32{1, 2}, 1, normalSource(1))
	require.NoError(t, err)
	b, err := RandomWalk(3, []float32{3, 4}, 1, normalSource(2))
	require.NoError(t, err)
	all, err := Concatenate(a, b)
	require.NoError(t, err)
	assert.Equal(t, 5, all.Len())
	assert.Equal(t, a.Model(1), all.Model(1))
	assert.Equal(t, b.Model(0), all.Model(2))
	all.Model(0)[0] = 9
	assert.Equal(t, float32(1), a.Model(0)[0])
	c, err := NewTrajectory(1, 3)
	require.NoError(t, err)
	_, err = Concatenate(a, c)
	assert.ErrorContains(t, err, "trajectory 1 has models of 3 parameters, want 2")
	_, err = Concatenate(a, nil)
	assert.ErrorContains(t, err, "tps: trajectory 1 is nil")
	_, err = Concatenate(nil, a)
	assert.ErrorContains(t, err, "tps: trajectory 0 is nil")
	_, err = Concatenate()
	assert.ErrorContains(t, err, "no trajectories")
}
