package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// A run that was interrupted at several moments ends as one that was not.
func TestResume(t *testing.T) {
	for _, chains := range []string{"1", "2"} {
		args := []string{"-json", "-tau", "1,4", "-s", "10,100", "-steps", "300000", "-chains", chains}
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
				require.ErrorIs(t, err, context.DeadlineExceeded, "300,000 steps should take more than 50 ms")
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
		matches, err := filepath.Glob(filepath.Join(dir, "tau-4-s-100-chain-"+chains, "checkpoint-*330000.npz"))
		require.NoError(t, err)
		require.Len(t, matches, 1)
	}
}
