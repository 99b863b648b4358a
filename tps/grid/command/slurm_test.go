package command

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSlurmCommandLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"Time is 1m30s", []string{"slurm", "-time", "90s", "tau=1"}},
		{"Name is", []string{"slurm", "-name", "a\nb", "tau=1"}},
		{"--array is for the job itself", []string{"slurm", "-option=--array=0-9", "tau=1"}},
		{"-runs 0", []string{"slurm", "-runs=0", "tau=1"}},
		{"-jobs 0", []string{"slurm", "-jobs=0", "tau=1"}},
		{"want -submission and -index", []string{"work", "-index", "1"}},
		{"want -submission and -index", []string{"work", "-submission", "x"}},
		{"there is no such directory", []string{"work", "-submission", "x", "-index", "1"}},
	} {
		_, _, err := run(t, append(c.args, "-dir", dir)...)
		require.ErrorContains(t, err, c.want)
		var usage *usageError
		require.ErrorAs(t, err, &usage)
		require.NoDirExists(t, dir)
	}
}

// The runs are there for another try where there is a Slurm.
func TestNoSlurm(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dir := filepath.Join(t.TempDir(), "out")
	_, _, err := run(t, "slurm", "tau=1,2", "-dir", dir)
	require.ErrorContains(t, err, "scontrol is not there")
	out, _, err := run(t, "list", "-dir", dir)
	require.NoError(t, err)
	require.Contains(t, out, "2 runs, 2 waiting")
}
