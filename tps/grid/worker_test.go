//go:build linux || darwin

package grid_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/grid"
)

// A process is a worker of its own.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

func start(t *testing.T, options workerOptions) *process {
	t.Helper()
	p := prepare(t, options)
	require.NoError(t, p.Start())
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

func prepare(t *testing.T, options workerOptions) *process {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	text, err := json.Marshal(options)
	require.NoError(t, err)
	p := &process{Cmd: exec.Command(binary)}
	p.Env = append(os.Environ(), workerVariable+"="+string(text))
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	return p
}

// summary waits for the end, which must be one without an error.
func (p *process) summary(t *testing.T) (s grid.Summary) {
	t.Helper()
	require.NoError(t, p.Wait(), "%s", p.stderr.String())
	require.NoError(t, json.Unmarshal(p.stdout.Bytes(), &s))
	return s
}

// sweepRuns is how many runs a sweep has.
const sweepRuns = 40

// sweep returns the perceptron, and the results of an undisturbed sweep.
func sweep(t *testing.T) (program grid.Program[config], want map[string]string) {
	t.Helper()
	program = perceptron()
	if *long {
		program.Default.Steps *= 10
	}
	dir := t.TempDir()
	g := open(t, dir, program, sweepRuns)
	summary, err := g.Work(context.Background(), grid.WorkConfig{Jobs: 2})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: sweepRuns}, summary)
	want = results(t, dir)
	different := make(map[string]bool)
	for _, result := range want {
		different[result] = true
	}
	require.Len(t, different, sweepRuns, "the runs are to differ")
	return program, want
}

// A sweep that is killed again and again, and one by several processes, ends with the
// results of an undisturbed one, bit for bit, traces included.
func TestSweep(t *testing.T) {
	program, want := sweep(t)
	t.Run("killed", func(t *testing.T) {
		dir := t.TempDir()
		open(t, dir, program, sweepRuns)
		moments := rand.New(random.Source(1))
		kills := 0
		for kills < 10 {
			p := start(t, workerOptions{Dir: dir, Jobs: 2})
			time.Sleep(20*time.Millisecond + time.Duration(moments.Int64N(int64(60*time.Millisecond))))
			require.NoError(t, p.Process.Kill())
			if p.Wait() == nil {
				break
			}
			kills++
		}
		require.Equal(t, 10, kills, "the sweep was over before")
		s := start(t, workerOptions{Dir: dir}).summary(t)
		require.Positive(t, s.Done)
		require.Equal(t, sweepRuns, s.Done+s.DoneBefore, "%+v", s)
		require.Equal(t, want, results(t, dir))
		again := 0
		for _, info := range list(t, dir) {
			again += info.Attempts - 1
		}
		t.Logf("%d further attempts after %d kills", again, kills)
		require.Positive(t, again, "no kill came in the middle of a run")
	})
	for _, processes := range []int{2, 4} {
		t.Run(map[int]string{2: "two processes", 4: "four processes"}[processes], func(t *testing.T) {
			dir := t.TempDir()
			open(t, dir, program, sweepRuns)
			workers := make([]*process, processes)
			for k := range workers {
				workers[k] = start(t, workerOptions{Dir: dir})
			}
			done := 0
			for _, worker := range workers {
				s := worker.summary(t)
				require.Zero(t, s.Lost+s.Failed)
				done += s.Done
			}
			require.Equal(t, sweepRuns, done, "each run is done once")
			require.Equal(t, want, results(t, dir))
			for _, info := range list(t, dir) {
				require.Equal(t, 1, info.Attempts)
			}
			checkLitter(t, dir)
		})
	}
}

// A worker that is stopped for longer than its lease loses its run to another one, and
// sees that when it goes on.
func TestStopped(t *testing.T) {
	program := perceptron()
	program.Default.Steps = 400_000
	const runs = 2
	undisturbed, dir := t.TempDir(), t.TempDir()
	_, err := open(t, undisturbed, program, runs).Work(context.Background(), grid.WorkConfig{Jobs: 2})
	require.NoError(t, err)

	open(t, dir, program, runs)
	options := workerOptions{Dir: dir, Lease: 400 * time.Millisecond, Wait: true}
	stopped := start(t, options)
	require.Eventually(t, func() bool { return list(t, dir)[0].State == grid.Running && list(t, dir)[0].Attempts == 1 }, 30*time.Second, time.Millisecond)
	require.NoError(t, stopped.Process.Signal(syscall.SIGSTOP))
	lost := list(t, dir)[0]
	require.Nil(t, lost.Result, "it was stopped too late")
	require.Eventually(t, func() bool { return list(t, dir)[0].State == grid.Interrupted }, 30*time.Second, 10*time.Millisecond, "the lease does not become stale")

	other := start(t, options).summary(t)
	require.Equal(t, runs, other.Done)
	after := results(t, dir)
	require.NoError(t, stopped.Process.Signal(syscall.SIGCONT))
	s := stopped.summary(t)
	require.Equal(t, 1, s.Lost, "%+v", s)
	require.Zero(t, s.Done)
	require.Equal(t, results(t, undisturbed), after)
	require.Equal(t, after, results(t, dir), "the stopped worker has changed a result")
	require.Equal(t, 2, list(t, dir)[0].Attempts)
	checkLitter(t, dir)
}

// full lets no file grow any more once a number of runs has begun, as a full disk does.
func full(program grid.Program[config], after int) grid.Program[config] {
	run := program.Run
	var begun atomic.Int64
	program.Run = func(ctx context.Context, r *grid.Run, c config) (any, error) {
		if int(begun.Add(1)) > after {
			signal.Ignore(syscall.SIGXFSZ) // which a write beyond the limit sends
			var limit syscall.Rlimit
			if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
				return nil, err
			}
			limit.Cur = 16
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
				return nil, err
			}
		}
		return run(ctx, r, c)
	}
	return program
}

// On a full disk Work ends with its error, what was done stays, and the rest is done
// when there is room again.
func TestFullDisk(t *testing.T) {
	const runs, room = 8, 3
	long := perceptron()
	long.Default.Steps = 40_000
	for name, c := range map[string]struct {
		program grid.Program[config]
		problem string
	}{
		"full":       {long, syscall.EFBIG.Error()},
		"bare, full": {bare(), "the result was not written"},
	} {
		t.Run(name, func(t *testing.T) {
			undisturbed, dir := t.TempDir(), t.TempDir()
			_, err := open(t, undisturbed, c.program, runs).Work(context.Background(), grid.WorkConfig{})
			require.NoError(t, err)
			g := open(t, dir, c.program, runs)
			p := start(t, workerOptions{Dir: dir, Program: name, FullAfter: room})
			require.Error(t, p.Wait())
			require.Contains(t, p.stderr.String(), c.problem)
			states := make(map[grid.State]int)
			for _, info := range list(t, dir) {
				states[info.State]++
			}
			require.Equal(t, map[grid.State]int{grid.Done: room, grid.Interrupted: 1, grid.Waiting: runs - room - 1}, states)
			s, err := g.Work(context.Background(), grid.WorkConfig{})
			require.NoError(t, err)
			require.Equal(t, grid.Summary{Done: runs - room, DoneBefore: room}, s)
			require.Equal(t, results(t, undisturbed), results(t, dir))
			checkLitter(t, dir)
		})
	}
}

// A grid that cannot be written stays as it is, and can be listed.
func TestReadOnly(t *testing.T) {
	program := perceptron()
	program.Default.Steps = 200
	dir := t.TempDir()
	g := open(t, dir, program, 4)
	_, err := g.Work(context.Background(), grid.WorkConfig{Only: []string{list(t, dir)[0].ID}})
	require.NoError(t, err)
	before := list(t, dir)

	p := prepare(t, workerOptions{Dir: dir})
	if os.Getuid() == 0 { // who may write everywhere
		p.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		p.Path = filepath.Join(t.TempDir(), "worker")
		copyBinary(t, p.Path)
		for _, path := range []string{dir, filepath.Dir(p.Path)} {
			require.NoError(t, os.Chmod(filepath.Dir(path), 0o755))
		}
		p.Dir = "/"
	}
	for _, run := range runDirs(t, dir) {
		require.NoError(t, os.Chmod(run, 0o555))
		t.Cleanup(func() { os.Chmod(run, 0o755) })
	}
	err = p.Run()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v", err)
	require.Contains(t, p.stderr.String(), "permission denied")
	require.Equal(t, before, list(t, dir))
	for _, run := range runDirs(t, dir) {
		require.NoError(t, os.Chmod(run, 0o755))
	}
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 3, DoneBefore: 1}, s)
}

func copyBinary(t *testing.T, path string) {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	from, err := os.Open(binary)
	require.NoError(t, err)
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, errors.Join(err, to.Close()))
}
