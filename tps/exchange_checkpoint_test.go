package tps

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/minibatch"
)

func saveExchange(t testing.TB, x *Exchange, parts ...Part) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, x.WriteCheckpoint(&file, parts...))
	return file.Bytes()
}

func restoreExchange(t testing.TB, x *Exchange, file []byte, parts ...Part) {
	t.Helper()
	require.NoError(t, x.ReadCheckpoint(bytes.NewReader(file), parts...))
}

// newReferencedExchange returns chains that make references, and swap.
func newReferencedExchange(t testing.TB, tests ...minibatch.Test) *Exchange {
	t.Helper()
	var chains []*Chain
	for k, test := range tests {
		config, losses := referencedConfig(t, 400, 2, 1, 1, minibatch.Controlled)
		config.S *= 1 + 0.1*float64(k)
		config.Stream, config.Test = uint64(k), test
		chains = append(chains, newChain(t, config, losses))
	}
	return newExchange(t, ExchangeConfig{Every: 5}, chains...)
}

// An exchange goes on from a checkpoint bit for bit, whatever was on its way.
func TestResumedExchangeIsTheSame(t *testing.T) {
	controlled := func() minibatch.Test {
		return adaptive(t, 400, minibatch.AdaptiveConfig{Estimate: minibatch.Controlled})
	}
	for name, make := range map[string]func() *Exchange{
		"line":       func() *Exchange { return newSmallExchange(t, newLine(64, 1)) },
		"references": func() *Exchange { return newReferencedExchange(t, controlled(), controlled(), barker(t, 400)) },
	} {
		t.Run(name, func(t *testing.T) {
			const total = 90
			whole := make()
			require.NoError(t, whole.Run(context.Background(), total, nil))
			want := saveExchange(t, whole)
			require.Positive(t, whole.Stats().Pairs[0].Swaps.Accepted)
			for at := 0; at <= total; at += 9 {
				interrupted := make()
				require.NoError(t, interrupted.Run(context.Background(), total, func(k int) []Observer {
					return []Observer{EachStep(func(chain *Chain, _ Step) error {
						if k == 1 && chain.Steps() > at { // the chains are of different ages
							return ErrStop
						}
						return nil
					})}
				}))
				file := saveExchange(t, interrupted)
				resumed := make()
				require.NoError(t, resumed.Run(context.Background(), at/2, nil)) // a used one must do, too
				restoreExchange(t, resumed, file)
				require.Equal(t, file, saveExchange(t, resumed))
				require.Equal(t, interrupted.Stats(), resumed.Stats())
				require.NoError(t, resumed.Run(context.Background(), total, nil))
				require.Equal(t, want, saveExchange(t, resumed), "from %d", at)
			}
		})
	}
}

// References go with the trajectories, and are given up where they cannot.
func TestSwapsTakeReferencesAlong(t *testing.T) {
	test := func(estimate minibatch.Estimate) minibatch.Test {
		return adaptive(t, 400, minibatch.AdaptiveConfig{Estimate: estimate})
	}
	swap := func(x *Exchange) {
		low, high := x.pair(0)
		for before := low.current.Clone(); assert.ObjectsAreEqual(before.values, low.current.values); {
			require.NoError(t, x.swap(0))
		}
		assert.Equal(t, low.current.values, low.proposed.values)
		assert.Equal(t, high.current.values, high.proposed.values)
	}
	distance := func(chain *Chain) (sum float64) {
		for time := range chain.comparison.references.of {
			for i, v := range chain.comparison.references.of[time].model {
				sum += math.Pow(float64(v-chain.Trajectory().Model(time)[i]), 2)
			}
		}
		return math.Sqrt(sum)
	}

	x := newReferencedExchange(t, test(minibatch.Controlled), test(minibatch.Weighted))
	require.NoError(t, x.Run(context.Background(), 60, nil))
	a, b := x.chains[0], x.chains[1]
	require.Equal(t, [2]int{2, 2}, [2]int{live(a), live(b)})
	state, other := a.Trajectory().Clone(), b.Trajectory().Clone()
	reference := b.comparison.references.of[1]
	distances := [2]float64{distance(a), distance(b)}
	swap(x)
	assert.Equal(t, other.values, a.Trajectory().values)
	assert.Equal(t, state.values, b.Trajectory().values)
	assert.Equal(t, reference, a.comparison.references.of[1])
	assert.Equal(t, distances, [2]float64{distance(b), distance(a)})
	assert.Equal(t, 2, live(a))

	// The chain goes on with what it got as the other one would have: its references are
	// the losses and gradients there.
	all, gradient := make([]float64, 400), make([]float32, 4)
	ref := a.comparison.references.of[0]
	a.comparison.references.slopes.Gradient(gradient, all, ref.model)
	assert.Equal(t, gradient, ref.gradient)
	made := a.Stats().References
	require.NoError(t, x.Run(context.Background(), 65, nil))
	assert.Equal(t, made, a.Stats().References)

	x = newReferencedExchange(t, test(minibatch.Controlled), barker(t, 400))
	require.NoError(t, x.Run(context.Background(), 64, nil)) // a swap has been accepted at 60, say
	require.Positive(t, live(x.chains[0]))
	swap(x)
	assert.Zero(t, live(x.chains[0]))
	require.NoError(t, x.Run(context.Background(), 69, nil))
	require.Positive(t, live(x.chains[0]))
}

// The losses that a swap has evaluated are the estimates of the models.
func TestSwapsGiveLossEstimates(t *testing.T) {
	chains := newLadder(t, Config{Tau: 3, Sigma: 0.1}, newLine(16, 1), 10, 11)
	x := newExchange(t, ExchangeConfig{Test: barker(t, 16)}, chains...)
	for range 10 {
		require.NoError(t, x.swap(0))
		for _, chain := range chains {
			losses := make([]float64, 3)
			require.NoError(t, chain.MeanLosses(losses))
			assert.InDeltaSlice(t, losses, chain.LossEstimates(), 1e-12)
		}
	}
	assert.NotZero(t, x.Stats().Pairs[0].Swaps.Accepted)
}

// rewrite returns a checkpoint with another array.
func rewrite(t testing.TB, whole []byte, name string, data []byte) []byte {
	t.Helper()
	file, err := npz.Read(whole)
	require.NoError(t, err)
	delete(file, name)
	var arrays []npz.Array
	for _, n := range file.Names() {
		arrays = append(arrays, file[n])
	}
	if data != nil {
		arrays = append(arrays, checkpoint.Bytes(name, data))
	}
	var b bytes.Buffer
	require.NoError(t, npz.Write(&b, arrays...))
	return b.Bytes()
}

// A checkpoint that does not fit names the chain, and changes none.
func TestCheckpointOfAnotherExchangeIsRefused(t *testing.T) {
	l := newLine(64, 1)
	config := Config{Tau: 3, Sigma: 0.1, Seed: 5}
	make := func(every int, tilts ...float64) *Exchange {
		return newExchange(t, ExchangeConfig{Every: every}, newLadder(t, config, l, tilts...)...)
	}
	x := make(7, 100, 60, 150)
	require.NoError(t, x.Run(context.Background(), 50, nil))
	whole := saveExchange(t, x, Part{"a", &counter{1}})
	for _, c := range []struct {
		says string
		to   *Exchange
	}{
		{"chain 2: tps: the checkpoint does not fit: s is 150 in the checkpoint, 160 here", make(7, 100, 60, 160)},
		{"chain 0: tps: the checkpoint does not fit: s is 100 in the checkpoint, 60 here", make(7, 60, 100, 150)},
		{"tps: the checkpoint does not fit: chains is 3 in the checkpoint, 2 here", make(7, 100, 60)},
		{"tps: the checkpoint does not fit: Every is 7 in the checkpoint, 8 here", make(8, 100, 60, 150)},
		{"tps: the checkpoint does not fit: Test of swaps is adaptive", newExchange(t, ExchangeConfig{Every: 7, Test: barker(t, 64)}, newLadder(t, config, l, 100, 60, 150)...)},
	} {
		require.NoError(t, c.to.Run(context.Background(), 10, nil))
		before := saveExchange(t, c.to)
		err := c.to.ReadCheckpoint(bytes.NewReader(whole), Part{"a", new(counter)})
		var mismatch *MismatchError
		require.ErrorAs(t, err, &mismatch)
		assert.ErrorContains(t, err, c.says)
		assert.Equal(t, before, saveExchange(t, c.to))
	}

	to := make(7, 100, 60, 150)
	require.NoError(t, to.Run(context.Background(), 10, nil))
	before := saveExchange(t, to)
	a := new(counter)
	other := make(7, 100, 60, 150)
	require.NoError(t, other.Run(context.Background(), 10, nil))
	text := func(from, to string) []byte {
		file, err := npz.Read(whole)
		require.NoError(t, err)
		content := file[exchangeArray].Data.([]byte)
		require.Contains(t, string(content), from)
		return rewrite(t, whole, exchangeArray, bytes.Replace(content, []byte(from), []byte(to), 1))
	}
	for says, file := range map[string][]byte{
		"tps: the checkpoint is damaged":                                           whole[:len(whole)-1],
		"the checkpoint is of one chain, want that of an Exchange":                 save(t, x.chains[0]),
		`part "a" is missing in the checkpoint`:                                    saveExchange(t, x),
		`no array "chain.2"`:                                                       rewrite(t, whole, "chain.2", nil),
		"chain 2: tps: the checkpoint is damaged: npz":                             rewrite(t, whole, "chain.2", []byte("x")),
		"chain 2: tps: the checkpoint is damaged: it is at step 10, want 50 to 56": rewrite(t, whole, "chain.2", save(t, other.chains[2])),
		`no array "test.1"`:                                                        rewrite(t, whole, "test.1", nil),
		"the state of a test has 3 bytes":                                          rewrite(t, whole, "test.1", []byte("abc")),
		"a counter has 8 bytes":                                                    rewrite(t, whole, "part.a", []byte("abc")),
		`no array "source"`:                                                        rewrite(t, whole, "source", nil),
		"source: unexpected EOF":                                                   rewrite(t, whole, "source", []byte("abc")),
		`no array "exchange"`:                                                      rewrite(t, whole, exchangeArray, nil),
		"version 7 of the format of an Exchange's, this program reads 1":           text(`"version":1`, `"version":7`),
		"it is at step 50 and pair -1 of round 7, with 0 before":                   text(`"next":1`, `"next":-1`),
		"it is at step 50 and pair 2 of round 7, with 0 before":                    text(`"next":1`, `"next":2`),
		"it has 0 pairs":                                                           text(`"pairs":[`, `"pairs":[],"x":[`),
		fmt.Sprintf("its replicas are %v, want each of 3", []int{9, x.replicas.at[1], x.replicas.at[2]}): text(fmt.Sprintf(`"replicas":[%d`, x.replicas.at[0]), `"replicas":[9`),
		"replica 0 is on way 9": text(fmt.Sprintf(`"ways":[%d`, x.replicas.ways[0]), `"ways":[9`),
	} {
		require.ErrorContains(t, to.ReadCheckpoint(bytes.NewReader(file), Part{"a", a}), says)
		require.Equal(t, before, saveExchange(t, to), says)
	}
	assert.ErrorContains(t, to.chains[0].ReadCheckpoint(bytes.NewReader(whole)), "the checkpoint is of an Exchange, want that of one chain")
	restoreExchange(t, to, whole, Part{"a", a})
	assert.Equal(t, uint64(1), a.n)
	assert.Equal(t, whole, saveExchange(t, to, Part{"a", a}))
}

// Checkpoints of an exchange are written after rounds of swaps, and gone on from.
func TestCheckpointsOfAnExchange(t *testing.T) {
	dir := t.TempDir()
	l := newLine(64, 1)
	run := func(total int, every int, stop int) *Exchange {
		checkpoints := newCheckpoints(t, CheckpointsConfig{Dir: dir, Every: every})
		save := checkpoints.ExchangeObserver()
		x := newExchange(t, ExchangeConfig{Every: 7, AfterRound: func(x *Exchange) error {
			if err := save(x); err != nil || x.Steps() != stop {
				return err
			}
			return ErrStop
		}}, newLadder(t, Config{Tau: 3, Sigma: 0.1, Seed: 5}, l, 100, 60, 150)...)
		_, err := checkpoints.Resume(x)
		require.NoError(t, err)
		require.NoError(t, x.Run(context.Background(), total, nil))
		return x
	}
	run(100, 20, 49) // checkpoints are due at 20 and 40, and written at 21 and 42
	assert.Equal(t, []string{"checkpoint-000000000021.npz", "checkpoint-000000000042.npz"}, names(t, dir))
	x := run(100, 14, 0)
	assert.Equal(t, []string{"checkpoint-000000000084.npz", "checkpoint-000000000098.npz"}, names(t, dir))
	whole := newSmallExchange(t, l)
	require.NoError(t, whole.Run(context.Background(), 100, nil))
	assert.Equal(t, saveExchange(t, whole), saveExchange(t, x))

	var none *Exchange
	_, err := newCheckpoints(t, CheckpointsConfig{Dir: t.TempDir()}).Save(none)
	assert.ErrorContains(t, err, "nil")
}

// Whatever an exchange's checkpoint says, it is refused or can be gone on from. The seal
// is put right.
func FuzzReadExchange(f *testing.F) {
	l := newLine(16, 1)
	make := func(t testing.TB) *Exchange {
		return newExchange(t, ExchangeConfig{Every: 3, Test: barker(t, 16)}, newLadder(t, Config{Tau: 2, Sigma: 0.1, Test: barker(t, 16)}, l, 1, 2, 3)...)
	}
	x := make(f)
	require.NoError(f, x.Run(context.Background(), 20, nil))
	whole := saveExchange(f, x)
	file, err := npz.Read(whole)
	require.NoError(f, err)
	f.Add(file[exchangeArray].Data.([]byte))
	f.Fuzz(func(t *testing.T, content []byte) {
		x := make(t)
		before := saveExchange(t, x)
		if x.ReadCheckpoint(bytes.NewReader(rewrite(t, whole, exchangeArray, content))) != nil {
			require.Equal(t, before, saveExchange(t, x))
			return
		}
		require.NoError(t, x.Run(context.Background(), 40, nil))
		x.Stats()
	})
}
