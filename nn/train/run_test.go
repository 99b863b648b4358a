package train

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/optimize"

	"github.com/trajens/trajens/internal/random"
)

// line is the linear perceptron in one dimension, written out: parameters
// (m, c), loss ½(m·x + c − y)². Its minimum is at exact.
type line struct {
	x, y  []float64
	seen  []int // how often each sample was asked for
	calls int
}

func newLine(n int) *line {
	l := &line{x: make([]float64, n), y: make([]float64, n), seen: make([]int, n)}
	source := random.Source(1)
	for i := range l.x {
		l.x[i] = random.Open(source)
		l.y[i] = 0.7*l.x[i] - 1.3
	}
	return l
}

var exact = []float64{0.7, -1.3}

func (l *line) Samples() int { return len(l.x) }
func (l *line) Params() int  { return 2 }

func (l *line) Gradient(dst, params []float32, samples []int) float64 {
	l.calls++
	m, c := float64(params[0]), float64(params[1])
	loss, dm, dc := 0.0, 0.0, 0.0
	for _, i := range samples {
		l.seen[i]++
		e := m*l.x[i] + c - l.y[i]
		loss += e * e / 2
		dm += e * l.x[i]
		dc += e
	}
	n := float64(len(samples))
	dst[0], dst[1] = float32(dm/n), float32(dc/n)
	return loss / n
}

func close32(t *testing.T, want []float64, got []float32, delta float64) {
	t.Helper()
	for i := range want {
		assert.InDelta(t, want[i], got[i], delta)
	}
}

func TestRunFindsTheMinimum(t *testing.T) {
	for name, config := range map[string]Config{
		"SGD":         {Epochs: 200, Batch: 10, Optimizer: &SGD{Momentum: 0.9}, Schedule: Constant(0.1)},
		"Adam":        {Epochs: 300, Batch: 7, Schedule: Cosine{Peak: 0.05, WarmUp: 0.1}},
		"replacement": {Epochs: 200, Batch: 10, Replacement: true, Optimizer: &SGD{Momentum: 0.9}, Schedule: Constant(0.1)},
	} {
		params := []float32{0, 0}
		epoch, err := Run(context.Background(), params, newLine(64), config)
		require.NoError(t, err)
		close32(t, exact, params, 1e-4)
		assert.Less(t, epoch.Loss, 1e-8, name)
		assert.Equal(t, config.Epochs, epoch.Number)
		assert.Equal(t, config.Epochs*((64+config.Batch-1)/config.Batch), epoch.Steps)
		assert.True(t, math.IsNaN(epoch.Validation))
	}
}

// An epoch without replacement has each sample once, whatever the batch.
func TestEpochsArePermutations(t *testing.T) {
	for _, batch := range []int{0, 1, 10, 63, 64} {
		l := newLine(64)
		_, err := Run(context.Background(), []float32{0, 0}, l, Config{Epochs: 3, Batch: batch})
		require.NoError(t, err)
		assert.Equal(t, slices.Repeat([]int{3}, 64), l.seen)
	}
	l := newLine(64)
	_, err := Run(context.Background(), []float32{0, 0}, l, Config{Epochs: 3, Batch: 16, Replacement: true})
	require.NoError(t, err)
	assert.NotEqual(t, slices.Repeat([]int{3}, 64), l.seen)
}

func TestSeeds(t *testing.T) {
	end := func(seed uint64) []float32 {
		params := []float32{0, 0}
		_, err := Run(context.Background(), params, newLine(64), Config{Epochs: 2, Batch: 8, Seed: seed})
		require.NoError(t, err)
		return params
	}
	assert.Equal(t, end(1), end(1))
	assert.NotEqual(t, end(1), end(2))
}

func TestEarlyStopping(t *testing.T) {
	losses := []float64{5, 3, 4, 2, 6, 6, 6, 1}
	var seen [][]float32
	var epochs []Epoch
	params := []float32{0, 0}
	last, err := Run(context.Background(), params, newLine(16), Config{
		Epochs: 8, Batch: 16, Patience: 3,
		Validate: func(params []float32) (float64, error) {
			seen = append(seen, slices.Clone(params))
			return losses[len(seen)-1], nil
		},
		Progress: func(e Epoch) error { epochs = append(epochs, e); return nil },
	})
	require.NoError(t, err)
	assert.Equal(t, 7, last.Number)
	assert.Equal(t, 4, last.Best)
	assert.Equal(t, seen[3], params)
	require.Len(t, epochs, 7)
	for i, best := range []int{1, 2, 2, 4, 4, 4, 4} {
		assert.Equal(t, best, epochs[i].Best)
		assert.Equal(t, losses[i], epochs[i].Validation)
	}
}

func TestRunEndsEarly(t *testing.T) {
	stop := errors.New("enough")
	for _, err := range []error{stop, ErrStop} {
		last, got := Run(context.Background(), []float32{0, 0}, newLine(16), Config{
			Epochs: 8, Progress: func(e Epoch) error {
				if e.Number == 2 {
					return err
				}
				return nil
			},
		})
		assert.Equal(t, 2, last.Number)
		if err == ErrStop {
			assert.NoError(t, got)
		} else {
			assert.Equal(t, stop, got)
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	l := newLine(16)
	_, err := Run(ctx, []float32{0, 0}, l, Config{Epochs: 8})
	assert.Equal(t, stop, err)
	assert.Zero(t, l.calls)

	params := []float32{0, 0}
	_, err = Run(context.Background(), params, newLine(16), Config{Epochs: 1000, Optimizer: &SGD{}, Schedule: Constant(1e6)})
	assert.ErrorContains(t, err, "with learning rate 1e+06")

	_, err = Run(context.Background(), []float32{0, 0}, newLine(16), Config{Epochs: 1, Validate: func([]float32) (float64, error) { return 0, stop }})
	assert.Equal(t, stop, err)
}

func TestConfigErrors(t *testing.T) {
	for text, config := range map[string]Config{
		"Epochs = 0":                       {},
		"Batch = 65, want 1 to":            {Epochs: 1, Batch: 65},
		"Batch = -1":                       {Epochs: 1, Batch: -1},
		"Patience = -1":                    {Epochs: 1, Patience: -1},
		"Patience is set, but Validate is": {Epochs: 1, Patience: 1},
		"Constant = -1":                    {Epochs: 1, Schedule: Constant(-1)},
		"SGD.Momentum = 2":                 {Epochs: 1, Optimizer: &SGD{Momentum: 2}},
	} {
		_, err := Run(context.Background(), []float32{0, 0}, newLine(64), config)
		assert.ErrorContains(t, err, text)
	}
	_, err := Run(context.Background(), []float32{0}, newLine(64), Config{Epochs: 1})
	assert.ErrorContains(t, err, "params has 1 numbers, want those of the model, 2")
	_, err = Run(context.Background(), []float32{0, 0}, newLine(0), Config{Epochs: 1})
	assert.ErrorContains(t, err, "there are 0 samples")
}

func TestStepsDoNotAllocate(t *testing.T) {
	for _, optimizer := range []Optimizer{&SGD{Momentum: 0.9}, &Adam{}} {
		r, err := newRun([]float32{0, 0}, newLine(64), Config{Epochs: 1000, Batch: 8, Optimizer: optimizer})
		require.NoError(t, err)
		assert.Zero(t, testing.AllocsPerRun(20, func() { _ = r.oneEpoch(context.Background()) }))
	}
}

func TestMinimize(t *testing.T) {
	for name, method := range map[string]optimize.Method{"default": nil, "BFGS": new(optimize.BFGS)} {
		params := []float32{0, 0}
		l := newLine(64)
		result, err := Minimize(context.Background(), params, l, method, nil)
		require.NoError(t, err, name)
		close32(t, exact, params, 1e-4)
		assert.Less(t, result.F, 1e-9)
		assert.Less(t, l.calls, 200)
	}
}

func TestMinimizeEndsEarly(t *testing.T) {
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	params := []float32{0, 0}
	_, err := Minimize(ctx, params, newLine(64), nil, nil)
	assert.ErrorIs(t, err, stop)
	_, err = Minimize(context.Background(), []float32{float32(math.NaN()), 0}, newLine(64), nil, nil)
	assert.ErrorContains(t, err, "the loss is NaN at the start")
	_, err = Minimize(context.Background(), []float32{0}, newLine(64), nil, nil)
	assert.ErrorContains(t, err, "params has 1 numbers")
	_, err = Minimize(context.Background(), params, newLine(0), nil, nil)
	assert.ErrorContains(t, err, "there are no samples")
}
