package tps_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// The test program runs itself again as a process that can be killed: these
// variables say which run that is.
const (
	killedRun = "TRAJENS_TEST_KILLED_RUN" // folder of its checkpoints
	fullRun   = "TRAJENS_TEST_FULL_DISK_RUN"
)

func TestMain(m *testing.M) {
	var run func(dir string) error
	dir := os.Getenv(killedRun)
	switch {
	case dir != "":
		run = runKilled
	case os.Getenv(fullRun) != "":
		dir, run = os.Getenv(fullRun), runOnFullDisk
	default:
		os.Exit(m.Run())
	}
	if err := run(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// killedSteps is the length of the run that is killed: one or two seconds.
const killedSteps = 1_000_000

// losses is a part: the sum of the chain's loss estimates, of each 1000 steps.
type losses struct{ sum float64 }

func (l *losses) MarshalBinary() ([]byte, error) {
	return strconv.AppendFloat(nil, l.sum, 'g', -1, 64), nil
}

func (l *losses) UnmarshalBinary(b []byte) (err error) {
	l.sum, err = strconv.ParseFloat(string(b), 64)
	return err
}

// perceptronChain returns a chain, annealed so that its steps differ, on a
// number of workers that differs each time.
func perceptronChain(workers int) (*tps.Chain, error) {
	line, _, err := data.Line(256, 0, random.Source(1))
	if err != nil {
		return nil, err
	}
	l, err := nn.NewLosses(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{Workers: workers})
	if err != nil {
		return nil, err
	}
	test, err := minibatch.NewAdaptive(256, minibatch.AdaptiveConfig{Chunk: 32})
	if err != nil {
		return nil, err
	}
	return tps.NewChain(tps.Config{
		Tau: 8, Sigma: 0.1, Schedule: tps.Linear{From: 1, To: 200, Steps: killedSteps}, Test: test,
	}, l)
}

// runKilled goes on with the run from its last checkpoint.
func runKilled(dir string) error {
	chain, err := perceptronChain(1 + os.Getpid()%4)
	if err != nil {
		return err
	}
	sum := new(losses)
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{
		Dir: dir, Every: 2_000, Parts: []tps.Part{{Name: "losses", State: sum}},
	})
	if err != nil {
		return err
	}
	if _, err := checkpoints.Resume(chain); err != nil {
		return err
	}
	add := tps.Every(1000, func(chain *tps.Chain) error {
		sum.sum += chain.LossEstimate()
		return nil
	})
	return chain.Run(context.Background(), killedSteps, add, checkpoints.Observer())
}

// again is this program once more, as another run.
func again(variable, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), variable+"="+dir)
	return cmd
}

// A run that is killed again and again, at moments of which many are within
// the writing of a checkpoint, ends where the uninterrupted one does.
func TestKilledRunsGoOn(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	whole := t.TempDir()
	output, err := again(killedRun, whole).CombinedOutput()
	require.NoError(t, err, "%s", output)
	file := fmt.Sprintf("checkpoint-%012d.npz", killedSteps)
	want, err := os.ReadFile(filepath.Join(whole, file))
	require.NoError(t, err)

	moments := rand.New(random.Source(3))
	killed, finished, written := 0, 0, 0
	dir := t.TempDir()
	for killed < kills || finished == 0 {
		cmd := again(killedRun, dir)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		require.NoError(t, cmd.Start())
		var timer *time.Timer
		if killed < kills {
			timer = time.AfterFunc(time.Duration(moments.Int64N(int64(80*time.Millisecond))), func() { cmd.Process.Kill() })
		}
		err := cmd.Wait()
		if timer != nil {
			timer.Stop()
		}
		if err == nil { // it got to its end
			got, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			require.Equal(t, want, got)
			finished++
			dir = t.TempDir()
			continue
		}
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, syscall.SIGKILL, exit.Sys().(syscall.WaitStatus).Signal(), "%v\n%s", err, stderr.String())
		killed++
		left, err := filepath.Glob(filepath.Join(dir, ".*.part"))
		require.NoError(t, err)
		if len(left) > 0 {
			written++
		}
	}
	t.Logf("killed %d times, of which %d while a checkpoint was written; came to the end %d times", killed, written, finished)
}

// limitFiles limits the size of files that this process writes.
func limitFiles(bytes uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = min(bytes, limit.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// runOnFullDisk runs a chain, and lets no file grow beyond a kilobyte from
// step 2500 to step 4500.
func runOnFullDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ) // which a write beyond the limit sends
	chain, err := perceptronChain(1)
	if err != nil {
		return err
	}
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: dir, Every: 1000, OnError: func(err error) error {
		if !errors.Is(err, syscall.EFBIG) {
			return err
		}
		entries, err2 := os.ReadDir(dir)
		fmt.Println(err)
		for _, entry := range entries {
			fmt.Println(entry.Name())
		}
		return err2
	}})
	if err != nil {
		return err
	}
	limit := tps.Every(500, func(chain *tps.Chain) error {
		switch chain.Steps() {
		case 2500:
			return limitFiles(1024)
		case 4500:
			return limitFiles(1 << 40)
		}
		return nil
	})
	return chain.Run(context.Background(), 6000, limit, checkpoints.Observer())
}

// On a full disk the last good checkpoints stay and the run goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	cmd := again(fullRun, dir)
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", output)
	text := string(output)
	for _, step := range []int{3000, 4000} {
		assert.Contains(t, text, fmt.Sprintf("tps: the checkpoint at step %d was not written", step))
	}
	assert.Equal(t, 2, strings.Count(text, "was not written"), text)
	assert.Equal(t, 2, strings.Count(text, "file too large\ncheckpoint-000000001000.npz\ncheckpoint-000000002000.npz\n"), text)

	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "checkpoint-000000006000.npz", entries[1].Name())
	chain, err := perceptronChain(1)
	require.NoError(t, err)
	whole, err := perceptronChain(1)
	require.NoError(t, err)
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: dir})
	require.NoError(t, err)
	_, err = checkpoints.Resume(chain)
	require.NoError(t, err)
	require.NoError(t, whole.Run(context.Background(), 6000))
	assert.Equal(t, whole.Trajectory().Values(), chain.Trajectory().Values())
	assert.Equal(t, whole.Stats(), chain.Stats())
}
