package langevin

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// times runs walkers on a Gaussian and returns the integrated autocorrelation times of its
// fastest and its slowest direction, and the mean of the squares of the coordinates, in units
// of their variances, with its standard error.
func times(t testing.TB, model gaussian, config WalkersConfig, burnIn, steps int) (fast, slow, square, deviation float64) {
	config.S = 1
	w, err := NewWalkers(config, model)
	require.NoError(t, err)
	require.NoError(t, w.Run(context.Background(), burnIn, nil, nil))
	k := len(w.Chains())
	n := len(model)
	first, last, squares := make([][]float64, k), make([][]float64, k), make([][]float64, k)
	values := make([]float64, 2*n+1)
	require.NoError(t, w.Run(context.Background(), burnIn+steps, func(k int) []Observer {
		return []Observer{Every(1, func(c *Chain) error {
			model.functions(values, c.Params())
			first[k], last[k], squares[k] = append(first[k], values[0]), append(last[k], values[n-1]), append(squares[k], values[2*n])
			return nil
		})}
	}, nil))
	for _, s := range squares {
		square += stat.Mean(s, nil) / float64(k)
	}
	effective := diagnostics.IntegratedTimeOfChains(squares, 0).EffectiveSize()
	return diagnostics.IntegratedTimeOfChains(first, 0).Tau, diagnostics.IntegratedTimeOfChains(last, 0).Tau, square, math.Sqrt(2 / float64(n) / effective)
}

// The ensemble quasi-Newton method makes the slow directions of a Gaussian with variances
// from 1 to 100 faster, leaves the fast ones as they are, and has no bias.
func TestWalkersOfAGaussian(t *testing.T) {
	type c struct{ n, walkers int }
	cases := []c{{8, 8}, {32, 8}}
	steps, freeze := 6000, 3000
	if *long {
		cases, steps = []c{{8, 8}, {8, 16}, {32, 8}, {32, 16}, {128, 8}, {128, 16}}, 30_000
		freeze = 8000
	}
	for _, c := range cases {
		model := make(gaussian, c.n)
		for i := range model {
			model[i] = math.Pow(100, float64(i)/float64(c.n-1)/2)
		}
		config := WalkersConfig{Config: Config{Sampler: BAOAB{Step: 0.25, Friction: 1}, Seed: 1}, Walkers: c.walkers, Every: 50, Eta: -1}
		fastAlone, slowAlone, square, deviation := times(t, model, config, 1000, steps)
		assert.InDelta(t, 1, square, 4*deviation, "alone")
		config.Eta = 0.3
		for _, config.Freeze = range []int{0, freeze} {
			if config.Freeze > 0 && c.n == 8 {
				continue // eight walkers are enough
			}
			if config.Freeze > 0 {
				config.Eta, config.Memory, config.Every = 0.1, 32, 100
			}
			fast, slow, square, deviation := times(t, model, config, max(2000, config.Freeze+500), steps)
			t.Logf("n %d, %d walkers, freeze %d: slow %.0f → %.0f steps, fast %.1f → %.1f steps, mean of squares %.4f ± %.4f",
				c.n, c.walkers, config.Freeze, slowAlone, slow, fastAlone, fast, square, deviation)
			assert.InDelta(t, 1, square, 4*deviation)
			assert.Less(t, fast, 1.1*fastAlone)
			// Few walkers in many dimensions know too little without a memory.
			if c.walkers > c.n/3 || config.Freeze > 0 {
				assert.Greater(t, slowAlone/slow, 5.0)
			}
		}
	}
}

// The matrix is the root of I + ηC, with fewer vectors than parameters and with more.
func TestPreconditioner(t *testing.T) {
	vectors := [][]float32{{1, 2, 3, 9}, {-1, 0, 5, 9}, {0, 1, 1, 2}, {3, 1, 1, 1}, {2, -2, 0, 1}, {0, 3, 2, 4}}
	system := &System{model: conditioned(4, 1)}
	b := &preconditioner{params: 4}
	const eta = 0.7
	for _, m := range []int{3, 4, 6} {
		b.set(eta, vectors[:m], system)
		data := make([]float64, 0, 4*m)
		for _, v := range vectors[:m] {
			for _, x := range v {
				data = append(data, float64(x))
			}
		}
		var covariance mat.SymDense
		stat.CovarianceMatrix(&covariance, mat.NewDense(m, 4, data), nil)
		for i := range 4 {
			x, y, z := make([]float32, 4), make([]float32, 4), make([]float32, 4)
			x[i] = 1
			b.apply(y, x)
			b.apply(z, y)
			for j := range 4 {
				want := eta * covariance.At(i, j)
				if i == j {
					want++
				}
				assert.InDelta(t, want, z[j], 1e-4)
			}
		}
	}
	// Walkers at one place leave B = I.
	b.set(eta, [][]float32{vectors[0], vectors[0], vectors[0]}, system)
	y := make([]float32, 4)
	b.apply(y, vectors[1])
	assert.Equal(t, vectors[1], y)
}

// Any number of goroutines gives the same walkers, and so does a run in parts, one that was
// stopped in the middle of a turn included.
func TestWalkersAreReproducible(t *testing.T) {
	run := func(gradients int, parts ...int) [][]float32 {
		var models []Gradient
		for range gradients {
			models = append(models, conditioned(6, 100))
		}
		w, err := NewWalkers(WalkersConfig{Config: Config{S: 1, Seed: 5}, Walkers: 6, Groups: 3, Every: 10}, models...)
		require.NoError(t, err)
		for _, total := range parts {
			calls := 0
			if total < 0 { // is stopped
				total = -total
				require.NoError(t, w.Run(context.Background(), total, func(int) []Observer {
					return []Observer{Every(1, func(c *Chain) error {
						if c.Steps() == total-7 {
							return tps.ErrStop
						}
						return nil
					})}
				}, nil))
				require.Less(t, w.Steps(), total)
			}
			require.NoError(t, w.Run(context.Background(), total, nil, func(w *Walkers) error { calls++; return nil }))
			require.Positive(t, calls)
		}
		var ends [][]float32
		for _, c := range w.Chains() {
			ends = append(ends, append([]float32(nil), c.Params()...))
		}
		return ends
	}
	want := run(1, 60)
	assert.Equal(t, want, run(4, 60))
	assert.Equal(t, want, run(2, 20, 60))
	assert.Equal(t, want, run(1, -40, 60))
}

// Walkers go on from a checkpoint bit for bit, from the middle of a turn too, and a checkpoint
// of others leaves them as they are.
func TestWalkersCheckpoints(t *testing.T) {
	config := WalkersConfig{Config: Config{S: 1, Seed: 5}, Walkers: 4, Every: 10, Freeze: 50, Memory: 2}
	model := conditioned(6, 100)
	make := func(config WalkersConfig) *Walkers {
		w, err := NewWalkers(config, model)
		require.NoError(t, err)
		return w
	}
	run := func(w *Walkers, total int, stop bool) *Walkers {
		require.NoError(t, w.Run(context.Background(), total, func(int) []Observer {
			return []Observer{Every(1, func(c *Chain) error {
				if stop && c.Steps() == total-7 {
					return tps.ErrStop
				}
				return nil
			})}
		}, nil))
		return w
	}
	state := func(w *Walkers) (states []State) {
		for _, c := range w.chains {
			s := *c.state.Clone()
			s.Acceptance = 0 // NaN is not equal to itself
			states = append(states, s)
		}
		return states
	}
	var file bytes.Buffer
	want := run(make(config), 40, true)
	require.NoError(t, want.WriteCheckpoint(&file))
	got := make(config)
	require.NoError(t, got.ReadCheckpoint(bytes.NewReader(file.Bytes())))
	assert.Len(t, got.history, 8)
	assert.Equal(t, state(run(want, 80, false)), state(run(got, 80, false)))
	assert.Empty(t, got.history)

	other := config
	other.Every = 20
	var mismatch *tps.MismatchError
	assert.ErrorAs(t, make(other).ReadCheckpoint(bytes.NewReader(file.Bytes())), &mismatch)
	damaged := bytes.Clone(file.Bytes())
	damaged[len(damaged)/2]++
	before := state(got)
	assert.ErrorIs(t, got.ReadCheckpoint(bytes.NewReader(damaged)), tps.ErrDamaged)
	assert.Equal(t, before, state(got))
}

// The covariances of few vectors before Freeze have a smaller weight, so that a step that is
// stable with the last ones is so with them; these have the whole weight.
func TestWalkersBeforeFreeze(t *testing.T) {
	model := make(gaussian, 64)
	for i := range model {
		model[i] = math.Pow(10, float64(i)/63)
	}
	for _, memory := range []int{2, 64} {
		w, err := NewWalkers(WalkersConfig{Config: Config{S: 1}, Every: 10, Freeze: 315, Memory: memory, Eta: 1}, model)
		require.NoError(t, err)
		require.NoError(t, w.Run(context.Background(), 320, nil, nil))
		assert.Equal(t, 1.0, w.weight(len(w.others), 7))
		assert.Equal(t, 7*min(memory+1, 32), len(w.others))
	}
	// Seven vectors would have an eigenvalue of about 1 + 5(1 + √(64/6))² = 92, which allows
	// steps below 0.21; all 28 times seven have one of 13, which allows 0.55.
	config := WalkersConfig{Config: Config{S: 1, Seed: 1, Sampler: BAOAB{Step: 0.4, Friction: 1}}, Every: 50, Freeze: 1400, Memory: 32, Eta: 5}
	w, err := NewWalkers(config, model)
	require.NoError(t, err)
	require.NoError(t, w.Run(context.Background(), 1600, nil, nil))
	config.Freeze = 0
	w, err = NewWalkers(config, model)
	require.NoError(t, err)
	var loss *LossError
	assert.ErrorAs(t, w.Run(context.Background(), 1600, nil, nil), &loss)
}

func TestWalkersDoNotAllocate(t *testing.T) {
	w, err := NewWalkers(WalkersConfig{Config: Config{S: 1}, Every: 10}, conditioned(50, 100))
	require.NoError(t, err)
	require.NoError(t, w.Run(context.Background(), 100, nil, nil))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := w.chains[0].Step(); err != nil {
			panic(err)
		}
	}))
}

func TestWalkersErrors(t *testing.T) {
	model := conditioned(4, 1)
	for _, c := range []struct {
		config WalkersConfig
		want   string
	}{
		{WalkersConfig{Config: Config{Sampler: GLA2{}}}, "want BAOAB: only BAOAB is exact in θ"},
		{WalkersConfig{Config: Config{Sampler: SGLD{}}}, "want BAOAB"},
		{WalkersConfig{Config: Config{Sampler: BAOAB{Masses: []float32{1, 1, 1, 1}}}}, "has Masses"},
		{WalkersConfig{Config: Config{Sampler: BAOAB{Step: -1}}}, "BAOAB.Step = -1"},
		{WalkersConfig{Walkers: 2}, "WalkersConfig.Walkers = 2"},
		{WalkersConfig{Walkers: 3, Groups: 2}, "WalkersConfig.Groups = 2 of 3 walkers"},
		{WalkersConfig{Groups: 9}, "WalkersConfig.Groups = 9 of 8 walkers"},
		{WalkersConfig{Eta: math.Inf(1)}, "WalkersConfig.Eta = +Inf"},
		{WalkersConfig{Every: -1}, "WalkersConfig.Every = -1"},
		{WalkersConfig{Starts: make([][]float32, 3)}, "WalkersConfig.Starts has 3 starts"},
	} {
		_, err := NewWalkers(c.config, model)
		assert.ErrorContains(t, err, c.want)
	}
	_, err := NewWalkers(WalkersConfig{})
	assert.ErrorContains(t, err, "the gradient is nil")
	w, err := NewWalkers(WalkersConfig{}, model)
	require.NoError(t, err)
	assert.ErrorContains(t, w.Run(context.Background(), 150, nil, nil), "total = 150, want a multiple of WalkersConfig.Every = 100")
	stop := errors.New("stop")
	assert.Equal(t, stop, w.Run(context.Background(), 200, nil, func(*Walkers) error { return stop }))
	assert.ErrorContains(t, w.Run(context.Background(), 0, nil, nil), "want at least the 100 steps")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	assert.ErrorIs(t, w.Run(ctx, 200, nil, nil), stop)
}
