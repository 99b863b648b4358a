package main

import (
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// newTestBench returns a bench of a few digits.
func newTestBench(t *testing.T, more ...string) *bench {
	t.Helper()
	o, err := parse(small(more...), io.Discard)
	require.NoError(t, err)
	set, err := o.digits.Load(t.Context(), random.Source(1), random.Source(2), io.Discard)
	require.NoError(t, err)
	require.NoError(t, o.fit(set.Train.Len()))
	b, err := newBench(t.Context(), o, set, cli.NewProgress(io.Discard, 1))
	require.NoError(t, err)
	t.Cleanup(b.close)
	return b
}

// What a recorder says of the models, of which it evaluates only those that have changed,
// is what all of them say, and its jumps are those of the steps, in sweeps, too.
func TestRecorder(t *testing.T) {
	b := newTestBench(t, "-workers", "1")
	for _, name := range []string{"redraw", "harmonic-shift", "sweep"} {
		m := methodOf(name)
		trial := &trial{bench: b, recorder: newRecorder(b.watched, b.Tau), method: m, s: 100, show: func(string, float64) {}}
		require.NoError(t, trial.begin(nil, b.start, 0))
		trial.meanLogits()
		trial.measureJumps(20)
		jumps, before := 0.0, trial.chain.Trajectory().Clone()
		for k := range 60 {
			step, err := trial.chain.Step()
			require.NoError(t, err)
			trial.see(&step)
			now := trial.chain.Trajectory()
			if k < 20 && step.Accepted {
				for time := step.First; time < step.First+step.Width; time++ {
					jumps += squaredDistance(b.logitsOf(now, time), b.logitsOf(before, time)) / watchedImages
				}
			}
			for time := step.First; time < step.First+step.Width; time++ {
				copy(before.Model(time), now.Model(time))
			}
		}
		assert.Equal(t, 20, trial.jumps)
		assert.Positive(t, jumps, name)
		assert.InEpsilon(t, jumps/20, trial.jump(), 1e-9, name)

		fresh := newRecorder(b.watched, b.Tau)
		fresh.follow(trial.chain)
		require.Equal(t, fresh.meanLoss(), trial.meanLoss(), name)
		require.Equal(t, fresh.meanLogits(), trial.meanLogits(), name)
	}
}

// methodOf returns the sampler of a name.
func methodOf(name string) *method {
	for _, m := range methods {
		if m.name == name {
			return m
		}
	}
	return nil
}

// logitsOf returns the logits of the model at a time.
func (b *bench) logitsOf(trajectory *tps.Trajectory, time int) []float64 {
	return b.watched.tests.Outputs(nil, trajectory.Model(time), upTo(watchedImages))
}

func squaredDistance(a, b []float64) (sum float64) {
	for i, x := range a {
		sum += (x - b[i]) * (x - b[i])
	}
	return sum
}

// The effective size of a series of known correlations is what it is, and that of one that
// is too short is not told.
func TestEffective(t *testing.T) {
	const n, keep = 20_000, 0.8 // an autocorrelation time of (1 + 0.8)/(1 − 0.8)
	normal := rand.New(rand.NewPCG(1, 2))
	series := make([]float64, n)
	for i := 1; i < n; i++ {
		series[i] = keep*series[i-1] + normal.NormFloat64()
	}
	assert.InEpsilon(t, n/9.0, effective(series, series), 0.2)
	assert.False(t, math.IsNaN(effective(series[:300])))
	assert.True(t, math.IsNaN(effective(series[:40])), "40 values of a time of 9")
	assert.True(t, math.IsNaN(effective(make([]float64, 1000))), "nothing has moved")

	assert.False(t, drifts(series))
	assert.False(t, drifts(series[:60]), "nobody can tell")
	for i := range series {
		series[i] += 3 * float64(i) / n
	}
	assert.True(t, drifts(series))
}

// A chain may tune the sizes that are named, and no others.
func TestOnly(t *testing.T) {
	b := newTestBench(t)
	target := tps.Target{Tau: b.Tau, Path: tps.Path{Sigma: 1}, Losses: b.losses}
	move := tps.Autoregressive{Beta: 0.5, Fraction: 0.25}
	p, err := only{move, []string{"Fraction"}}.Proposer(target)
	require.NoError(t, err)
	tunable := p.(tps.Tunable)
	require.Equal(t, []tps.Size{{Name: "Fraction", Value: 0.25, Max: 1}}, tunable.Sizes())
	tunable.SetSize(0, 0.125)
	require.Equal(t, []tps.Size{{Name: "Fraction", Value: 0.125, Max: 1}}, tunable.Sizes())
	require.Equal(t, 0.5, p.(*limited).Tunable.Sizes()[0].Value)
	p, err = only{move, nil}.Proposer(target)
	require.NoError(t, err)
	require.Empty(t, p.(tps.Tunable).Sizes())
}

func TestSizes(t *testing.T) {
	known := sizes{{Choice: 0, Name: "Beta", Value: 0.5}, {Choice: 0, Name: "Weight", Value: 1}, {Choice: 1, Name: "Step", Value: 0.01}, {Choice: 1, Name: "Weight", Value: 0.25}}
	require.Equal(t, "beta 0.5 × 1, step 0.01 × 0.25", known.String())
	require.Equal(t, 0.25, known.get(1, "Weight", 7))
	require.Equal(t, 7.0, known.get(1, "Beta", 7))
	require.Empty(t, sizes(nil).String())
}
