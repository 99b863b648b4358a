package command

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/slurmtest"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/slurm"
)

var cluster = flag.Bool("slurm", false, "start a Slurm cluster and run a grid on it, which takes half a minute")

// Seven runs in four tasks. Those of tau 5 wait until they are interrupted, and
// one of tau 0 fails.
func TestSlurm(t *testing.T) {
	if !*cluster {
		t.Skip("takes half a minute and needs Slurm (apt-get install slurm-wlm munge); run with -args -slurm")
	}
	c := slurmtest.Start(t)
	t.Setenv(programVariable, "1") // tasks get the environment
	dir := filepath.Join(t.TempDir(), "out")
	description := filepath.Join(t.TempDir(), "grid.json")
	require.NoError(t, os.WriteFile(description, []byte(`[
		{"fixed": {"tau": 5, "wait": true}, "grid": {"seed": "1..3"}},
		{"grid": {"tau": [0, 1, 2, 3]}}
	]`), 0o666))
	args := []string{"slurm", description, "-dir", dir, "-runs", "2", "-time", "10m", "-partition", "steady"}

	out, notes, err := run(t, append(args, "-dry")...)
	require.NoError(t, err)
	assert.Contains(t, notes, "7 runs to submit\n")
	assert.Contains(t, out, "array-1.sh: not submitted, 4 tasks")
	assert.Empty(t, c.Run("squeue", "--noheader"))
	time.Sleep(time.Second) // the names of submissions are times: in their order

	out, notes, err = run(t, args...)
	require.NoError(t, err)
	assert.Contains(t, notes, "7 runs to submit\n", "what was not submitted does not count")
	all, err := slurm.ReadAll(filepath.Join(dir, submissionsDir))
	require.NoError(t, err)
	require.Len(t, all, 2)
	s := all[1]
	array := s.Arrays[0]
	assert.Contains(t, out, "array-1.sh: job "+array.Job+", 4 tasks")

	c.WaitState(array.Name(0), "RUNNING")
	c.WaitState(array.Name(1), "RUNNING")
	_, notes, err = run(t, args...)
	require.NoError(t, err)
	assert.Contains(t, notes, "in the queue")
	assert.NotContains(t, notes, "7 runs to submit")

	// Each of the runs that wait is interrupted, once, and goes on.
	for k := 0; ; k++ {
		require.Less(t, k, 200)
		var waiting []string
		left := false
		for task := range s.Tasks {
			switch state := c.State(array.Name(task)); state {
			case "PENDING":
				left = true
				if c.Restarts(array.Name(task)) != "0" {
					c.StartNow(array.Name(task))
				}
			case "RUNNING":
				left = true
				waiting = append(waiting, array.Name(task))
			case "COMPLETING":
				left = true
			}
		}
		if !left {
			break
		}
		time.Sleep(time.Second) // until they wait
		for _, name := range waiting {
			if c.State(name) == "RUNNING" {
				c.Run("scancel", "--batch", "--signal=USR1", name)
			}
		}
	}

	infos, err := grid.List(dir)
	require.NoError(t, err)
	require.Len(t, infos, 7)
	for k, info := range infos {
		switch {
		case k == 3:
			assert.Equal(t, grid.Failed, info.State)
		case k < 3:
			assert.Equal(t, grid.Done, info.State)
			assert.Equal(t, 2, info.Attempts, "interrupted once")
			assert.JSONEq(t, `{"loss": 2.5}`, string(info.Result))
		default:
			assert.Equal(t, grid.Done, info.State)
			assert.Equal(t, 1, info.Attempts)
		}
		assert.True(t, strings.HasPrefix(info.Job, array.Job+"_"), info.Job)
	}
	failed := 0
	for task, runs := range s.Tasks {
		want := "COMPLETED"
		for _, id := range runs {
			if id == infos[3].ID {
				want = "FAILED"
				failed++
			}
		}
		assert.Equal(t, want, c.State(array.Name(task)))
	}
	assert.Equal(t, 1, failed)

	_, notes, err = run(t, args...)
	require.NoError(t, err)
	assert.Contains(t, notes, "0 runs to submit, 6 done, 1 failed\nthere is nothing to submit")
	out, notes, err = run(t, append(args, "-retry")...)
	require.NoError(t, err)
	assert.Contains(t, notes, "1 runs to submit, 6 done\n")
	assert.Contains(t, out, "1 tasks")
}
