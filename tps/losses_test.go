package tps

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// table has for each sample i the loss losses[i] + slopes[i]·θ, θ being the only
// parameter. It notes which samples it is asked for.
type table struct {
	losses, slopes []float64
	asked          []int
}

func (l *table) loss(i int, model []float32) float64 {
	return l.losses[i] + l.slopes[i]*float64(model[0])
}

// mean returns the mean loss on some samples.
func (l *table) mean(samples []int, model []float32) float64 {
	mean := 0.0
	for _, i := range samples {
		mean += l.loss(i, model) / float64(len(samples))
	}
	return mean
}

func (l *table) Samples() int { return len(l.losses) }
func (l *table) Params() int  { return 1 }
func (l *table) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for j, i := range samples {
			dst[k][j] = l.loss(i, model)
		}
	}
	l.asked = append(l.asked, samples...)
}

func newTable(n int) *table {
	l := &table{losses: make([]float64, n), slopes: make([]float64, n)}
	normal := normalSource(9)
	for i := range l.losses {
		l.losses[i] = 3*normal.NormFloat64() + float64(i)/float64(n)
		l.slopes[i] = normal.NormFloat64() + float64(i)/float64(n)
	}
	return l
}

// The mean is over all samples: of each block, and of the last, incomplete one.
func TestMeanLossesAreOverAllSamples(t *testing.T) {
	for _, n := range []int{1, lossBlock - 1, lossBlock, lossBlock + 1, 2*lossBlock + 37} {
		l := newTable(n)
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		models, means := [][]float32{{0}, {5}}, make([]float64, 2)
		require.NoError(t, MeanLosses(means, l, models))
		assert.InDelta(t, l.mean(all, models[0]), means[0], 1e-12, "%d samples", n)
		assert.InDelta(t, l.mean(all, models[1]), means[1], 1e-12, "%d samples", n)
		assert.Len(t, l.asked, n)

		chain := newChain(t, Config{Tau: 2, Sigma: 1}, l)
		for range 2 {
			require.NoError(t, chain.MeanLosses(means))
			for time, model := range chain.Trajectory().Models() {
				assert.InDelta(t, l.mean(all, model), means[time], 1e-12, "%d samples", n)
			}
		}
	}
}

// The loss estimate of a model is the mean over the samples that the last test
// of a move of the model drew, those of all chunks.
func TestLossEstimateIsTheMeanOverTheBatch(t *testing.T) {
	const n = 500
	l := newTable(n)
	config := Config{Tau: 3, Sigma: 0.3, S: 40, Width: 2, Test: adaptive(t, n, minibatch.AdaptiveConfig{Chunk: 7, Estimate: minibatch.Uniform})}
	chain := newChain(t, config, l)
	chunks := map[int]bool{}
	for range 300 {
		l.asked = nil
		step, err := chain.Step()
		require.NoError(t, err)
		require.Len(t, l.asked, step.Samples)
		chunks[step.Samples/7] = true
		for time := step.First; time < step.First+step.Width; time++ {
			assert.InDelta(t, l.mean(l.asked, chain.Trajectory().Model(time)), chain.ModelLossEstimate(time), 1e-9)
		}
	}
	assert.Greater(t, len(chunks), 1, "all tests drew one number of chunks")
}

// At s = 0 no samples are drawn.
func TestNoTiltDrawsNothing(t *testing.T) {
	l := newTable(500)
	for name, test := range map[string]minibatch.Test{
		"adaptive": nil, "barker": barker(t, 500), "metropolis": metropolis(t, 500),
	} {
		chain := newChain(t, Config{Tau: 3, Sigma: 0.3, S: 0, Test: test}, l)
		l.asked = nil
		require.NoError(t, chain.Run(context.Background(), 1000))
		assert.Empty(t, l.asked, name)
		assert.True(t, math.IsNaN(chain.LossEstimate()), name)
		stats := chain.Stats()
		assert.Zero(t, stats.MeanBatch(), name)
		assert.Zero(t, stats.Evaluations, name)
		assert.Equal(t, 1.0, stats.DecidedBy(minibatch.FullData), name)
		want := 0.5
		if name == "metropolis" {
			want = 1
		}
		assert.InDelta(t, want, stats.Acceptance(), 0.07, name)

		// What is known of a model stays known until the model changes.
		require.NoError(t, chain.SetS(10))
		require.NoError(t, chain.Run(context.Background(), 1100))
		require.NoError(t, chain.SetS(0))
		estimates := chain.LossEstimates()
		for range 20 {
			step, err := chain.Step()
			require.NoError(t, err)
			if step.Accepted {
				estimates[step.First] = math.NaN()
			}
			for time, loss := range chain.LossEstimates() {
				assert.True(t, loss == estimates[time] || loss != loss && estimates[time] != estimates[time])
			}
		}
	}
}

// walled has infinite losses for parameters above a limit, of one sample.
type walled struct {
	*exact.Linear
	limit float32
}

func (w *walled) Losses(dst [][]float64, models [][]float32, samples []int) {
	w.Linear.Losses(dst, models, samples)
	for k, model := range models {
		for j, i := range samples {
			if i == 11 && model[0] > w.limit {
				dst[k][j] = math.Inf(1)
			}
		}
	}
}

// A proposal whose loss is infinite before and after has weight zero like the
// state that it comes from: it is rejected.
func TestInfiniteBeforeAndAfterIsRejected(t *testing.T) {
	for _, width := range []int{1, 2} {
		start, err := NewTrajectory(3, 2)
		require.NoError(t, err)
		for time := range 3 {
			start.Model(time)[0] = 1e3 // so far beyond the wall that no move leads back
		}
		chain := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 10, Width: width, Test: barker(t, 64), Start: start}, &walled{newLine(64, 1), 0})
		require.NoError(t, chain.Run(context.Background(), 300))
		assert.Zero(t, chain.Stats().Acceptance())
		assert.Equal(t, 300, chain.Stats().Decisions[minibatch.InfiniteLoss])
		assert.Equal(t, start.Values(), chain.Trajectory().Values())

		differences := make([]float64, 64)
		_, err = chain.ProposalDifferences(differences, random.Source(1))
		require.NoError(t, err)
		assert.Equal(t, math.Inf(1), differences[11])
	}
}

// huge has losses that are finite, but whose sums overflow.
type huge struct{ n int }

func (h huge) Samples() int { return h.n }
func (huge) Params() int    { return 1 }
func (huge) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for j, i := range samples {
			dst[k][j] = float64(i)
			if model[0] > 1 {
				dst[k][j] = 1e308 + 1e306*float64(i)
			}
			if model[0] < -1 {
				dst[k][j] = -1e308 - 1e306*float64(i)
			}
		}
	}
}

// Finite losses whose sum overflows are told apart from infinite ones.
func TestOverflowingSumsHaveTheirOwnName(t *testing.T) {
	for _, c := range []struct {
		parameter float32
		loss      float64
	}{{2, 1e308 + 9e306}, {-2, -1e308 - 9e306}} {
		err := MeanLosses(make([]float64, 2), huge{10}, [][]float32{{0}, {c.parameter}})
		var lossError *LossError
		require.ErrorAs(t, err, &lossError)
		assert.Equal(t, LossError{Model: 1, Sample: 9, Loss: c.loss, LargestParameter: 2}, *lossError)
		assert.ErrorContains(t, err, "e+308, and the sum over the samples overflows")
	}

	// A step up is rejected, one down accepted, by Δ: no loss is infinite. From
	// −1e308 to 1e308 it is the difference that overflows.
	for _, from := range []float32{-30, 0, 30} {
		start, err := NewTrajectory(2, 1)
		require.NoError(t, err)
		start.Model(0)[0], start.Model(1)[0] = from, from
		for _, width := range []int{1, 2} {
			for name, test := range map[string]minibatch.Test{"barker": barker(t, 10), "adaptive": adaptive(t, 10, minibatch.AdaptiveConfig{Chunk: 3})} {
				chain := newChain(t, Config{Tau: 2, Sigma: 40, S: 1, Width: width, Test: test, Start: start}, huge{10})
				require.NoError(t, chain.Run(context.Background(), 200, EachStep(func(c *Chain, step Step) error {
					assert.Zero(t, c.Stats().Decisions[minibatch.InfiniteLoss], name)
					if math.Abs(step.Delta) > 100 {
						assert.Equal(t, step.Delta > 0, step.Accepted, "%s: Δ = %v", name, step.Delta)
					}
					return nil
				})), name)
			}
		}
	}
}

// The error of a loss that is bad because a parameter is large says so.
func TestLossErrorNamesALargeParameter(t *testing.T) {
	l := &spoiled{newLine(64, 1), 1e20, math.NaN()}
	err := MeanLosses(make([]float64, 1), l, [][]float32{{3e30, -1}})
	assert.EqualError(t, err, "tps: the loss of sample 37 with model 0 is NaN; the model has a parameter of size 3e+30")
}

// A user's own test may have reasons of its own, and no error passes by it.
type ownTest struct{ reason minibatch.Reason }

func (o ownTest) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	differences := make([]float64, 1)
	if err := d.Differences(differences, []int{37}); err != nil {
		return minibatch.Decision{}, err
	}
	return minibatch.Decision{Accepted: differences[0] < 0, By: o.reason, Samples: 1}, nil
}

func TestReasonsOfOthers(t *testing.T) {
	for _, reason := range []minibatch.Reason{minibatch.Other, minibatch.Other + 1, 200} {
		chain := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 10, Test: ownTest{reason}}, newLine(64, 1))
		require.NoError(t, chain.Run(context.Background(), 100, EachStep(func(_ *Chain, step Step) error {
			assert.Equal(t, reason, step.By)
			return nil
		})))
		assert.Equal(t, 100, chain.Stats().Decisions[minibatch.Other])
		assert.Equal(t, 1.0, chain.Stats().DecidedBy(reason))
		assert.Zero(t, chain.Stats().DecidedBy(minibatch.FullData))
	}
	bad := &spoiled{newLine(64, 1), -math.MaxFloat32, math.NaN()}
	_, err := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 10, Test: ownTest{}}, bad).Step()
	var lossError *LossError
	require.ErrorAs(t, err, &lossError)
	assert.Equal(t, 37, lossError.Sample)
}
