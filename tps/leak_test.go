package tps_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// Ten million steps allocate no more than a few objects, which the runtime
// and the test itself may need.
func TestMemoryIsFlat(t *testing.T) {
	steps := 3_000_000
	if testing.Short() {
		steps = 500_000
	}
	line, _, err := data.Line(256, 0, random.Source(1))
	require.NoError(t, err)
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	test, err := minibatch.NewAdaptive(256, minibatch.AdaptiveConfig{Chunk: 32})
	require.NoError(t, err)
	chain, err := tps.NewChain(tps.Config{Tau: 8, Sigma: 0.1, S: 100, Test: test}, losses)
	require.NoError(t, err)
	perModel := make([]float64, 8)
	sum := 0.0
	observers := []tps.Observer{
		tps.EachStep(func(_ *tps.Chain, step tps.Step) error { sum += step.Delta; return nil }),
		tps.Every(1000, func(chain *tps.Chain) error { sum += chain.LossEstimate(); return chain.MeanLosses(perModel) }),
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	require.NoError(t, chain.Run(ctx, 10_000, observers...))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	require.NoError(t, chain.Run(ctx, 10_000+steps, observers...))
	runtime.ReadMemStats(&after)
	assert.Less(t, after.Mallocs-before.Mallocs, uint64(1000))
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// Neither a run that came to its end nor one that was canceled or failed
// leaves a goroutine behind.
func TestNoGoroutineIsLeft(t *testing.T) {
	digits, err := data.Digits(2000, random.Source(1))
	require.NoError(t, err)
	before := runtime.NumGoroutine()
	for _, stop := range []error{nil, context.Canceled, errors.New("an observer's")} {
		losses, err := nn.NewLosses(nn.MairCNN(), digits, nn.CrossEntropy, nn.Config{Workers: 3})
		require.NoError(t, err)
		chain, err := tps.NewChain(tps.Config{Tau: 4, Sigma: 0.05, S: 50}, losses)
		require.NoError(t, err)
		assert.Greater(t, runtime.NumGoroutine(), before, "the losses have no workers, so the test is void")
		ctx, cancel := context.WithCancelCause(context.Background())
		err = chain.Run(ctx, 20, tps.Every(10, func(*tps.Chain) error {
			if errors.Is(stop, context.Canceled) {
				cancel(stop)
				return nil
			}
			return stop
		}))
		assert.Equal(t, stop, err)
		cancel(nil)
		losses.Close()
		deadline := time.Now().Add(10 * time.Second)
		for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		assert.Equal(t, before, runtime.NumGoroutine())
	}
}
