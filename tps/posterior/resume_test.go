package posterior

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/zarr"
)

// checkpoint has states of recorders, and the steps of their chains. A nil state is
// that of a chain without a checkpoint.
type checkpoint struct {
	states [][]byte
	steps  []int
}

// save returns the states of all chains of a store.
func save(t testing.TB, s *Store) (c checkpoint) {
	t.Helper()
	for k, r := range s.recorders {
		state, err := s.Part(k).State.MarshalBinary()
		require.NoError(t, err)
		c.states = append(c.states, state)
		c.steps = append(c.steps, r.chain.Steps())
	}
	return c
}

// reopen returns a store of new chains that go on from a checkpoint, before Start.
func (c checkpoint) reopen(t testing.TB, dir string, config Config) *Store {
	t.Helper()
	chains := newChains(t, len(c.steps))
	s, err := New(dir, chains, config)
	require.NoError(t, err)
	for k, state := range c.states {
		if state == nil {
			continue
		}
		for range c.steps[k] {
			_, err := chains[k].Step()
			require.NoError(t, err)
		}
		require.NoError(t, s.Part(k).State.UnmarshalBinary(state))
	}
	return s
}

// What cannot go on is left as it is.
func TestResumeRefuses(t *testing.T) {
	config := everything()
	dir := filepath.Join(quickDir(t), "run.zarr")
	s := start(t, dir, newChains(t, 2), config)
	run(t, s, 0, 23)
	run(t, s, 1, 12)
	saved := save(t, s)
	require.NoError(t, s.Close())

	refused := func(saved checkpoint, config Config, message string) {
		t.Helper()
		before := tree(t, dir)
		require.ErrorContains(t, saved.reopen(t, dir, config).Start(), message)
		require.Equal(t, before, tree(t, dir))
	}
	other := config
	other.Block = 3
	refused(saved, other, "in chunks of [3]")
	other = config
	other.Coordinates = []int{1, 0}
	refused(saved, other, "posterior/parameter has other numbers")
	other = config
	other.Directions = [][]float64{{1, 0, 0}, {0.5, -1, 3}}
	refused(saved, other, "constant_data/directions has other numbers")
	other = config
	other.Directions = nil
	refused(saved, other, "made with another Config")
	other = config
	other.ExactLosses = true
	refused(saved, other, "means over all samples")
	other = config
	other.ByModel = true
	refused(saved, other, "dimensions [chain draw model sample]")
	refused(checkpoint{saved.states[:1], saved.steps[:1]}, config, "want the array log_likelihood/chain of <i8, dimensions [chain], lengths [1]")

	early := saved
	early.steps = []int{22, 12}
	refused(early, config, "the state of chain 0 is of step 23, but the chain is at step 22")
	break1 := func(change func(), message string) {
		t.Helper()
		kept := filepath.Join(quickDir(t), "kept")
		copyTree(t, kept, dir)
		change()
		refused(saved, config, message)
		require.NoError(t, os.RemoveAll(dir))
		copyTree(t, dir, kept)
	}
	at := func(path string) string { return filepath.Join(dir, path) }
	break1(func() { require.NoError(t, os.Remove(at("posterior/theta/0.0.0.0"))) }, "posterior/theta lacks chunk 0")
	break1(func() { require.NoError(t, os.Remove(at("sample_stats/lp/0.1"))) }, "sample_stats/lp lacks chunk 1")
	break1(func() { require.NoError(t, os.Truncate(at("posterior/theta/1.0.0.0"), 3)) }, "has 3 bytes")
	break1(func() { require.NoError(t, os.WriteFile(at("sample_stats/step/0.1"), make([]byte, 16), 0o666)) }, "draw 3 of chain 0 is of step 0, but was of step 20")
	break1(func() { require.NoError(t, os.Rename(at("posterior/theta"), at("posterior/away"))) }, "posterior/theta")
	break1(func() {
		files, err := zarr.Open(dir)
		require.NoError(t, err)
		require.NoError(t, files.Resize("draw", 3))
	}, "the checkpoints are about 4 draws, but there are only 3")

	require.NoError(t, os.RemoveAll(dir))
	require.ErrorIs(t, saved.reopen(t, dir, config).Start(), fs.ErrNotExist)
}

func TestStateRefuses(t *testing.T) {
	config := everything()
	s := start(t, filepath.Join(quickDir(t), "run.zarr"), newChains(t, 2), config)
	run(t, s, 0, 23)
	state := save(t, s).states[0]
	require.ErrorContains(t, s.Part(0).State.UnmarshalBinary(state), "open already")
	require.ErrorContains(t, s.Start(), "open already")

	refused := func(k int, config Config, state []byte, message string) {
		t.Helper()
		s, err := New("x", newChains(t, 2), config)
		require.NoError(t, err)
		require.ErrorContains(t, s.Part(k).State.UnmarshalBinary(state), message)
		require.Nil(t, s.recorders[k].saved)
		_, err = s.Part(k).State.MarshalBinary()
		require.ErrorContains(t, err, "want a call of Start before")
	}
	for n := range len(state) {
		refused(0, config, state[:n], "bytes, want")
	}
	refused(0, config, append(state[:len(state):len(state)], 0), "bytes, want")
	refused(1, config, state, "the state is of chain 0, want chain 1")
	other := config
	other.Every = 4
	refused(0, other, state, "the state is of Every = 5 and BurnIn = 0, want 4 and 0")
	other = config
	other.BurnIn = 1
	refused(0, other, state, "want 5 and 1")
	damaged := func(field int, value byte) []byte {
		b := append([]byte(nil), state...)
		b[len(stateMagic)+8*field] = value
		return b
	}
	refused(0, config, []byte(strings.Replace(string(state), "trajens", "TRAJENS", 1)), "starts with")
	refused(0, config, damaged(3, 4), "at step 4: it is damaged")
	refused(0, config, damaged(4, 5), "5 draws up to step 20 at step 23")
	refused(0, config, damaged(6, 5), "5 steps since the last draw")
	refused(0, config, damaged(7, 5), "5 accepted")
	refused(0, config, damaged(10, 1), "4 draws and 1 dropped ones at step 23: it is damaged")
	refused(0, config, []byte(strings.Replace(string(state[:len(state)-8]), " 2\n", " 1\n", 1)), `starts with "trajens posterior 1\n", want "trajens posterior 2\n"`)
	negative := damaged(8, 0)
	negative[len(stateMagic)+8*8+7] = 0xff
	refused(0, config, negative, "it is damaged")
}

// FuzzState: no state makes a store fail in another way than by an error, or go on
// after draws that are not there.
func FuzzState(f *testing.F) {
	config := Config{Every: 5, Block: 2}
	dir := filepath.Join(quickDir(f), "run.zarr")
	s := start(f, dir, newChains(f, 1), config)
	run(f, s, 0, 23)
	right := save(f, s)
	require.NoError(f, s.Close())
	f.Add(right.states[0])
	f.Fuzz(func(t *testing.T, state []byte) {
		again, err := New(dir, newChains(t, 1), config)
		require.NoError(t, err)
		r := again.recorders[0]
		if r.UnmarshalBinary(state) != nil {
			return
		}
		files, err := zarr.Open(dir)
		require.NoError(t, err)
		if r.saved.step == 23 && r.load(files) == nil && r.saved.draws > 0 {
			require.Equal(t, float64(r.saved.last), readStore(t, dir)["sample_stats/step"].values[r.saved.draws-1])
		}
	})
}
