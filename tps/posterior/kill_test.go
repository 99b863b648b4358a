package posterior

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

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
			if (i+n)%10 != 0 {
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
