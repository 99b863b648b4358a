//go:build unix

package slurm

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func kill(t *testing.T, signal syscall.Signal) {
	t.Helper()
	require.NoError(t, syscall.Kill(syscall.Getpid(), signal))
}

func waitDone(t *testing.T, ctx context.Context) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the context does not end")
	}
}

func TestListen(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGTERM} {
		l := listen(t.Context())
		_, _, ok := l.received()
		assert.False(t, ok)
		assert.NoError(t, l.ctx.Err())
		kill(t, signal)
		waitDone(t, l.ctx)
		assert.ErrorContains(t, context.Cause(l.ctx), signal.String())
		kill(t, syscall.SIGTERM) // one more does no harm
		time.Sleep(10 * time.Millisecond)
		got, at, ok := l.received()
		assert.True(t, ok)
		assert.Equal(t, signal, got)
		assert.WithinDuration(t, time.Now(), at, 10*time.Second)
		l.stop()
		l.stop()
	}
}

// The end of the parent is handed on, and is no signal, unless it comes from
// one that this has got as well, a little later perhaps.
func TestListenToParent(t *testing.T) {
	problem := errors.New("enough")
	for _, signaled := range []bool{false, true} {
		parent, cancel := context.WithCancelCause(t.Context())
		l := listen(parent)
		cancel(problem)
		if signaled {
			kill(t, syscall.SIGTERM)
		}
		waitDone(t, l.ctx)
		if !signaled { // else the signal may come first
			assert.ErrorIs(t, context.Cause(l.ctx), problem)
		}
		_, _, ok := l.received()
		assert.Equal(t, signaled, ok)
		l.stop()
	}
	l := listen(t.Context())
	l.stop()
	waitDone(t, l.ctx)
}

// A signal that comes when nothing is left over changes nothing. If there is
// something left and nobody to ask, that is an error, beside that of the work.
func TestWorkIsSignaled(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("SLURM_ARRAY_JOB_ID", "12")
	t.Setenv("SLURM_ARRAY_TASK_ID", "0")
	t.Setenv("SLURM_RESTART_COUNT", "")
	s, err := Create(t.TempDir(), job(), [][]string{{"a", "b"}}, 5)
	require.NoError(t, err)
	disk := errors.New("the disk is full")
	for left := range 2 {
		// As Main of package command has it: SIGTERM ends the caller's context, too.
		ctx, cancel := context.WithCancel(t.Context())
		outcome, err := s.Work(ctx, 0, t.Output(), func(ctx context.Context, runs []string) (int, error) {
			cancel()
			kill(t, syscall.SIGTERM)
			waitDone(t, ctx)
			return left, errors.Join(context.Cause(ctx), fmt.Errorf("run a: %w", disk))
		})
		assert.ErrorIs(t, err, disk)
		assert.NotErrorIs(t, err, context.Canceled)
		if left == 0 {
			assert.Equal(t, Finished, outcome)
			assert.NotContains(t, err.Error(), "requeued")
		} else {
			assert.Equal(t, Interrupted, outcome)
			assert.ErrorContains(t, err, "task 12_0 got the signal terminated and is not requeued")
			assert.ErrorContains(t, err, "scontrol is not there")
		}
	}
}
