package trace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestResume checkpoints at each of some steps, goes on, is killed after each
// byte that the file can have by then, and resumes: the trace must become the
// uninterrupted one's.
func TestResume(t *testing.T) {
	const steps, later = 64, 40
	columns := []Column{Acceptance(), Delta()}
	for _, config := range []Config{
		{Columns: columns}, {Columns: columns, Every: 5}, {Columns: columns, Every: 5, Average: true},
	} {
		config.FlushRows = 3
		w, path := create(t, config)
		run(t, newChain(t), steps, w)
		require.NoError(t, w.Close())
		want := contents(t, path)

		for _, checkpoint := range []int{0, 1, 5, 17, 24, 25} {
			w, path := create(t, config)
			chain := newChain(t)
			run(t, chain, checkpoint, w)
			require.NoError(t, w.Sync())
			state, err := w.MarshalBinary()
			require.NoError(t, err)
			size := len(contents(t, path))
			require.True(t, strings.HasPrefix(want, contents(t, path)))
			run(t, chain, later-checkpoint, w)
			require.NoError(t, w.Close())
			written := contents(t, path)

			for cut := size; cut <= len(written); cut++ {
				require.NoError(t, os.WriteFile(path, []byte(written[:cut]), 0o666))
				w, err := Resume(path, checkpoint, config)
				require.NoError(t, err)
				require.NoError(t, w.UnmarshalBinary(state))
				// A chain restored from the checkpoint.
				chain := newChain(t)
				for range checkpoint {
					_, err := chain.Step()
					require.NoError(t, err)
				}
				run(t, chain, steps-checkpoint, w)
				require.NoError(t, w.Close())
				require.Equal(t, want, contents(t, path), "checkpoint at %d, killed after %d bytes", checkpoint, cut)
			}
		}
	}
}

// Without a state, a block in progress is lost, and only that.
func TestResumeWithoutState(t *testing.T) {
	config := Config{Columns: []Column{S()}, Every: 5, Average: true}
	w, path := create(t, config)
	chain := newChain(t)
	run(t, chain, 12, w)
	require.NoError(t, w.Close())
	w, err := Resume(path, 12, config)
	require.NoError(t, err)
	run(t, chain, 10, w)
	require.NoError(t, w.Close())
	require.Equal(t, "step,s\n5,10\n10,10\n20,10\n", contents(t, path))
}

// A run may be killed before the header is on the disk.
func TestResumeWithoutHeader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.csv")
	config := Config{Columns: []Column{S()}}
	for _, part := range []string{"", "st", "step,s"} {
		require.NoError(t, os.WriteFile(path, []byte(part), 0o666))
		w, err := Resume(path, 0, config)
		require.NoError(t, err)
		run(t, newChain(t), 1, w)
		require.NoError(t, w.Close())
		require.Equal(t, "step,s\n1,10\n", contents(t, path))
	}
}

// What cannot be resumed is left as it is.
func TestResumeRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.csv")
	config := Config{Columns: []Column{S()}, Every: 2}
	_, err := Resume(path, 0, config)
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Resume(path, -1, config)
	require.ErrorContains(t, err, "step = -1")
	for _, c := range []struct{ text, message string }{
		{"notes", "line 1: \"notes\""},
		{"step,t\n2,1\n", "line 1: the columns are"},
		{"step,s,t\n2,1,1\n", "line 1: the columns are"},
		{"step,s\n2,1\n3,1\n", "line 3: step 3, want a multiple of Every = 2"},
		{"step,s\n2,1\n100,1\nx,1\n", "line 4"}, // after the rows that go
		{"step,s\n2,1\n4,1,1\n", "line 3"},
	} {
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o666))
		_, err := Resume(path, 10, config)
		require.ErrorContains(t, err, c.message)
		require.Equal(t, c.text, contents(t, path))
	}
}

func TestStateRefuses(t *testing.T) {
	config := Config{Columns: []Column{S(), Loss()}, Every: 5, Average: true, FlushRows: 10}
	w, path := create(t, config)
	chain := newChain(t)
	run(t, chain, 13, w)
	_, err := w.MarshalBinary()
	require.ErrorContains(t, err, "want a Flush first")
	require.NoError(t, w.Flush())
	state, err := w.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	text := contents(t, path)

	refused := func(config Config, step int, state []byte, message string) {
		t.Helper()
		w, err := Resume(path, step, config)
		require.NoError(t, err)
		defer w.Close()
		require.ErrorContains(t, w.UnmarshalBinary(state), message)
		require.Zero(t, w.count)
	}
	for n := range len(state) {
		refused(config, 13, state[:n], "bytes, want")
	}
	refused(config, 13, append(state[:len(state):len(state)], 0), "bytes, want")
	refused(config, 14, state, "of step 13, but the run goes on after step 14")
	thinned := config
	thinned.Average = false
	refused(thinned, 13, state, "another Average")
	blocks := config
	blocks.Every = 10
	require.NoError(t, os.WriteFile(path, []byte("step,s,loss\n10,1,1\n"), 0o666))
	refused(blocks, 13, state, "another Every")
	for name, at := range map[string]int{"magic": 0, "count": len(state) - 17} {
		damaged := append([]byte(nil), state...)
		damaged[at] ^= 0xff
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		refused(config, 13, damaged, map[string]string{"magic": "starts with", "count": "steps in a block"}[name])
	}
	// A row is missing.
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(strings.SplitAfter(text, "\n")[:2], "")), 0o666))
	refused(config, 13, state, "the last row up to step 13 is of step 5, but was of step 10")
}
