package descent

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
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

func TestSources(t *testing.T) {
	end := func(source rand.Source) []float32 {
		params := []float32{0, 0}
		_, err := Run(context.Background(), params, newLine(64), Config{Epochs: 2, Batch: 8, Source: source})
		require.NoError(t, err)
		return params
	}
	assert.Equal(t, end(rand.NewPCG(1, 2)), end(rand.NewPCG(1, 2)))
	assert.NotEqual(t, end(rand.NewPCG(1, 2)), end(rand.NewPCG(1, 3)))
	assert.Equal(t, end(nil), end(nil))
}

// A plan is a schedule that has a rate for each step, and fails where it is
// asked for another.
type plan struct {
	t     *testing.T
	rates []float64
}

func (p plan) Rate(step, steps int) float64 {
	require.Equal(p.t, len(p.rates), steps)
	require.Less(p.t, step, steps)
	return p.rates[step]
}

// Each step has the rate that the schedule has for it: the run ends where plain
// gradient descent ends that is written out.
func TestStepsHaveTheirRates(t *testing.T) {
	rates := []float64{0.5, 0, 0.1, 1, 0.02, 0.3}
	l := newLine(8)
	want, gradient := []float32{0.5, -0.25}, make([]float32, 2)
	samples := make([]int, 8)
	for i := range samples {
		samples[i] = i
	}
	var lasts []float64
	for _, rate := range rates {
		l.Gradient(gradient, want, samples)
		for i, g := range gradient {
			want[i] -= float32(rate) * g
		}
	}
	params := []float32{0.5, -0.25}
	_, err := Run(context.Background(), params, l, Config{
		Epochs: 6, Batch: 8, Optimizer: &SGD{}, Schedule: plan{t, rates},
		Progress: func(e Epoch) error { lasts = append(lasts, e.Rate); return nil },
	})
	require.NoError(t, err)
	close32(t, []float64{float64(want[0]), float64(want[1])}, params, 1e-6)
	assert.Equal(t, rates, lasts)
}

// With a rate of 0 each sample has the same loss whenever it is used, so that an
// epoch's mean is that of all samples, also where the last batch is smaller.
func TestEpochLossIsTheMeanOverSamples(t *testing.T) {
	l := newLine(64)
	samples := make([]int, 64)
	for i := range samples {
		samples[i] = i
	}
	want := l.Gradient(make([]float32, 2), []float32{3, 1}, samples)
	for _, batch := range []int{1, 10, 33, 63, 64} {
		epoch, err := Run(context.Background(), []float32{3, 1}, l, Config{Epochs: 1, Batch: batch, Schedule: Constant(0)})
		require.NoError(t, err)
		assert.InEpsilon(t, want, epoch.Loss, 1e-12, "batches of %d", batch)
	}
}

// With replacement each sample is drawn as often as any other, the first and the
// last too.
func TestReplacementIsUniform(t *testing.T) {
	const n, epochs = 5, 4000
	l := newLine(n)
	_, err := Run(context.Background(), []float32{0, 0}, l, Config{Epochs: epochs, Batch: n, Replacement: true, Source: rand.NewPCG(1, 2)})
	require.NoError(t, err)
	deviation := math.Sqrt(epochs * n * (1.0 / n) * (1 - 1.0/n))
	for i, seen := range l.seen {
		assert.InDelta(t, epochs, seen, 4*deviation, "sample %d", i)
	}
}

// However a run ends, it leaves the parameters of the best epoch, which need not
// be the last, and the first of those that are equally good.
func TestBestParameters(t *testing.T) {
	const best = 2
	losses := []float64{math.NaN(), 1, 2, 1, 3}
	stop := errors.New("stop")
	for name, end := range map[string]func(cancel func(error), e Epoch) error{
		"all epochs": func(func(error), Epoch) error { return nil },
		"ErrStop": func(_ func(error), e Epoch) error {
			if e.Number == 4 {
				return ErrStop
			}
			return nil
		},
		"error": func(_ func(error), e Epoch) error {
			if e.Number == 4 {
				return stop
			}
			return nil
		},
		"context": func(cancel func(error), e Epoch) error {
			if e.Number == 4 {
				cancel(stop)
			}
			return nil
		},
	} {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		var seen [][]float32
		params := []float32{0, 0}
		last, err := Run(ctx, params, newLine(16), Config{
			Epochs: len(losses), Batch: 16,
			Validate: func(params []float32) (float64, error) {
				seen = append(seen, slices.Clone(params))
				return losses[len(seen)-1], nil
			},
			Progress: func(e Epoch) error { return end(cancel, e) },
		})
		if name == "error" || name == "context" {
			assert.Equal(t, stop, err, name)
		} else {
			assert.NoError(t, err, name)
		}
		assert.Equal(t, best, last.Best, name)
		assert.Equal(t, seen[best-1], params, name)
		assert.NotEqual(t, seen[best], params, name)
	}
	// Without a finite validation loss the parameters stay those of the start.
	params := []float32{1, 2}
	last, err := Run(context.Background(), params, newLine(16), Config{
		Epochs: 3, Validate: func([]float32) (float64, error) { return math.NaN(), nil },
	})
	require.NoError(t, err)
	assert.Zero(t, last.Best)
	assert.Equal(t, []float32{1, 2}, params)
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
	_, err = Run(context.Background(), []float32{0, 0}, nil, Config{Epochs: 1})
	assert.ErrorContains(t, err, "gradient is nil")
	_, err = Run(context.Background(), []float32{0, 0}, (*line)(nil), Config{Epochs: 1})
	assert.ErrorContains(t, err, "gradient is nil")
	_, err = Run(nil, []float32{0, 0}, newLine(64), Config{Epochs: 1})
	assert.ErrorContains(t, err, "context is nil")
	_, err = Minimize(nil, []float32{0, 0}, newLine(64), nil, nil)
	assert.ErrorContains(t, err, "context is nil")
	_, err = Run(context.Background(), []float32{0, 0}, newLine(0), Config{Epochs: 1})
	assert.ErrorContains(t, err, "there are 0 samples")
}

func TestStepsDoNotAllocate(t *testing.T) {
	for _, optimizer := range []Optimizer{&SGD{Momentum: 0.9}, &Adam{}} {
		d, err := newDescent([]float32{0, 0}, newLine(64), Config{Epochs: 1000, Batch: 8, Optimizer: optimizer})
		require.NoError(t, err)
		assert.Zero(t, testing.AllocsPerRun(20, func() { _ = d.makeEpoch(context.Background()) }))
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
	_, err = Minimize(context.Background(), params, nil, nil, nil)
	assert.ErrorContains(t, err, "gradient is nil")
	_, err = Minimize(context.Background(), params, newLine(0), nil, nil)
	assert.ErrorContains(t, err, "there are no samples")
}
