//go:build linux || darwin

package trace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// The variables tell the test binary which program to run instead of the
// tests, and on which file.
const (
	programVariable = "TRAJENS_TEST_PROGRAM"
	pathVariable    = "TRAJENS_TEST_PATH"
)

func TestMain(m *testing.M) {
	path := os.Getenv(pathVariable)
	var err error
	switch os.Getenv(programVariable) {
	case "":
		os.Exit(m.Run())
	case "forever":
		err = forever(path)
	case "full":
		err = fullDisk(path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func program(t *testing.T, name, path string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), programVariable+"="+name, pathVariable+"="+path)
	return cmd
}

// forever runs until it is killed.
func forever(path string) error {
	w, err := Create(path, Config{Columns: all(), FlushRows: 7})
	if err != nil {
		return err
	}
	chain := newChain(new(testing.T))
	return chain.Run(context.Background(), 1<<40, w.Observer())
}

// waitForBytes waits until a file has so many bytes, however slow the machine is.
func waitForBytes(t *testing.T, path string, bytes int64) {
	t.Helper()
	require.Eventually(t, func() bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() >= bytes
	}, time.Minute, time.Millisecond)
}

// TestKill kills runs at random moments, every second of them after the first rows.
func TestKill(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 3
	}
	r := rand.New(random.Source(1))
	rows := 0
	for i := range kills {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("trace%d.csv", i))
		cmd := program(t, "forever", path)
		require.NoError(t, cmd.Start())
		if i%2 == 0 {
			waitForBytes(t, path, 2000)
		}
		time.Sleep(20*time.Millisecond + time.Duration(r.Int64N(int64(60*time.Millisecond))))
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		require.Equal(t, syscall.SIGKILL, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), "it ended by itself")
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue // it was too early
		}
		table, err := readFile(t, path)
		var incomplete *IncompleteError
		if !errors.As(err, &incomplete) {
			require.NoError(t, err)
		}
		rows += table.Len()
		for i, n := range table.Steps {
			require.Equal(t, i+1, n)
		}
	}
	t.Logf("%d rows in %d files", rows, kills)
	require.Positive(t, rows, "no run came to a row")
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

// fullDisk runs into a limit that is no multiple of a row, on which the run is
// to stop at first, then to go on; then there is room again.
func fullDisk(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	const room = 1003
	if err := limitFiles(room); err != nil {
		return err
	}
	reports := 0
	w, err := Create(path, Config{Columns: []Column{S(), Delta()}, FlushRows: 10})
	if err != nil {
		return err
	}
	chain := newChain(new(testing.T))
	ctx := context.Background()
	check := func(ok bool, what string) {
		if !ok {
			err = errors.Join(err, errors.New(what))
		}
	}
	stopped := chain.Run(ctx, 1000, w.Observer())
	check(errors.Is(stopped, syscall.EFBIG), fmt.Sprintf("the run ended with %v", stopped))
	check(chain.Steps() < 100, "the run did not stop soon")
	check(errors.Is(w.Flush(), syscall.EFBIG), "Flush has no error")

	w.config.OnError = func(err error) error {
		reports++
		return nil
	}
	check(chain.Run(ctx, chain.Steps()+200, w.Observer()) == nil, "the run did not go on")
	check(reports == 1, fmt.Sprintf("%d reports", reports))
	file, openErr := os.Open(path)
	check(openErr == nil, "the trace is gone")
	table, readErr := Read(file)
	file.Close()
	check(readErr == nil && table.Len() > 0 && table.Len() < 100, fmt.Sprintf("the rows before the error: %v", readErr))
	_, stateErr := w.MarshalBinary()
	check(stateErr != nil, "a state without the rows")

	check(limitFiles(1<<30) == nil, "no limit again")
	check(chain.Run(ctx, chain.Steps()+100, w.Observer()) == nil, "the run did not go on with room")
	check(w.Dropped() == 0 && w.Close() == nil, "rows were lost")
	return err
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "full.csv")
	output, err := program(t, "full", path).CombinedOutput()
	require.NoError(t, err, "%s", output)

	table, err := readFile(t, path)
	require.NoError(t, err)
	w, want := create(t, Config{Columns: []Column{S(), Delta()}})
	run(t, newChain(t), table.Steps[table.Len()-1], w)
	require.NoError(t, w.Close())
	require.Greater(t, table.Len(), 300)
	require.Equal(t, contents(t, want), contents(t, path))
}

// TestDropped fills the memory that rows may wait in. /dev/full is what its
// name says.
func TestDropped(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full: ", err)
	}
	w, path := create(t, Config{Columns: []Column{S()}, OnError: func(error) error { return nil }})
	disk := w.file
	run(t, newChain(t), 0, w)
	w.file = full
	chain := newChain(t)
	run(t, chain, 300_000, w)
	require.Positive(t, w.Dropped())
	require.Less(t, len(w.pending), pendingLimit+100_000)
	require.ErrorIs(t, w.Flush(), syscall.ENOSPC)
	w.file = disk
	run(t, chain, 5000, w)
	require.ErrorContains(t, w.Close(), "rows were dropped")
	table, err := readFile(t, path)
	require.NoError(t, err)
	require.Equal(t, 305_000, table.Len()+w.Dropped())
	require.Equal(t, 305_000, table.Steps[table.Len()-1])
	require.NoError(t, full.Close())
}

// The callback's error ends the run.
func TestOnErrorStops(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full: ", err)
	}
	defer full.Close()
	stop := errors.New("stop")
	w, _ := create(t, Config{Columns: []Column{S()}, FlushRows: 5, OnError: func(err error) error {
		require.ErrorIs(t, err, syscall.ENOSPC)
		return stop
	}})
	w.file.Close()
	w.file = full
	chain := newChain(t)
	require.ErrorIs(t, chain.Run(context.Background(), 100, w.Observer()), stop)
	require.Equal(t, 5, chain.Steps())
}
