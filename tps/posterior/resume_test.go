package posterior

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
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

// checkDraws opens a directory as a reader does. All arrays have the same number of
// draws, which are those of the whole run or NaN. At least one chain has the last of
// them, in each array.
func checkDraws(t testing.TB, whole map[string]array, dir string) {
	t.Helper()
	arrays := readStore(t, dir)
	require.Len(t, arrays, len(whole))
	draws := len(arrays["posterior/draw"].values)
	has := []bool{true, true} // the last draw
	for path, a := range arrays {
		d := slices.Index(a.dimensions, drawDimension)
		if d < 0 {
			continue
		}
		require.Equal(t, draws, a.shape[d], path)
		if d == 0 {
			require.Equal(t, whole[path].values[:draws], a.values, path)
			continue
		}
		size := 1
		for _, length := range a.shape[2:] {
			size *= length
		}
		for i, x := range a.values {
			chain, rest := i/(draws*size), i%(draws*size)
			if want := whole[path].values[chain*whole[path].shape[1]*size+rest]; !same(x, want) {
				require.True(t, math.IsNaN(x), "%s: number %d of chain %d is %v, want %v", path, rest, chain, x, want)
				has[chain] = has[chain] && rest/size < draws-1
			}
		}
	}
	require.Contains(t, has, true, "no chain has draw %d", draws-1)
}

// The lengths of the whole run of two chains, and where it is killed.
var (
	wholeSteps  = [2]int{73, 58}
	killedSteps = [2]int{61, 49}
)

// finish lets the chains of a store come to their end.
func finish(t testing.TB, s *Store) {
	t.Helper()
	for k, steps := range wholeSteps {
		run(t, s, k, steps)
	}
	require.NoError(t, s.Close())
}

// A run is killed after each change of its directory: readers see draws of the whole
// run, none that is not there, and the run that goes on from its checkpoint makes
// the directory of one that was never stopped, byte for byte. The same holds for
// kills while it goes on.
func TestKillAtEachChange(t *testing.T) {
	config := everything()
	config.Block = 4
	dir := quickDir(t)
	whole := filepath.Join(dir, "whole.zarr")
	finish(t, start(t, whole, newChains(t, 2), config))
	arrays := readStore(t, whole)

	for n, c := range []struct {
		name    string
		steps   [2]int // of the checkpoints
		without bool   // that of chain 1
	}{
		{"in a block", [2]int{23, 31}, false}, {"between blocks", [2]int{20, 40}, false},
		{"at the start", [2]int{0, 2}, false}, {"one without", [2]int{33, 0}, true},
	} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, c.name), 0o777))
		s := start(t, filepath.Join(dir, c.name, "run.zarr"), newChains(t, 2), config)
		for k := range c.steps {
			run(t, s, k, c.steps[k])
		}
		saved := save(t, s)
		if c.without {
			saved.states[1], saved.steps[1] = nil, 0
		}
		stopped := start(t, filepath.Join(dir, c.name, "stopped.zarr"), newChains(t, 2), config)
		for k := range saved.steps {
			run(t, stopped, k, saved.steps[k])
		}
		require.NoError(t, stopped.Close())
		left := new(leftovers)
		s.files.Watch = left.watch(t, arrays, s.dir)
		for k := range killedSteps {
			run(t, s, k, killedSteps[k])
		}
		require.NoError(t, s.Flush())
		require.Greater(t, len(left.dirs), 40)

		for i, killed := range left.dirs {
			if (i+n)%6 != 0 {
				continue // each case has others
			}
			again := saved.reopen(t, killed, config)
			second := new(leftovers)
			if i == 30 {
				again.watch = second.watch(t, arrays, killed)
			}
			require.NoError(t, again.Start())
			again.files.Watch = nil
			requireSameTree(t, stopped.dir, killed, c.name, i)
			finish(t, again)
			requireSameTree(t, whole, killed, c.name, i)
			for k, killed := range second.dirs { // in the first case
				if k%3 != 0 {
					continue
				}
				last := saved.reopen(t, killed, config)
				require.NoError(t, last.Start())
				finish(t, last)
				requireSameTree(t, whole, killed, c.name, i, k)
			}
			require.True(t, i != 30 || len(second.dirs) > 10, "no kills while the run goes on")
		}
	}
}

// leftovers are what kills leave of a directory.
type leftovers struct{ dirs []string }

// watch returns a function that checks a directory and makes a copy.
func (l *leftovers) watch(t testing.TB, whole map[string]array, dir string) func(string) {
	return func(string) {
		checkDraws(t, whole, dir)
		copied := fmt.Sprintf("%s-%d", dir, len(l.dirs))
		copyTree(t, copied, dir)
		l.dirs = append(l.dirs, copied)
	}
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
	negative := damaged(8, 0)
	negative[len(stateMagic)+8*8+7] = 0xff
	refused(0, config, negative, "it is damaged")
}

// FuzzState: no state makes a store fail in another way than by an error.
func FuzzState(f *testing.F) {
	s := start(f, filepath.Join(quickDir(f), "run.zarr"), newChains(f, 1), Config{Every: 5, Block: 2})
	run(f, s, 0, 23)
	saved := save(f, s)
	require.NoError(f, s.Close())
	f.Add(saved.states[0])
	f.Fuzz(func(t *testing.T, state []byte) {
		chains := newChains(t, 1)
		for range 23 {
			_, err := chains[0].Step()
			require.NoError(t, err)
		}
		dir := filepath.Join(quickDir(t), "run.zarr")
		copyTree(t, dir, s.dir)
		again, err := New(dir, chains, Config{Every: 5, Block: 2})
		require.NoError(t, err)
		if again.Part(0).State.UnmarshalBinary(state) != nil || again.Start() != nil {
			return
		}
		run(t, again, 0, 40)
		require.NoError(t, again.Close())
	})
}
