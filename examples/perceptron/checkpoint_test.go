package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/clitest"
)

// A run that was interrupted at several moments ends as one that was not.
func TestResume(t *testing.T) {
	steps, all := "300000", "330000"
	if testing.Short() {
		steps, all = "60000", "66000" // under the race detector
	}
	for _, chains := range []string{"1", "2"} {
		args := []string{"-json", "-tau", "1,4", "-s", "10,100", "-steps", steps, "-chains", chains}
		results := func(stdout string) []map[string]any {
			objects := clitest.Objects(t, stdout)
			for _, object := range objects {
				delete(object, "steps_per_second")
			}
			return objects
		}
		stdout, _ := clitest.Run(t, run, args...)
		want := results(stdout)
		require.Len(t, want, 4)

		dir := filepath.Join(t.TempDir(), "checkpoints")
		args = append(args, "-checkpoint", dir, "-checkpointevery", "10ms")
		interrupted := 0
		for i := 0; ; i++ {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i+1)*50*time.Millisecond)
			var out, log bytes.Buffer
			err := run(ctx, args, &out, &log)
			cancel()
			if i == 0 {
				require.ErrorIs(t, err, context.DeadlineExceeded, "the steps should take more than 50 ms")
				clitest.Refused(t, run, "go on from it with -resume", args...)
				args = append(args, "-resume")
			}
			if err == nil {
				require.Equal(t, want, results(out.String()))
				break
			}
			interrupted++
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Contains(t, log.String(), "Go on with: go run ./examples/perceptron -json ")
		}
		t.Logf("interrupted %d times", interrupted)
		require.Equal(t, "2" == chains, want[0]["r_hat"] != nil)
		matches, err := filepath.Glob(filepath.Join(dir, "tau-4-s-100-chain-"+chains, "checkpoint-*"+all+".npz"))
		require.NoError(t, err)
		require.Len(t, matches, 1)
	}
}

// A larger -steps is the new total, whose burn-in is the one that there was. What
// would make another chain is refused in the user's words.
func TestResumeWithMoreSteps(t *testing.T) {
	args := []string{"-json", "-tau", "2", "-s", "10", "-checkpoint", filepath.Join(t.TempDir(), "saved")}
	clitest.Run(t, run, append(args, "-steps", "1000")...)
	stdout, _ := clitest.Run(t, run, append(args, "-steps", "3000", "-resume")...)
	got := clitest.Objects(t, stdout)[0]
	stdout, _ = clitest.Run(t, run, "-json", "-tau", "2", "-s", "10", "-steps", "3000", "-burnin", "100")
	want := clitest.Objects(t, stdout)[0]
	delete(got, "steps_per_second")
	delete(want, "steps_per_second")
	require.Equal(t, want, got)
	for text, more := range map[string][]string{
		"was started with -seed 1, this is -seed 2":             {"-seed", "2"},
		"was started with -burnin -1, this is -burnin 300":      {"-burnin", "300"},
		"was started with -test adaptive, this is -test barker": {"-test", "barker"},
	} {
		clitest.Refused(t, run, text, append(append(args, "-resume"), more...)...)
	}
	err := run(t.Context(), append(args, "-resume", "-steps", "2000"), new(bytes.Buffer), new(bytes.Buffer))
	var usage *cli.UsageError
	require.ErrorAs(t, err, &usage)
	require.ErrorContains(t, err, "-steps 2000: the run in ")
	require.ErrorContains(t, err, " has measured 3000 already")
}

// All chains have random numbers of their own.
func TestChainsAreIndependent(t *testing.T) {
	o, err := parse([]string{"-chains", "3"}, io.Discard)
	require.NoError(t, err)
	p, err := newProblem(o)
	require.NoError(t, err)
	seen := make(map[uint64]bool)
	for _, tau := range o.tau {
		for _, s := range o.s {
			for chain := range o.chains {
				c, err := p.newChain(job{group: &group{tau: tau, s: s}, chain: chain})
				require.NoError(t, err)
				seen[c.Config().Source.Uint64()] = true
			}
		}
	}
	require.Len(t, seen, len(o.tau)*len(o.s)*o.chains)
}
