package tps

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// newSmallExchange returns an exchange of three chains on a line, which often swap.
func newSmallExchange(t testing.TB, losses Losses) *Exchange {
	t.Helper()
	return newExchange(t, ExchangeConfig{Every: 7}, newLadder(t, Config{Tau: 3, Sigma: 0.1, Seed: 5}, losses, 100, 60, 150)...)
}

// Round trips counted by hand: from the lowest to the highest and back, no less.
func TestRoundTrips(t *testing.T) {
	r := newWhereabouts([]int{0, 1, 2})
	for i, c := range []struct {
		pair  int
		at    []int
		trips []int
	}{
		{0, []int{1, 0, 2}, []int{0, 0, 0}},
		{0, []int{0, 1, 2}, []int{0, 0, 0}}, // 0 is back from the middle only
		{0, []int{1, 0, 2}, []int{0, 0, 0}},
		{1, []int{1, 2, 0}, []int{0, 0, 0}}, // 0 has come up
		{0, []int{2, 1, 0}, []int{0, 0, 0}}, // 2 has come down, and had not come up
		{1, []int{2, 0, 1}, []int{0, 0, 0}},
		{1, []int{2, 1, 0}, []int{0, 0, 0}}, // 0 at the top again
		{1, []int{2, 0, 1}, []int{0, 0, 0}},
		{0, []int{0, 2, 1}, []int{1, 0, 0}}, // 0 is back
		{1, []int{0, 1, 2}, []int{1, 0, 0}},
		{0, []int{1, 0, 2}, []int{1, 1, 0}}, // 1 was at the bottom, at the top, and is back
		{1, []int{1, 2, 0}, []int{1, 1, 0}},
		{0, []int{2, 1, 0}, []int{1, 1, 1}}, // 2 came down, up, and down
	} {
		r.swap(c.pair)
		assert.Equal(t, c.at, r.at, "swap %d", i)
		assert.Equal(t, c.trips, r.trips, "swap %d", i)
	}
	two := newWhereabouts([]int{1, 0})
	for range 5 {
		two.swap(0)
	}
	assert.Equal(t, []int{2, 2}, two.trips)
}

// What Stats says of the replicas is what becomes of the states, and even and odd pairs
// swap by turns.
func TestExchangeStats(t *testing.T) {
	// The moves leave the sign of the one parameter, by which states are told apart, alone.
	chains := newLadder(t, Config{Tau: 1, Sigma: 1e-6}, none{1}, 3, 1, 2, 4)
	start, err := NewTrajectory(1, 1)
	require.NoError(t, err)
	for k, chain := range chains {
		start.values[0] = float32(10 * (k + 1))
		require.NoError(t, chain.SetTrajectory(start))
	}
	stage, trips, replicas := make([]int, 4), make([]int, 4), []int{0, 1, 2, 3}
	stage[1] = 1
	order := []int{1, 2, 0, 3}
	rounds := 0
	x := newExchange(t, ExchangeConfig{Every: 2, Test: barker(t, 2), AfterRound: func(x *Exchange) error {
		rounds++
		stats := x.Stats()
		for k, chain := range x.Chains() {
			assert.InDelta(t, 10*(stats.Replicas[k]+1), chain.Trajectory().values[0], 1)
		}
		for pair := range 3 {
			before := [2]int{replicas[order[pair]], replicas[order[pair+1]]}
			now := [2]int{stats.Replicas[order[pair]], stats.Replicas[order[pair+1]]}
			if pair%2 == (rounds-1)%2 {
				assert.ElementsMatch(t, before, now)
			}
			assert.Equal(t, (rounds+1-pair%2)/2, stats.Pairs[pair].Swaps.Proposed)
		}
		replicas = stats.Replicas
		low, high := replicas[1], replicas[3]
		if stage[low] == 2 {
			trips[low]++
		}
		stage[low] = 1
		if stage[high] == 1 {
			stage[high] = 2
		}
		assert.Equal(t, trips, stats.RoundTrips)
		return nil
	}}, chains...)
	assert.Equal(t, []int{0, 1, 2, 3}, x.Stats().Replicas)
	require.NoError(t, x.Run(context.Background(), 801, nil))
	stats := x.Stats()
	assert.Equal(t, 400, rounds)
	assert.Equal(t, 400, stats.Rounds)
	assert.Greater(t, stats.TotalRoundTrips(), 20)
	for pair, p := range stats.Pairs {
		assert.Equal(t, [2]int{order[pair], order[pair+1]}, [2]int{p.Low, p.High})
		assert.Equal(t, 200, p.Swaps.Proposed)
		assert.InDelta(t, 0.5, p.Swaps.Acceptance(), 0.15)
		assert.Equal(t, 200, p.Decisions[minibatch.FullData])
		assert.Equal(t, [2]int{400, 800}, [2]int{p.DataUse, p.Evaluations})
	}
	x.ResetStats()
	stats = x.Stats()
	assert.Zero(t, stats.Rounds+stats.TotalRoundTrips()+stats.Pairs[1].Swaps.Proposed)
	assert.Equal(t, replicas, stats.Replicas)
}

// A single pair swaps in each round.
func TestExchangeOfTwo(t *testing.T) {
	x := newExchange(t, ExchangeConfig{}, newLadder(t, Config{Tau: 2, Sigma: 0.1}, newLine(16, 1), 1, 2)...)
	assert.Equal(t, 8, x.Config().Every)
	require.NoError(t, x.Run(context.Background(), 79, nil))
	assert.Equal(t, 9, x.Stats().Pairs[0].Swaps.Proposed)
}

// sequential losses are for one goroutine.
type sequential struct{ *exact.Linear }

func (*sequential) Concurrent() bool { return false }

// The same, bit for bit, for any number of processors, in pieces or at once, and if the
// chains run one after another.
func TestExchangeIsReproducible(t *testing.T) {
	l := newLine(64, 1)
	whole := newSmallExchange(t, l)
	require.NoError(t, whole.Run(context.Background(), 300, nil))
	want := saveExchange(t, whole)
	accepted := 0
	for _, pair := range whole.Stats().Pairs {
		accepted += pair.Swaps.Accepted
	}
	require.Greater(t, accepted, 5)

	for _, procs := range []int{1, 4} {
		for _, losses := range []Losses{l, &sequential{l}} {
			x := newSmallExchange(t, losses)
			assert.Equal(t, losses == Losses(l), x.atOnce)
			func() {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
				for total := 0; total <= 300; total += 25 {
					require.NoError(t, x.Run(context.Background(), total, nil))
					assert.Equal(t, total, x.Steps())
				}
			}()
			assert.Equal(t, want, saveExchange(t, x))
		}
	}
}

// A run that is stopped in whichever way goes on as if it had not been.
func TestStoppedExchangeGoesOn(t *testing.T) {
	l := newLine(64, 1)
	whole := newSmallExchange(t, l)
	require.NoError(t, whole.Run(context.Background(), 100, nil))
	want := saveExchange(t, whole)
	failure := errors.New("failure")
	for name, c := range map[string]struct {
		at  int // of chain 1
		err error
	}{
		"stop within": {30, ErrStop}, "stop at the end of a round": {35, ErrStop}, "stop at the end": {100, ErrStop},
		"failure within": {30, failure}, "failure at the end of a round": {35, failure},
	} {
		for _, each := range []bool{false, true} {
			x := newSmallExchange(t, l)
			err := x.Run(context.Background(), 100, func(k int) []Observer {
				stop := func(chain *Chain) error {
					if k == 1 && chain.Steps() == c.at {
						return c.err
					}
					return nil
				}
				if each {
					return []Observer{EachStep(func(chain *Chain, _ Step) error { return stop(chain) })}
				}
				return []Observer{{}, Every(5, stop)}
			})
			if c.err == failure {
				var of *ChainError
				require.ErrorAs(t, err, &of, name)
				assert.Equal(t, 1, of.Chain)
				assert.ErrorIs(t, err, failure)
			} else {
				require.NoError(t, err, name)
			}
			assert.Equal(t, c.at, x.chains[1].Steps(), name)
			assert.Equal(t, (c.at-1)/7, x.Stats().Rounds, name)
			require.NoError(t, x.Run(context.Background(), 100, nil), name)
			assert.Equal(t, want, saveExchange(t, x), name)
		}
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	x := newExchange(t, ExchangeConfig{Every: 7, AfterRound: func(x *Exchange) error {
		if x.Steps() == 49 {
			cancel(failure)
		}
		return nil
	}}, newSmallExchange(t, l).Chains()...)
	assert.Equal(t, failure, x.Run(ctx, 100, nil), "once, not for each chain")
	assert.Equal(t, 49, x.Steps())
	require.NoError(t, x.Run(context.Background(), 100, nil))
	assert.Equal(t, want, saveExchange(t, x))

	for _, stop := range []error{ErrStop, failure} {
		x := newExchange(t, ExchangeConfig{Every: 7, AfterRound: func(x *Exchange) error {
			if x.Steps() == 49 {
				return stop
			}
			return nil
		}}, newSmallExchange(t, l).Chains()...)
		if err := x.Run(context.Background(), 100, nil); stop == failure {
			assert.Equal(t, failure, err)
		} else {
			assert.NoError(t, err)
		}
		assert.Equal(t, 49, x.Steps())
		require.NoError(t, x.Run(context.Background(), 100, nil))
		assert.Equal(t, want, saveExchange(t, x))
	}
}

// fails is a test that fails once.
type fails struct {
	minibatch.Test
	in *int
}

func (f fails) Clone() minibatch.Test { return fails{cloneTest(f.Test), f.in} }
func (f fails) String() string        { return "fails" }

func (f fails) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	if *f.in--; *f.in == 0 {
		return minibatch.Decision{}, errors.New("failure")
	}
	return f.Test.Decide(d, s, source)
}

// A round in which a swap fails goes on with that swap.
func TestFailedSwap(t *testing.T) {
	run := func(in int) []byte {
		l := newLine(64, 1)
		test := fails{barker(t, 64), &in}
		x := newExchange(t, ExchangeConfig{Every: 7, Test: test}, newLadder(t, Config{Tau: 3, Sigma: 0.1}, l, 100, 60, 150, 80, 120)...)
		if err := x.Run(context.Background(), 100, nil); in == 0 {
			require.EqualError(t, err, "failure (swap of chains 0 and 4)")
			assert.Equal(t, 7, x.Steps())
			assert.Zero(t, x.Stats().Rounds)
			again := newExchange(t, ExchangeConfig{Every: 7, Test: test}, newLadder(t, Config{Tau: 3, Sigma: 0.1}, l, 100, 60, 150, 80, 120)...)
			restoreExchange(t, again, saveExchange(t, x))
			x = again
			require.NoError(t, x.Run(context.Background(), 100, nil))
		} else {
			require.NoError(t, err)
		}
		return saveExchange(t, x)
	}
	assert.Equal(t, run(math.MaxInt), run(2))
}

// Swaps do not allocate.
func TestSwapDoesNotAllocate(t *testing.T) {
	for _, sigma := range []float64{0.1, 0.1001} { // a known part, or none
		l := newLine(256, 1)
		chains := []*Chain{
			newChain(t, Config{Tau: 4, Sigma: 0.1, S: 100, Prior: &Gaussian{Sigma: 1}}, l),
			newChain(t, Config{Tau: 4, Sigma: sigma, S: 110, Stream: 1, Prior: &Gaussian{Sigma: 1}}, l),
		}
		x := newExchange(t, ExchangeConfig{}, chains...)
		require.NoError(t, x.Run(context.Background(), 1000, nil))
		before := x.Stats().Pairs[0].Swaps.Accepted
		assert.Zero(t, testing.AllocsPerRun(200, func() { require.NoError(t, x.swap(0)) }))
		assert.Greater(t, x.Stats().Pairs[0].Swaps.Accepted, before+20)
	}

	var chains []*Chain
	for k := range 2 {
		config, sloped := referencedConfig(t, 400, 3, 1, 1, minibatch.Controlled)
		config.S *= 1 + 0.1*float64(k)
		config.Stream = uint64(k)
		chains = append(chains, newChain(t, config, &steady{slopedRegression: sloped}))
		chains[k].prepared = true // references come where the chains are, not where they begin
	}
	x := newExchange(t, ExchangeConfig{}, chains...)
	require.NoError(t, x.Run(context.Background(), 1000, nil))
	before := x.Stats().Pairs[0]
	assert.Zero(t, testing.AllocsPerRun(200, func() { require.NoError(t, x.swap(0)) }))
	after := x.Stats().Pairs[0]
	assert.Greater(t, after.Swaps.Accepted, before.Swaps.Accepted+20)
	assert.Greater(t, after.Estimates[minibatch.Controlled], before.Estimates[minibatch.Controlled]+100)
}

func TestExchangeErrors(t *testing.T) {
	l := newLine(16, 1)
	config := Config{Tau: 2, Sigma: 0.1, S: 1}
	chain := func(change func(*Config)) *Chain {
		config := config
		config.S, config.Stream = 2, 1
		if change != nil {
			change(&config)
		}
		return newChain(t, config, l)
	}
	first, second := newChain(t, config, l), chain(nil)
	shared, source := &alternating{Test: barker(t, 16)}, random.Source(9)
	moved := chain(nil)
	require.NoError(t, moved.Run(context.Background(), 3))
	var nilSource *random16
	for _, c := range []struct {
		says   string
		config ExchangeConfig
		chains []*Chain
	}{
		{"tps: an Exchange of 1 chains, want at least 2", ExchangeConfig{}, []*Chain{first}},
		{"chain 1: tps: the chain is nil", ExchangeConfig{}, []*Chain{first, nil}},
		{"chain 0: tps: the chain is nil", ExchangeConfig{}, []*Chain{nil, first}},
		{"chain 2: tps: it is the same chain as chain 0", ExchangeConfig{}, []*Chain{first, second, first}},
		{"chain 1: tps: s = 1, want another than that of chain 0", ExchangeConfig{}, []*Chain{first, chain(func(c *Config) { c.S = 1 })}},
		{`chain 1: tps: s has the schedule tps.Linear {"From":1,"To":2,"Steps":3}, want a constant`, ExchangeConfig{},
			[]*Chain{first, chain(func(c *Config) { c.S, c.Schedule = 0, Linear{1, 2, 3} })}},
		{"chain 1: tps: Tau = 3, want 2 as that of chain 0", ExchangeConfig{}, []*Chain{first, chain(func(c *Config) { c.Tau = 3 })}},
		{"chain 1: tps: the losses have 17 samples and 2 parameters, want 16 and 2 as those of chain 0", ExchangeConfig{},
			[]*Chain{first, newChain(t, Config{Tau: 2, Sigma: 0.1, S: 2, Stream: 1}, newLine(17, 1))}},
		{`chain 1: tps: the losses differ from those of chain 0 in "data"`, ExchangeConfig{}, []*Chain{
			newChain(t, config, named{l, "one"}), newChain(t, Config{Tau: 2, Sigma: 0.1, S: 2, Stream: 1}, named{l, "two"})}},
		{"chain 1: tps: it has made 3 steps, want 0 as chain 0", ExchangeConfig{}, []*Chain{first, moved}},
		{"chain 1: tps: it has the same source of random numbers as chain 0", ExchangeConfig{},
			[]*Chain{chain(func(c *Config) { c.S, c.Source = 3, source }), chain(func(c *Config) { c.Source = source })}},
		{"chain 1: tps: it has the same acceptance test as chain 0", ExchangeConfig{},
			[]*Chain{chain(func(c *Config) { c.S, c.Test = 3, shared }), chain(func(c *Config) { c.Test = shared })}},
		{"tps: ExchangeConfig.Every = -1, want at least 1", ExchangeConfig{Every: -1}, []*Chain{first, second}},
		{"tps: Test is for 17 samples, the losses have 16 (ExchangeConfig)", ExchangeConfig{Test: barker(t, 17)}, []*Chain{first, second}},
		{"tps: ExchangeConfig.Test is that of chain 1, and cannot be cloned", ExchangeConfig{Test: shared},
			[]*Chain{first, chain(func(c *Config) { c.Test = shared })}},
		{"tps: ExchangeConfig.Source is that of chain 1", ExchangeConfig{Source: source},
			[]*Chain{first, chain(func(c *Config) { c.Source = source })}},
		{"tps: ExchangeConfig.Source is a nil *tps.random16", ExchangeConfig{Source: nilSource}, []*Chain{first, second}},
	} {
		_, err := NewExchange(c.config, c.chains...)
		assert.ErrorContains(t, err, c.says)
	}

	x := newExchange(t, ExchangeConfig{Every: 4}, first, second)
	var none context.Context
	assert.EqualError(t, x.Run(none, 4, nil), "tps: the context is nil")
	require.NoError(t, x.Run(context.Background(), 6, nil))
	assert.EqualError(t, x.Run(context.Background(), 5, nil), "chain 0: tps: total = 5, want at least the 6 steps that the chain has made")
	require.NoError(t, second.SetS(7))
	assert.EqualError(t, x.Run(context.Background(), 8, nil), "chain 1: tps: s = 7, want 2, with which the Exchange was made")
	require.NoError(t, second.SetS(2))
	require.NoError(t, first.Run(context.Background(), 9))
	assert.EqualError(t, x.Run(context.Background(), 12, nil), "chain 0: tps: it has made 9 steps, want 6 to 8: a chain of an Exchange is run by nothing else")
}

type random16 struct{ rand.Source }
