package tps

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

func lineConfig() Config {
	return Config{Tau: 4, Sigma: 0.1, S: 100, Seed: 3}
}

func TestSameSeedSameChain(t *testing.T) {
	l := newLine(256, 1)
	run := func(config Config, procs int) *Chain {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		chain := newChain(t, config, l)
		require.NoError(t, chain.Run(context.Background(), 5000))
		return chain
	}
	first := run(lineConfig(), 1)
	second := run(lineConfig(), 2)
	assert.Equal(t, first.Trajectory().Values(), second.Trajectory().Values())
	assert.Equal(t, first.Stats(), second.Stats())
	assert.Equal(t, first.LossEstimates(), second.LossEstimates())

	own := lineConfig()
	own.Source = random.Source(3)
	assert.Equal(t, first.Trajectory().Values(), run(own, 1).Trajectory().Values())
	other := lineConfig()
	other.Seed = 4
	assert.NotEqual(t, first.Trajectory().Values(), run(other, 1).Trajectory().Values())
}

// A saved and restored source, with the trajectory and what the acceptance test
// has learned, continues the same chain: but for references, nothing else of a
// chain's past has a say in its future.
func TestSourceAndTrajectoryAreTheState(t *testing.T) {
	l := newLine(256, 1)
	source := random.Source(12)
	config := lineConfig()
	config.Source = source
	config.Test = adaptive(t, 256, minibatch.AdaptiveConfig{Estimate: minibatch.Uniform})
	whole := newChain(t, config, l)
	require.NoError(t, whole.Run(context.Background(), 777))
	state, err := source.MarshalBinary()
	require.NoError(t, err)

	resumed := random.Source(0)
	require.NoError(t, resumed.UnmarshalBinary(state))
	config.Source, config.Start = resumed, whole.Trajectory().Clone()
	rest := newChain(t, config, l)
	learned, err := whole.test.(*minibatch.Adaptive).MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, rest.test.(*minibatch.Adaptive).UnmarshalBinary(learned))
	require.NoError(t, whole.Run(context.Background(), 1777))
	require.NoError(t, rest.Run(context.Background(), 1000))
	assert.Equal(t, whole.Trajectory().Values(), rest.Trajectory().Values())
}

// Golden values: if they change, so does every run that anybody has seeded.
func TestGoldenChain(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may round differently")
	}
	for golden, rule := range map[string]minibatch.AdaptiveConfig{
		"[{503 228} {497 206} {0 0} {0 0}] 37491": {},
		"[{489 211} {511 193} {0 0} {0 0}] 60480": {Rule: minibatch.Stopping, InfinitePopulation: true}, // the paper's
	} {
		config := lineConfig()
		config.Test = adaptive(t, 256, rule)
		chain := newChain(t, config, newLine(256, 1))
		require.NoError(t, chain.Run(context.Background(), 1000))
		stats := chain.Stats()
		assert.Equal(t, golden, fmt.Sprint(stats.Moves, stats.DataUse))
	}
}

// Every k-th state must be the k-th of all states.
func TestThinning(t *testing.T) {
	l := newLine(256, 1)
	var all, thinned [][]float32
	chain := newChain(t, lineConfig(), l)
	require.NoError(t, chain.Run(context.Background(), 300,
		EachStep(func(c *Chain, step Step) error {
			assert.Equal(t, len(all), step.Number)
			assert.Equal(t, len(all)+1, c.Steps())
			all = append(all, slices.Clone(c.Trajectory().Values()))
			return nil
		}),
		Every(7, func(c *Chain) error {
			thinned = append(thinned, slices.Clone(c.Trajectory().Values()))
			return nil
		})))
	require.Len(t, all, 300)
	require.Len(t, thinned, 300/7)
	for k, state := range thinned {
		assert.Equal(t, all[7*(k+1)-1], state)
	}
}

// What each step reports must be what happened, and the statistics its sum.
func TestStepsAndStats(t *testing.T) {
	for _, width := range []int{1, 2, 4} {
		config := lineConfig()
		config.Width, config.Fraction = width, 0.5
		chain := newChain(t, config, newLine(256, 1))
		before := chain.Trajectory().Clone()
		var sum Stats
		accepted := 0
		require.NoError(t, chain.Run(context.Background(), 2000, EachStep(func(c *Chain, step Step) error {
			for time := range 4 {
				inside := time >= step.First && time < step.First+step.Width
				changed := 0
				for i, v := range c.Trajectory().Model(time) {
					if v != before.Model(time)[i] {
						changed++
					}
				}
				switch {
				case inside && step.Accepted:
					assert.Equal(t, 1, changed) // half of two coordinates
				default:
					assert.Zero(t, changed)
				}
			}
			assert.Equal(t, c.current.values, c.proposed.values)
			before = c.Trajectory().Clone()
			if step.Accepted {
				accepted++
			}
			sum.count(&step)
			return nil
		})))
		stats := chain.Stats()
		sum.References = stats.References
		assert.Equal(t, sum, stats)
		assert.Equal(t, 2000, stats.Steps)
		assert.InDelta(t, float64(accepted)/2000, stats.Acceptance(), 1e-12)
		assert.Equal(t, stats.DataUse*2*width, stats.Evaluations)
		assert.GreaterOrEqual(t, stats.MeanBatch(), 32.0)
		share := 0.0
		for reason := range minibatch.Reason(minibatch.Reasons) {
			share += stats.DecidedBy(reason)
		}
		assert.InDelta(t, 1, share, 1e-12)

		chain.ResetStats()
		assert.Equal(t, Stats{}, chain.Stats())
		assert.True(t, math.IsNaN(chain.Stats().Acceptance()))
		assert.True(t, math.IsNaN(chain.Stats().Moves[Walk].Acceptance()))
	}
}

// The estimates are the minibatch means of the models that the trajectory
// has; with the full data they are the mean losses themselves.
func TestLossEstimates(t *testing.T) {
	l := newLine(64, 1)
	config := lineConfig()
	config.Test, config.Width = barker(t, 64), 2
	chain := newChain(t, config, l)
	for _, loss := range chain.LossEstimates() {
		assert.True(t, math.IsNaN(loss))
	}
	assert.True(t, math.IsNaN(chain.LossEstimate()))
	require.NoError(t, chain.Run(context.Background(), 500))
	exact := make([]float64, 4)
	require.NoError(t, chain.MeanLosses(exact))
	mean := 0.0
	for time, loss := range chain.LossEstimates() {
		assert.InEpsilon(t, exact[time], loss, 1e-12)
		mean += loss / 4
	}
	assert.InEpsilon(t, mean, chain.LossEstimate(), 1e-12)
}

func TestRunStops(t *testing.T) {
	l := newLine(256, 1)
	chain := newChain(t, lineConfig(), l)

	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	err := chain.Run(ctx, 1_000_000, Every(100, func(*Chain) error { cancel(cause); return nil }))
	assert.ErrorIs(t, err, cause)
	assert.Equal(t, 100, chain.Steps())
	assert.ErrorIs(t, chain.Run(ctx, 101), cause)
	assert.Equal(t, 100, chain.Steps())

	deadline, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	assert.ErrorIs(t, chain.Run(deadline, math.MaxInt), context.DeadlineExceeded)

	chain = newChain(t, lineConfig(), l)
	assert.NoError(t, chain.Run(context.Background(), 100, Every(10, func(*Chain) error { return ErrStop })))
	assert.Equal(t, 10, chain.Steps())
	failure := errors.New("disk full")
	assert.ErrorIs(t, chain.Run(context.Background(), 100, EachStep(func(*Chain, Step) error { return failure })), failure)
	assert.Equal(t, 11, chain.Steps())
	assert.NoError(t, chain.Run(context.Background(), 16, Observer{}))
	assert.Equal(t, 16, chain.Steps())
	assert.NoError(t, chain.Run(context.Background(), 16, EachStep(func(*Chain, Step) error { return failure })))
	assert.Equal(t, 16, chain.Steps(), "the total was there")
}

// spoiled has a loss that turns bad where a coordinate passes a limit.
type spoiled struct {
	*exact.Linear
	limit float32
	bad   float64
}

func (s *spoiled) Losses(dst [][]float64, models [][]float32, samples []int) {
	s.Linear.Losses(dst, models, samples)
	for k, model := range models {
		for j, i := range samples {
			if i == 37 && model[0] > s.limit {
				dst[k][j] = s.bad
			}
		}
	}
}

// A NaN ends the run with an error that names model and sample, and leaves
// the trajectory at its last good state.
func TestNaNLoss(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(-1)} {
		for _, full := range []bool{true, false} {
			l := &spoiled{newLine(64, 1), math.MaxFloat32, bad}
			config := lineConfig()
			config.Width = 2
			config.Test = adaptive(t, 64, minibatch.AdaptiveConfig{Chunk: 64}) // draws the sample at once
			if full {
				config.Test = barker(t, 64)
			}
			chain := newChain(t, config, l)
			require.NoError(t, chain.Run(context.Background(), 1000))
			l.limit = slices.Max(chain.Trajectory().Values())

			good := chain.Trajectory().Clone().Values()
			err := chain.Run(context.Background(), 101_000, EachStep(func(c *Chain, _ Step) error {
				good = append(good[:0], c.Trajectory().Values()...)
				return nil
			}))
			var lossError *LossError
			require.ErrorAs(t, err, &lossError)
			assert.Equal(t, 37, lossError.Sample)
			assert.True(t, lossError.Proposed)
			assert.True(t, lossError.Model >= 0 && lossError.Model < 4)
			assert.Contains(t, err.Error(), fmt.Sprintf("the loss of sample 37 with the model proposed for time %d is %v", lossError.Model, bad))
			assert.Contains(t, err.Error(), fmt.Sprintf("(step %d)", chain.Steps()))
			assert.Equal(t, good, chain.Trajectory().Values())
			assert.Equal(t, chain.current.values, chain.proposed.values)

			l.limit = math.MaxFloat32
			assert.NoError(t, chain.Run(context.Background(), chain.Steps()+100), "the chain goes on")
		}
	}
}

func TestNaNInTheTrajectory(t *testing.T) {
	l := &spoiled{newLine(64, 1), -math.MaxFloat32, math.NaN()}
	config := lineConfig()
	config.Test = barker(t, 64)
	chain := newChain(t, config, l)
	_, err := chain.Step()
	var lossError *LossError
	require.ErrorAs(t, err, &lossError)
	assert.False(t, lossError.Proposed)
	assert.Contains(t, err.Error(), "with model ")
	require.ErrorAs(t, chain.MeanLosses(make([]float64, 4)), &lossError)
	assert.Equal(t, 0, lossError.Model)
	assert.Equal(t, 37, lossError.Sample)
}

// A proposal of infinite loss is rejected, and the chain samples what is left:
// the target cut off at the limit.
func TestInfiniteLossIsAWall(t *testing.T) {
	l := &spoiled{newLine(64, 1), 0.2, math.Inf(1)}
	start, err := NewTrajectory(4, 2)
	require.NoError(t, err)
	config := lineConfig()
	config.Test, config.Width, config.Start = barker(t, 64), 2, start
	chain := newChain(t, config, l)
	require.NoError(t, chain.Run(context.Background(), 20_000, EachStep(func(c *Chain, _ Step) error {
		for time := range 4 {
			require.LessOrEqual(t, c.Trajectory().Model(time)[0], l.limit)
		}
		return nil
	})))
	assert.NotZero(t, chain.Stats().Decisions[minibatch.InfiniteLoss])
	assert.NotZero(t, chain.Stats().Acceptance())
}

// A chain that starts at infinite loss finds its way out, and a model of
// infinite loss is never the way.
func TestStartAtInfiniteLoss(t *testing.T) {
	l := &spoiled{newLine(64, 1), 0.2, math.Inf(1)}
	start, err := NewTrajectory(4, 2)
	require.NoError(t, err)
	for time := range 4 {
		start.Model(time)[0] = 0.3
	}
	config := lineConfig()
	config.Test, config.Start = barker(t, 64), start
	chain := newChain(t, config, l)
	require.NoError(t, chain.Run(context.Background(), 20_000))
	losses := make([]float64, 4)
	require.NoError(t, chain.MeanLosses(losses))
	for _, loss := range losses {
		assert.False(t, math.IsInf(loss, 0))
	}
}

func TestScheduleIsFollowed(t *testing.T) {
	config := lineConfig()
	config.S, config.Schedule = 0, Stepped{{0, 1}, {10, 500}}
	chain := newChain(t, config, newLine(256, 1))
	require.NoError(t, chain.Run(context.Background(), 20, EachStep(func(c *Chain, step Step) error {
		expected := 1.0
		if step.Number >= 10 {
			expected = 500
		}
		assert.Equal(t, expected, step.S)
		return nil
	})))
	assert.Equal(t, 500.0, chain.S())

	config.Schedule = broken{}
	chain = newChain(t, config, newLine(256, 1))
	_, err := chain.Step()
	assert.ErrorContains(t, err, "the schedule gives s = NaN at step 0")
}

type broken struct{}

func (broken) S(int) float64 { return math.NaN() }

func TestStepDoesNotAllocate(t *testing.T) {
	l := newLine(256, 1)
	for name, test := range map[string]minibatch.Test{
		"adaptive": nil, "barker": barker(t, 256), "metropolis": metropolis(t, 256),
	} {
		config := lineConfig()
		config.Test, config.Width, config.Fraction = test, 2, 0.5
		chain := newChain(t, config, l)
		losses := make([]float64, 4)
		require.NoError(t, chain.MeanLosses(losses))
		assert.Zero(t, testing.AllocsPerRun(1000, func() {
			_, _ = chain.Step()
			_ = chain.LossEstimate()
			_ = chain.MeanLosses(losses)
		}), name)
	}
}
