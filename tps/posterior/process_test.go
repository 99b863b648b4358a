//go:build linux || darwin

package posterior

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// The variables tell the test binary which program to run instead of the tests, and
// in which folder.
const (
	programVariable = "TRAJENS_TEST_PROGRAM"
	folderVariable  = "TRAJENS_TEST_FOLDER"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(folderVariable)
	var err error
	switch os.Getenv(programVariable) {
	case "":
		os.Exit(m.Run())
	case "killed":
		err = killed(dir)
	case "full":
		err = fullDisk(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func program(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), programVariable+"="+name, folderVariable+"="+dir)
	return cmd
}

// killed goes on with the run of two chains from their last checkpoints, if there
// are any.
func killed(dir string) error {
	t := new(testing.T)
	chains := newChains(t, 2)
	config := everything()
	config.Every, config.Block = 50, 4
	s, err := New(filepath.Join(dir, "run.zarr"), chains, config)
	if err != nil {
		return err
	}
	checkpoints := make([]*tps.Checkpoints, len(chains))
	for k, chain := range chains {
		checkpoints[k], err = tps.NewCheckpoints(tps.CheckpointsConfig{
			Dir: filepath.Join(dir, fmt.Sprintf("chain-%d", k)), Every: 330, Parts: []tps.Part{s.Part(k)},
		})
		if err == nil {
			_, err = checkpoints[k].Resume(chain)
		}
		if err != nil {
			return err
		}
	}
	err = s.Start()
	if errors.Is(err, fs.ErrExist) { // there was no checkpoint yet
		if err := os.RemoveAll(s.Dir()); err != nil {
			return err
		}
		err = s.Start()
	}
	if err != nil {
		return err
	}
	errs := tps.RunAll(context.Background(), chains, 2000, func(k int) []tps.Observer {
		return []tps.Observer{s.Observer(k), checkpoints[k].Observer()}
	})
	return errors.Join(append(errs, s.Close())...)
}

// A run that is killed again and again at random moments leaves the directory of one
// that was never stopped.
func TestKill(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 5
	}
	whole := quickDir(t)
	begun := time.Now()
	output, err := program(t, "killed", whole).CombinedOutput()
	require.NoError(t, err, "%s", output)
	takes := time.Since(begun)

	moments := rand.New(random.Source(1))
	done, finished := 0, 0
	dir := quickDir(t)
	for done < kills || finished == 0 {
		cmd := program(t, "killed", dir)
		require.NoError(t, cmd.Start())
		var timer *time.Timer
		if done < kills {
			timer = time.AfterFunc(time.Duration(moments.Int64N(int64(takes))), func() { cmd.Process.Kill() })
		}
		err := cmd.Wait()
		if timer != nil {
			timer.Stop()
		}
		if err == nil { // it came to its end
			requireSameTree(t, filepath.Join(whole, "run.zarr"), filepath.Join(dir, "run.zarr"))
			finished++
			dir = quickDir(t)
			continue
		}
		require.Equal(t, syscall.SIGKILL, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), "it failed by itself: %v", err)
		done++
	}
	t.Logf("killed %d times, came to the end %d times", done, finished)
}

// limitFiles limits the size that files may have, as a full disk does.
func limitFiles(bytes uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = bytes
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// fullDisk runs into a limit that some files reach, stops, and goes on when there is
// room again.
func fullDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	t := new(testing.T)
	chains := newChains(t, 1)
	s, err := New(filepath.Join(dir, "run.zarr"), chains, Config{Every: 1, Block: 4})
	if err != nil {
		return err
	}
	if err := s.Start(); err != nil {
		return err
	}
	ctx := context.Background()
	if err := chains[0].Run(ctx, 10, s.Observer(0)); err != nil {
		return err
	}
	before := tree(t, s.Dir())
	// theta has chunks of 144 bytes, the metadata are larger, other chunks smaller.
	for _, room := range []uint64{0, 33, 150} {
		if err := limitFiles(room); err != nil {
			return err
		}
		stopped := chains[0].Run(ctx, 20, s.Observer(0))
		if !errors.Is(stopped, syscall.EFBIG) || chains[0].Steps() > 15 {
			return fmt.Errorf("with %d bytes the run ended at step %d with %v", room, chains[0].Steps(), stopped)
		}
		if after := tree(t, s.Dir()); room < 100 && !maps.Equal(before, after) {
			return fmt.Errorf("with %d bytes the directory has changed", room)
		}
		if steps, _ := read(t, s.Dir(), "sample_stats/step"); len(steps) != 8 {
			return fmt.Errorf("with %d bytes readers see the steps %v", room, steps)
		}
	}
	if err := limitFiles(1 << 30); err != nil {
		return err
	}
	if err := chains[0].Run(ctx, 20, s.Observer(0)); err != nil {
		return err
	}
	if err := s.Close(); err == nil || err.Error() != "posterior: 2 draws of chain 0 were dropped while they could not be written" {
		return fmt.Errorf("it ended with %v", err)
	}
	// Those of steps 13 and 14, after each of which there was no room for a full chunk.
	want := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20}
	if steps, _ := read(t, s.Dir(), "sample_stats/step"); !slices.Equal(steps, want) {
		return fmt.Errorf("the draws are of the steps %v", steps)
	}
	return nil
}

func TestFullDisk(t *testing.T) {
	output, err := program(t, "full", quickDir(t)).CombinedOutput()
	require.NoError(t, err, "%s", output)
}
