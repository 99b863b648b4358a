//go:build unix

package cli_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
)

// programVariable names the program that the test binary is to run instead of
// the tests.
const programVariable = "TRAJENS_TEST_PROGRAM"

var programs = map[string]cli.Program{
	"good":  func(context.Context, []string, io.Writer, io.Writer) error { return nil },
	"help":  func(context.Context, []string, io.Writer, io.Writer) error { return flag.ErrHelp },
	"usage": func(context.Context, []string, io.Writer, io.Writer) error { return cli.Usagef("-n %d: no", 3) },
	"bad":   func(context.Context, []string, io.Writer, io.Writer) error { return errors.New("no good") },
	"interrupted": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "ready")
		<-ctx.Done()
		return nil
	},
	"canceled": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "ready")
		<-ctx.Done()
		return fmt.Errorf("at step 3: %w", context.Cause(ctx))
	},
	"slow": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "ready")
		<-ctx.Done()
		fmt.Fprintln(stdout, "interrupted")
		time.Sleep(300 * time.Millisecond)
		fmt.Fprintln(stdout, "result")
		return nil
	},
	"stubborn": func(ctx context.Context, _ []string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "ready")
		<-ctx.Done()
		fmt.Fprintln(stdout, "interrupted")
		time.Sleep(time.Minute)
		return nil
	},
}

func TestMain(m *testing.M) {
	if program, ok := programs[os.Getenv(programVariable)]; ok {
		cli.Main(program)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func command(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), programVariable+"="+program)
	return cmd
}

func TestMainExitCodes(t *testing.T) {
	for _, c := range []struct {
		program string
		code    int
		output  string
	}{
		{"good", 0, ""},
		{"help", 0, ""},
		{"usage", 2, "-n 3: no\n"},
		{"bad", 1, "error: no good\n"},
	} {
		cmd := command(t, c.program)
		output, err := cmd.CombinedOutput()
		if c.code == 0 {
			require.NoError(t, err, c.program)
		}
		require.Equal(t, c.code, cmd.ProcessState.ExitCode(), c.program)
		require.Equal(t, c.output, string(output), c.program)
	}
}

// TestMainInterrupt checks that the first interrupt ends the context and has its
// exit code, and that a second one kills a program that goes on.
func TestMainInterrupt(t *testing.T) {
	for _, program := range []string{"interrupted", "canceled", "stubborn"} {
		cmd := command(t, program)
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		defer cmd.Process.Kill()
		lines := bufio.NewScanner(stdout)
		require.True(t, lines.Scan())
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		if program != "stubborn" {
			require.Error(t, cmd.Wait())
			require.Equal(t, cli.Interrupted, cmd.ProcessState.ExitCode())
			continue
		}
		require.True(t, lines.Scan())
		require.Equal(t, "interrupted", lines.Text())
		done := make(chan error)
		go func() { done <- cmd.Wait() }()
		for killed := false; !killed; {
			// Main may need a moment to give the signal back.
			cmd.Process.Signal(os.Interrupt)
			select {
			case err = <-done:
				killed = true
			case <-time.After(20 * time.Millisecond):
			}
		}
		require.Error(t, err)
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		require.True(t, status.Signaled() && status.Signal() == syscall.SIGINT, "exit status %v", cmd.ProcessState)
	}
}

// Interrupts at once are one interrupt, after which the program has the time to
// write its result: timeout -s INT sends one to the program and one to its group.
func TestMainInterruptTwiceAtOnce(t *testing.T) {
	cmd := command(t, "slow")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer cmd.Process.Kill()
	lines := bufio.NewScanner(stdout)
	require.True(t, lines.Scan())
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.True(t, lines.Scan())
	require.Equal(t, "interrupted", lines.Text())
	time.Sleep(50 * time.Millisecond) // for Main to give the signal back, which it must not
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.True(t, lines.Scan(), "the second interrupt has ended the program")
	require.Equal(t, "result", lines.Text())
	require.Error(t, cmd.Wait())
	require.Equal(t, cli.Interrupted, cmd.ProcessState.ExitCode())
}
