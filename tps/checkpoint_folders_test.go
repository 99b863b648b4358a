package tps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Several chains that are interrupted and go on from their folders end as if
// they had not been.
func TestCheckpointsOfSeveralChains(t *testing.T) {
	for _, n := range []int{1, 3} {
		dir := filepath.Join(t.TempDir(), "run")
		newChains := func() (chains []*Chain) {
			for k := range n {
				config := lineConfig()
				config.Stream = uint64(k)
				chains = append(chains, newChain(t, config, newLine(64, 1)))
			}
			return chains
		}
		runTo := func(total, stopAt int) []*Chain {
			folders, err := CheckpointFolders(dir, n)
			require.NoError(t, err)
			chains, saved := newChains(), make([]*Checkpoints, n)
			for k, chain := range chains {
				saved[k] = newCheckpoints(t, CheckpointsConfig{Dir: folders[k], Every: 50})
				last, steps, err := LastCheckpoint(folders[k])
				require.NoError(t, err)
				path, err := saved[k].Resume(chain)
				require.NoError(t, err)
				assert.Equal(t, last, path)
				assert.Equal(t, steps, chain.Steps())
			}
			require.NoError(t, errors.Join(RunAll(context.Background(), chains, total, func(k int) []Observer {
				return []Observer{saved[k].Observer(), Every(stopAt+10*k, func(*Chain) error { return ErrStop })}
			})...))
			return chains
		}
		runTo(1000, 420)
		resumed := runTo(1000, 1<<40)
		whole := newChains()
		require.NoError(t, errors.Join(RunAll(context.Background(), whole, 1000, nil)...))
		for k := range whole {
			assert.Equal(t, save(t, whole[k]), save(t, resumed[k]))
		}
	}
}

// The folder of another number of chains is left alone.
func TestCheckpointFolders(t *testing.T) {
	refused := func(dir string, wanted int, says string) {
		t.Helper()
		_, err := CheckpointFolders(dir, wanted)
		var count *ChainCountError
		require.ErrorAs(t, err, &count)
		assert.EqualError(t, err, "tps: "+dir+": it has the checkpoints of "+says)
	}
	several := filepath.Join(t.TempDir(), "several")
	folders, err := CheckpointFolders(several, 3)
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(several, "chain-1"), filepath.Join(several, "chain-2"), filepath.Join(several, "chain-3")}, folders)
	assert.Equal(t, []string{"chain-1", "chain-2", "chain-3"}, names(t, several))
	again, err := CheckpointFolders(several, 3)
	require.NoError(t, err)
	assert.Equal(t, folders, again)
	refused(several, 1, "3 chains, want those of 1")
	refused(several, 2, "3 chains, want those of 2")
	refused(several, 4, "3 chains, want those of 4")
	require.NoError(t, os.Remove(folders[0]))
	refused(several, 2, "3 chains, want those of 2")

	single := filepath.Join(t.TempDir(), "single")
	folders, err = CheckpointFolders(single, 1)
	require.NoError(t, err)
	assert.Equal(t, []string{single}, folders)
	path, steps, err := LastCheckpoint(single)
	require.NoError(t, err)
	assert.Empty(t, path)
	assert.Zero(t, steps)
	chain := newChain(t, lineConfig(), newLine(64, 1))
	require.NoError(t, chain.Run(context.Background(), 7))
	saved, err := newCheckpoints(t, CheckpointsConfig{Dir: single}).Save(chain)
	require.NoError(t, err)
	path, steps, err = LastCheckpoint(single)
	require.NoError(t, err)
	assert.Equal(t, saved, path)
	assert.Equal(t, 7, steps)
	refused(single, 2, "one chain, want those of 2")
	_, err = CheckpointFolders(single, 1)
	assert.NoError(t, err)

	path, _, err = LastCheckpoint(filepath.Join(single, "nowhere"))
	require.NoError(t, err)
	assert.Empty(t, path)
	_, err = CheckpointFolders("", 1)
	assert.ErrorContains(t, err, "dir is empty")
	_, err = CheckpointFolders(single, 0)
	assert.ErrorContains(t, err, "chains = 0, want at least 1")
	_, err = CheckpointFolders(saved, 1)
	assert.ErrorContains(t, err, "not a directory")
}
