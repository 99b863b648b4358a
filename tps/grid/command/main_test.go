//go:build unix

package command

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// programVariable makes the test binary the test's program.
const programVariable = "TRAJENS_TEST_GRID_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		Main(testProgram())
	}
	os.Exit(m.Run())
}

func start(t *testing.T, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	cmd, stderr = exec.Command(path, args...), new(bytes.Buffer)
	cmd.Env = append(os.Environ(), programVariable+"=1")
	cmd.Stderr = stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, stderr
}

func code(cmd *exec.Cmd) int {
	cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

func TestExitCodes(t *testing.T) {
	dir := "-dir=" + filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, []string{"help"}},
		{0, []string{"run", "-h"}},
		{2, []string{"run", "-x"}},
		{2, nil},
		{0, []string{"run", dir, "tau=1,2"}},
		{1, []string{"run", dir, "tau=0"}},
	} {
		cmd, stderr := start(t, c.args...)
		require.Equal(t, c.code, code(cmd), "%v: %s", c.args, stderr)
	}
}

// waitForRun waits until a run is at work, and in its wait.
func waitForRun(t *testing.T, dir string) grid.Info {
	t.Helper()
	var found grid.Info
	require.Eventually(t, func() bool {
		waiting, err := filepath.Glob(filepath.Join(dir, "runs", "*", "attempt-*", "checkpoints", "waited"))
		require.NoError(t, err)
		if len(waiting) == 0 {
			return false
		}
		infos, err := grid.List(dir)
		require.NoError(t, err)
		found = infos[0]
		return found.State == grid.Running
	}, 30*time.Second, 10*time.Millisecond)
	return found
}

// The first interrupt lets runs save, and they go on later.
func TestInterruptSignal(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		dir := filepath.Join(t.TempDir(), "out")
		cmd, stderr := start(t, "run", "-dir", dir, "wait=true")
		waitForRun(t, dir)
		require.NoError(t, cmd.Process.Signal(signal))
		require.Equal(t, interruptedCode, code(cmd), "%s", stderr)
		require.Contains(t, stderr.String(), "0 done, 1 interrupted")
		cmd, stderr = start(t, "run", "-dir", dir)
		require.Equal(t, 0, code(cmd), "%s", stderr)
		require.Contains(t, stderr.String(), "1 done\n")
	}
}

// The second one ends the program at once.
func TestSecondInterrupt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	cmd, _ := start(t, "run", "-dir", dir, "wait=true", "seed=99")
	waitForRun(t, dir)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		case <-time.After(100 * time.Millisecond):
			cmd.Process.Signal(os.Interrupt)
		}
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, status.Signaled() && status.Signal() == syscall.SIGINT, "%v", cmd.ProcessState)
}

// The command interrupt is a preemption: the worker takes the run again.
func TestInterruptCommand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	cmd, stderr := start(t, "run", "-dir", dir, "wait=true")
	info := waitForRun(t, dir)
	_, _, err := run(t, "interrupt", "-dir", dir, info.ID[:8])
	require.NoError(t, err)
	require.Equal(t, 0, code(cmd), "%s", stderr)
	infos, err := grid.List(dir)
	require.NoError(t, err)
	require.Equal(t, grid.Done, infos[0].State)
	require.Equal(t, 2, infos[0].Attempts)
	_, _, err = run(t, "interrupt", "-dir", dir, info.ID)
	require.ErrorContains(t, err, "nobody has the runs")
}
