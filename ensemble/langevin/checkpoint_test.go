package langevin_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// save returns a checkpoint of a chain.
func save(t testing.TB, chain *langevin.Chain) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, chain.WriteCheckpoint(&file))
	return file.Bytes()
}

// Every sampler goes on from a checkpoint bit for bit, at any step of an epoch.
func TestCheckpointsOfAllSamplers(t *testing.T) {
	for name, sampler := range samplersOfTests {
		for _, config := range configsOfTests(sampler) {
			for _, steps := range []int{0, 1, 13} {
				chain := newChain(t, config, newHarmonic(10, 1, 1, 2, 3))
				run(t, chain, steps)
				file := save(t, chain)
				other := config
				other.Seed = 7
				resumed := newChain(t, other, newHarmonic(10, 1, 1, 2, 3))
				run(t, resumed, 5)
				require.NoError(t, resumed.ReadCheckpoint(bytes.NewReader(file)))
				assert.Equal(t, file, save(t, resumed), name)
				run(t, chain, 20)
				run(t, resumed, 20)
				assert.Equal(t, chain.Params(), resumed.Params(), name)
				assert.Equal(t, steps+20, resumed.Steps())
				assert.Equal(t, save(t, chain), save(t, resumed), name)
			}
		}
	}
}

// Other sources of random numbers, and an interrupted run with a trace, which becomes
// that of a run that was never stopped.
func TestCheckpointsOfARun(t *testing.T) {
	columns := []langevin.Column{
		langevin.LossColumn(), langevin.PotentialColumn(), langevin.KineticColumn(),
		langevin.VirialColumn(), langevin.FrictionColumn(),
	}
	make := func(dir string) (*langevin.Chain, *langevin.Trace, *tps.Checkpoints) {
		chain := newChain(t, langevin.Config{Sampler: langevin.SGNHT{}, Batch: 3, Epochs: true, Source: rand.NewPCG(1, 2)}, newHarmonic(10, 1, 1, 2))
		rows, err := langevin.NewTrace(filepath.Join(dir, "trace.csv"), trace.Config{Every: 4, Average: true}, columns...)
		require.NoError(t, err)
		checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: filepath.Join(dir, "run"), Every: 10, Parts: []tps.Part{{Name: "trace", State: rows}}})
		require.NoError(t, err)
		return chain, rows, checkpoints
	}
	ctx := context.Background()
	whole, once := t.TempDir(), t.TempDir()

	chain, rows, checkpoints := make(once)
	require.NoError(t, rows.Start(chain))
	require.NoError(t, chain.Run(ctx, 50, rows.Observer(), langevin.Checkpointing(checkpoints)))
	require.NoError(t, rows.Close())

	first, rows, checkpoints := make(whole)
	require.NoError(t, rows.Start(first))
	require.NoError(t, first.Run(ctx, 37, rows.Observer(), langevin.Checkpointing(checkpoints)))
	require.NoError(t, rows.Close()) // killed seven steps after a checkpoint
	second, rows, checkpoints := make(whole)
	path, err := checkpoints.Resume(second)
	require.NoError(t, err)
	assert.Contains(t, path, "checkpoint-000000000030")
	require.NoError(t, rows.Start(second))
	require.NoError(t, second.Run(ctx, 50, rows.Observer(), langevin.Checkpointing(checkpoints)))
	require.NoError(t, rows.Close())

	assert.Equal(t, save(t, chain), save(t, second))
	want, err := os.ReadFile(filepath.Join(once, "trace.csv"))
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(whole, "trace.csv"))
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
	table, err := trace.Read(bytes.NewReader(got))
	require.NoError(t, err)
	assert.Equal(t, []string{"loss", "potential", "kinetic", "virial", "friction"}, table.Names)
	assert.Equal(t, 12, table.Len())
}

func TestCheckpointMismatch(t *testing.T) {
	config := langevin.Config{Sampler: langevin.PSGLD{}, Batch: 4, S: 2, Prior: langevin.Laplace{Scale: 1}}
	chain := newChain(t, config, newHarmonic(10, 1, 1, 2, 3))
	run(t, chain, 3)
	file := save(t, chain)
	for text, change := range map[string]func(*langevin.Config){
		"Sampler is psgld(step default": func(c *langevin.Config) { c.Sampler = langevin.PSGLD{Step: 0.1} },
		"S is 2 in the checkpoint, 3":   func(c *langevin.Config) { c.S = 3 },
		"Beta is 1 in":                  func(c *langevin.Config) { c.Beta = 2 },
		"Prior is laplace(":             func(c *langevin.Config) { c.Prior = nil },
		"Fixed is []":                   func(c *langevin.Config) { c.Fixed = []int{1} },
		"Batch is 4":                    func(c *langevin.Config) { c.Batch = 5 },
		"Epochs is false":               func(c *langevin.Config) { c.Epochs = true },
		"Source is *":                   func(c *langevin.Config) { c.Source = rand.NewPCG(1, 2) },
	} {
		other := config
		change(&other)
		resumed := newChain(t, other, newHarmonic(10, 1, 1, 2, 3))
		before := save(t, resumed)
		err := resumed.ReadCheckpoint(bytes.NewReader(file))
		var mismatch *tps.MismatchError
		require.ErrorAs(t, err, &mismatch)
		assert.ErrorContains(t, err, text)
		assert.Len(t, mismatch.Mismatches, 1)
		assert.Equal(t, before, save(t, resumed))
	}
	err := newChain(t, config, newHarmonic(11, 1, 1, 2, 3)).ReadCheckpoint(bytes.NewReader(file))
	assert.ErrorContains(t, err, "the data differ (10 samples in the checkpoint, 11 here)")
	part := tps.Part{Name: "extra", State: random.Source(1)}
	assert.ErrorContains(t, newChain(t, config, newHarmonic(10, 1, 1, 2, 3)).ReadCheckpoint(bytes.NewReader(file), part), `part "extra" is missing in the checkpoint`)
}

func TestCheckpointDamage(t *testing.T) {
	config := langevin.Config{Sampler: langevin.CCAdL{}, Batch: 4}
	chain := newChain(t, config, newHarmonic(10, 1, 1, 2, 3))
	run(t, chain, 3)
	file := save(t, chain)
	before := bytes.Clone(file)
	for _, at := range []int{0, len(file) / 2, len(file) - 1} {
		damaged := bytes.Clone(file)
		damaged[at] ^= 1
		assert.ErrorIs(t, chain.ReadCheckpoint(bytes.NewReader(damaged)), tps.ErrDamaged)
	}
	assert.ErrorIs(t, chain.ReadCheckpoint(bytes.NewReader(file[:100])), tps.ErrDamaged)
	assert.Equal(t, before, save(t, chain))
}

// What is in a checkpoint of a failed step cannot be gone on from; the one before can.
func TestCheckpointAfterAFailure(t *testing.T) {
	chain := newChain(t, langevin.Config{Sampler: langevin.BAOAB{Step: 3}, S: 1}, newHarmonic(2, 1, 1, 4))
	run(t, chain, 2)
	file := save(t, chain)
	err := chain.Run(context.Background(), 1000)
	require.Error(t, err)
	assert.ErrorIs(t, chain.WriteCheckpoint(new(bytes.Buffer)), err)
	require.NoError(t, chain.ReadCheckpoint(bytes.NewReader(file)))
	assert.Equal(t, 2, chain.Steps())
	run(t, chain, 1)
}

// onlyUint64 is a source that cannot be saved.
type onlyUint64 struct{ rand.Source }

func TestCheckpointOfAnotherSource(t *testing.T) {
	chain := newChain(t, langevin.Config{Source: onlyUint64{rand.NewPCG(1, 2)}}, newHarmonic(2, 1, 1))
	assert.ErrorContains(t, chain.WriteCheckpoint(new(bytes.Buffer)), "a langevin_test.onlyUint64, cannot be saved")
}

func TestTraceErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.csv")
	_, err := langevin.NewTrace(path, trace.Config{})
	assert.ErrorContains(t, err, "there are no Columns")
	rows, err := langevin.NewTrace(path, trace.Config{}, langevin.AcceptanceColumn())
	require.NoError(t, err)
	chain := newChain(t, langevin.Config{}, newHarmonic(2, 1, 1))
	assert.ErrorContains(t, chain.Run(context.Background(), 1, rows.Observer()), "is not open")
}
