package snapshot

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

func newGradients(t testing.TB) *nn.Gradients {
	t.Helper()
	line, _, err := data.Line(100, 0.5, random.Source(1))
	require.NoError(t, err)
	g, err := nn.NewGradients(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	return g
}

// The schedule is the paper's eq. 2, written out for a run of T = 10 steps in M = 3
// cycles, of ⌈10/3⌉ = 4 steps.
func TestScheduleIsThatOfThePaper(t *testing.T) {
	s := Schedule{Peak: 0.2, Cycles: 3}
	quarter := 0.1 * (math.Sqrt2/2 + 1)
	want := []float64{0.2, quarter, 0.1, 0.2 - quarter}
	for step := range 10 {
		assert.InDelta(t, want[step%4], s.Rate(step, 10), 1e-15)
	}
	for cycles := 1; cycles < 8; cycles++ {
		for steps := cycles; steps < 50; steps++ {
			for i := 1; i <= steps; i++ {
				length := math.Ceil(float64(steps) / float64(cycles))
				want := 0.5 / 2 * (math.Cos(math.Pi*math.Mod(float64(i-1), length)/length) + 1)
				require.InDelta(t, want, Schedule{0.5, cycles}.Rate(i-1, steps), 1e-15)
			}
		}
	}
}

// Members are where a run of gradient descent with the paper's rates is at the ends of
// the cycles, written out here.
func TestMembersAreTheEndsOfCycles(t *testing.T) {
	const cycles, epochs, steps = 4, 3, 10 // of an epoch
	g := newGradients(t)
	want, gradient := []float32{1, 2}, make([]float32, 2)
	deck, source := random.NewDeck(100), random.Source(7)
	var ends [][]float32
	for step := range cycles * epochs * steps {
		if step%steps == 0 {
			deck.Reset()
		}
		drawn := deck.Drawn()
		g.Gradient(gradient, want, deck.Draw(10, source)[drawn:])
		length := float64(epochs * steps)
		rate := 0.3 / 2 * (math.Cos(math.Pi*math.Mod(float64(step), length)/length) + 1)
		for i, d := range gradient {
			want[i] -= float32(rate) * d
		}
		if (step+1)%(epochs*steps) == 0 {
			ends = append(ends, slices.Clone(want))
		}
	}
	params := []float32{1, 2}
	var shown []int
	members, err := Train(context.Background(), params, g, Config{Members: cycles, Peak: 0.3, Descent: descent.Config{
		Epochs: epochs, Batch: 10, Optimizer: new(descent.SGD), Source: random.Source(7),
		Progress: func(e descent.Epoch) error { shown = append(shown, e.Number); return nil },
	}})
	require.NoError(t, err)
	require.Len(t, members, cycles)
	for k := range ends {
		assert.InDeltaSlice(t, ends[k], members[k], 1e-5)
	}
	assert.Equal(t, params, members[cycles-1])
	assert.Len(t, shown, cycles*epochs)
}

func TestDefaults(t *testing.T) {
	train := func(config Config) [][]float32 {
		members, err := Train(context.Background(), []float32{1, 2}, newGradients(t), config)
		require.NoError(t, err)
		return members
	}
	members := train(Config{Descent: descent.Config{Epochs: 1}})
	assert.Len(t, members, 6)
	assert.Equal(t, members, train(Config{Members: 6, Peak: 0.1, Descent: descent.Config{Epochs: 1, Optimizer: &descent.SGD{Momentum: 0.9}}}))
	assert.NotEqual(t, members, train(Config{Peak: 0.2, Descent: descent.Config{Epochs: 1}}))
}

// What is there when a run ends early is returned.
func TestRunsThatEndEarly(t *testing.T) {
	whole, err := Train(context.Background(), []float32{1, 2}, newGradients(t), Config{Descent: descent.Config{Epochs: 2}})
	require.NoError(t, err)
	at := func(do func() error) descent.Config {
		return descent.Config{Epochs: 2, Progress: func(e descent.Epoch) error {
			if e.Number == 5 {
				return do()
			}
			return nil
		}}
	}
	members, err := Train(context.Background(), []float32{1, 2}, newGradients(t), Config{Descent: at(func() error { return descent.ErrStop })})
	require.NoError(t, err)
	assert.Equal(t, whole[:2], members)
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("cause")
	members, err = Train(ctx, []float32{1, 2}, newGradients(t), Config{Descent: at(func() error { cancel(cause); return nil })})
	assert.Equal(t, cause, err)
	assert.Equal(t, whole[:2], members)
}

func TestRefused(t *testing.T) {
	g := newGradients(t)
	for want, config := range map[string]Config{
		"snapshot: Config.Members = -1, want at least 1, or 0 for 6": {Members: -1, Descent: descent.Config{Epochs: 1}},
		"snapshot: Config.Descent.Epochs = 0, want at least 1":       {},
		"snapshot: Config.Descent.Schedule is set, want nil: the cycles are the schedule": {
			Descent: descent.Config{Epochs: 1, Schedule: descent.Constant(1)}},
		"snapshot: Config.Descent.Validate is set, want nil: members are the ends of cycles": {
			Descent: descent.Config{Epochs: 1, Validate: func([]float32) (float64, error) { return 0, nil }}},
		"snapshot: Schedule.Peak = -1, want a finite number > 0": {Peak: -1, Descent: descent.Config{Epochs: 1}},
		"descent: Batch = 101, want 1 to the number of samples, 100": {
			Descent: descent.Config{Epochs: 1, Batch: 101}},
	} {
		_, err := Train(context.Background(), []float32{1, 2}, g, config)
		assert.EqualError(t, err, want)
	}
	assert.EqualError(t, Schedule{Peak: 1}.Validate(), "snapshot: Schedule.Cycles = 0, want at least 1")
	_, err := Train(context.Background(), []float32{1}, g, Config{Descent: descent.Config{Epochs: 1}})
	assert.ErrorContains(t, err, "params has 1 numbers")
	_, err = Train(context.Background(), []float32{float32(math.NaN()), 0}, g, Config{Descent: descent.Config{Epochs: 1}})
	assert.ErrorContains(t, err, "the loss is NaN at step 0")
}
