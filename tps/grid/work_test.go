package grid_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

func TestStates(t *testing.T) {
	dir := t.TempDir()
	program := fake(func(ctx context.Context, run *grid.Run, c config) (any, error) {
		fmt.Fprintf(run.Log(), "seed %d\n", c.Seed)
		run.Progress(0.5, "half")
		switch c.Seed {
		case 1:
			return nil, errors.New("the data are missing")
		case 2:
			panic("out of range")
		case 3:
			return math.NaN(), nil
		}
		return map[string]uint64{"seed": c.Seed}, nil
	})
	g := open(t, dir, program, 5)
	for _, info := range list(t, dir) {
		require.Equal(t, grid.Waiting, info.State)
	}
	s, err := g.Work(context.Background(), grid.WorkConfig{Job: "17_3"})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 2, Failed: 3}, s)
	infos := list(t, dir)
	for k, want := range []string{"", "the data are missing", "panic: out of range", "the result has no JSON", ""} {
		info := infos[k]
		require.Contains(t, info.Error, want)
		require.Equal(t, want == "", info.State == grid.Done)
		require.Equal(t, 1, info.Attempts)
		require.Equal(t, "17_3", info.Job)
		require.Equal(t, os.Getpid(), info.Process)
		require.False(t, info.Started.IsZero() || info.Ended.Before(info.Started))
		log, err := os.ReadFile(filepath.Join(info.Dir, info.Attempt, "log"))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("seed %d\n", k), string(log))
	}
	require.JSONEq(t, `{"seed": 4}`, string(infos[4].Result))
	problem, err := os.ReadFile(filepath.Join(infos[2].Dir, "error.txt"))
	require.NoError(t, err)
	require.Contains(t, string(problem), "work_test.go", "the stack of the panic")

	s, err = g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{DoneBefore: 2, FailedBefore: 3}, s)
	s, err = g.Work(context.Background(), grid.WorkConfig{RetryFailed: true, Jobs: 3})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{DoneBefore: 2, Failed: 3}, s)

	_, err = g.Retry(infos[0].ID)
	require.ErrorContains(t, err, "is done, want one that has failed")
	n, err := g.Retry(infos[1].ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, grid.Waiting, list(t, dir)[1].State)
	n, err = g.Retry()
	require.NoError(t, err)
	require.Equal(t, 2, n)
	s, err = g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{DoneBefore: 2, Failed: 3}, s)
	require.Equal(t, 3, list(t, dir)[1].Attempts)
	checkLitter(t, dir)
}

// counter counts to ten, a checkpoint each, and lets the test in after five.
func counter(reached func(ctx context.Context)) grid.Program[config] {
	return fake(func(ctx context.Context, run *grid.Run, c config) (any, error) {
		path := filepath.Join(run.Checkpoints(), "deep", "count")
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return nil, err
		}
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for len(text) < 10 {
			text = append(text, 'x')
			if err := os.WriteFile(path, text, 0o666); err != nil {
				return nil, err
			}
			if len(text) == 5 {
				reached(ctx)
				<-ctx.Done()
			}
			if ctx.Err() != nil {
				return nil, fmt.Errorf("at %d: %w", len(text), context.Cause(ctx))
			}
		}
		return len(text), nil
	})
}

func TestInterruptedByContext(t *testing.T) {
	dir := t.TempDir()
	why := errors.New("the time is over")
	ctx, cancel := context.WithCancelCause(context.Background())
	g := open(t, dir, counter(func(context.Context) { cancel(why) }), 2)
	s, err := g.Work(ctx, grid.WorkConfig{})
	require.ErrorIs(t, err, why)
	require.Equal(t, grid.Summary{Interrupted: 1, Left: 1}, s)
	info := list(t, dir)[0]
	require.Equal(t, grid.Interrupted, info.State)
	require.Equal(t, "at 5: the time is over", info.Error)

	s, err = g.Work(ctx, grid.WorkConfig{})
	require.ErrorIs(t, err, why)
	require.Equal(t, grid.Summary{Left: 2}, s)
	s, err = g.Work(context.Background(), grid.WorkConfig{Only: []string{info.ID}})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 1}, s)
	require.Equal(t, 2, list(t, dir)[0].Attempts)
	require.Equal(t, "10", string(list(t, dir)[0].Result))
}

// A run that is asked to interrupt itself goes on with its checkpoint.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	var g *grid.Grid[config]
	var cause error
	g = open(t, dir, counter(func(ctx context.Context) {
		require.NoError(t, g.Interrupt(list(t, dir)[0].ID))
		<-ctx.Done()
		cause = context.Cause(ctx)
	}), 1)
	id := list(t, dir)[0].ID
	require.ErrorContains(t, g.Interrupt(id), "nobody has the runs")
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 1}, s)
	require.ErrorIs(t, cause, grid.ErrInterrupted)
	info := list(t, dir)[0]
	require.Equal(t, 2, info.Attempts)
	require.Equal(t, "10", string(info.Result))
	found, err := filepath.Glob(filepath.Join(info.Dir, "attempt-1-*", "checkpoints", "deep", "count"))
	require.NoError(t, err)
	require.Len(t, found, 1, "the checkpoints of the attempt before are copied, not moved")
	checkLitter(t, dir)
}

// takeOver does what another worker does that finds the lease stale.
func takeOver(t *testing.T, dir string) {
	t.Helper()
	lease := filepath.Join(dir, "lease")
	require.NoError(t, os.Rename(lease, filepath.Join(dir, "broken")))
	require.NoError(t, os.WriteFile(lease, []byte(`{"token":"other","host":"elsewhere","process":1,"lease":60000000000}`), 0o666))
}

// A worker whose lease was taken between two heartbeats does not publish.
func TestLostBeforePublishing(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, fake(func(_ context.Context, run *grid.Run, _ config) (any, error) {
		takeOver(t, filepath.Dir(run.Dir()))
		return 1, nil
	}), 1)
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Lost: 1, Elsewhere: 1}, s)
	info := list(t, dir)[0]
	require.Equal(t, grid.Running, info.State, "it is the other's")
	require.Equal(t, "elsewhere", info.Host)
	require.Nil(t, info.Result)
}

// At a heartbeat it ends the run's context, and an error of the run is not kept.
func TestLostAtAHeartbeat(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, fake(func(ctx context.Context, run *grid.Run, _ config) (any, error) {
		takeOver(t, filepath.Dir(run.Dir()))
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			t.Error("the context does not end")
		}
		return nil, errors.New("confused")
	}), 1)
	s, err := g.Work(context.Background(), grid.WorkConfig{Lease: 100 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, 1, s.Lost)
	require.Equal(t, grid.Running, list(t, dir)[0].State)
	require.NoFileExists(t, filepath.Join(list(t, dir)[0].Dir, "error.txt"))
}

// A result that is there is never replaced.
func TestResultIsThereOnce(t *testing.T) {
	dir := t.TempDir()
	other := []byte(`{"attempt":"other","ended":"2030-01-01T00:00:00Z","seconds":1,"result":"first"}`)
	g := open(t, dir, fake(func(_ context.Context, run *grid.Run, _ config) (any, error) {
		return "second", os.WriteFile(filepath.Join(filepath.Dir(run.Dir()), "result.json"), other, 0o666)
	}), 1)
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Lost: 1, Elsewhere: 1}, s)
	require.Equal(t, `"first"`, string(list(t, dir)[0].Result))
	text, err := os.ReadFile(filepath.Join(list(t, dir)[0].Dir, "result.json"))
	require.NoError(t, err)
	require.Equal(t, other, text)
}

// A worker waits for the runs of others, and takes them over when they have no
// heartbeat any more.
func TestWait(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, fake(func(context.Context, *grid.Run, config) (any, error) { return 1, nil }), 2)
	lease := filepath.Join(list(t, dir)[0].Dir, "lease")
	require.NoError(t, os.WriteFile(lease, []byte(`{"token":"other","host":"elsewhere","process":1,"lease":300000000}`), 0o666))
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 1, Elsewhere: 1}, s)
	start := time.Now()
	s, err = g.Work(context.Background(), grid.WorkConfig{Wait: true, Lease: 200 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 1, DoneBefore: 1}, s)
	require.Less(t, time.Since(start), 20*time.Second)
	checkLitter(t, dir)
}

// Files that a power failure has cut are made again, or named.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, fake(func(context.Context, *grid.Run, config) (any, error) { return 1, nil }), 4)
	infos := list(t, dir)
	write := func(k int, name string) {
		require.NoError(t, os.WriteFile(filepath.Join(infos[k].Dir, name), []byte(`{"st`), 0o666))
	}
	write(0, "state.json")
	write(1, "config.json")
	write(2, "lease")
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(infos[2].Dir, "lease"), old, old))
	write(3, "result.json")
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 2, Failed: 1, DoneBefore: 1}, s)
	infos = list(t, dir)
	require.Equal(t, grid.Done, infos[0].State)
	require.Equal(t, grid.Failed, infos[1].State)
	require.Contains(t, infos[1].Error, "config.json is damaged")
	require.Equal(t, grid.Done, infos[2].State)
	require.Equal(t, grid.Failed, infos[3].State)
	require.Contains(t, infos[3].Error, "result.json is damaged")

	added, err := g.Add([]config{{Seed: 1}}) // repairs it
	require.NoError(t, err)
	require.Zero(t, added)
	require.NoError(t, os.Remove(filepath.Join(infos[3].Dir, "result.json")))
	s, err = g.Work(context.Background(), grid.WorkConfig{RetryFailed: true})
	require.NoError(t, err)
	require.Equal(t, grid.Summary{Done: 2, DoneBefore: 2}, s)
	require.Len(t, results(t, dir), 4)
}

func TestAdd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	program := fake(func(context.Context, *grid.Run, config) (any, error) { return 1, nil })
	program.Check = func(c config) error {
		if c.Tau < 1 {
			return fmt.Errorf("tau = %d, want at least 1", c.Tau)
		}
		return nil
	}
	g, err := grid.Open(dir, program)
	require.NoError(t, err)
	_, err = g.List()
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = g.Add([]config{{Tau: 1}, {Tau: 0}})
	require.ErrorContains(t, err, "tau = 0, want at least 1")
	require.NoDirExists(t, dir, "all are checked before one is made")
	added, err := g.Add([]config{{Tau: 2}, {Tau: 1}, {Tau: 2}})
	require.NoError(t, err)
	require.Equal(t, 2, added)
	added, err = g.Add([]config{{Tau: 1}, {Tau: 5}})
	require.NoError(t, err)
	require.Equal(t, 1, added)
	ids, err := g.Order()
	require.NoError(t, err)
	require.Len(t, ids, 3)
	for k, tau := range []int{2, 1, 5} {
		id, err := grid.ID(config{Tau: tau})
		require.NoError(t, err)
		require.Equal(t, id, ids[k])
	}
	text, err := os.ReadFile(filepath.Join(dir, "runs", ids[0], "config.json"))
	require.NoError(t, err)
	require.Equal(t, `{"s":0,"seed":0,"steps":0,"tau":2}`, string(text))

	// The order is no more than that: without it all runs are there.
	require.NoError(t, os.Remove(filepath.Join(dir, "order")))
	again, err := g.Order()
	require.NoError(t, err)
	require.ElementsMatch(t, ids, again)

	require.Equal(t, ids[:2], grid.Task(ids, 0, 2))
	require.Equal(t, ids[2:], grid.Task(ids, 1, 2))
	require.Nil(t, grid.Task(ids, 2, 2))
	require.Nil(t, grid.Task(ids, -1, 2))
	require.Equal(t, 2, grid.Tasks(3, 2))

	_, err = g.Work(context.Background(), grid.WorkConfig{Only: []string{"0123456789abcdef"}})
	require.ErrorContains(t, err, `there is no run "0123456789abcdef"`)
	for _, c := range []grid.WorkConfig{{Jobs: -1}, {Jobs: 2000}, {Lease: time.Millisecond}, {Job: strings.Repeat("x", 300)}} {
		_, err = g.Work(context.Background(), c)
		require.ErrorContains(t, err, "grid: WorkConfig.")
	}
	_, err = grid.Open("", program)
	require.Error(t, err)
	_, err = grid.Open(dir, grid.Program[config]{})
	require.ErrorContains(t, err, "Program.Run is nil")
}

// Several processes and goroutines may add and work at once.
func TestAtOnce(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	seen := make(map[uint64]int)
	program := fake(func(_ context.Context, run *grid.Run, c config) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		seen[c.Seed]++
		if run.Workers() != max(1, runtime.GOMAXPROCS(0)/3) {
			return nil, fmt.Errorf("%d workers", run.Workers())
		}
		return c.Seed, nil
	})
	const runs = 60
	done := make([]int, 4)
	var group sync.WaitGroup
	for k := range done {
		group.Go(func() {
			s, err := open(t, dir, program, runs).Work(context.Background(), grid.WorkConfig{Jobs: 3, Wait: true})
			assert.NoError(t, err)
			assert.Zero(t, s.Failed+s.Lost)
			done[k] = s.Done
		})
	}
	group.Wait()
	require.Equal(t, runs, done[0]+done[1]+done[2]+done[3])
	require.Len(t, results(t, dir), runs)
	for seed, times := range seen {
		require.Equal(t, 1, times, "seed %d", seed)
	}
	checkLitter(t, dir)
}

func TestObserver(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, fake(func(_ context.Context, run *grid.Run, c config) (any, error) {
		run.Progress(0.25, "a quarter")
		run.Progress(math.NaN(), "too soon after it to be told")
		if c.Seed == 1 {
			return nil, errors.New("no")
		}
		return 1, nil
	}), 2)
	var events []grid.Event
	observe := func(e grid.Event) { events = append(events, e) }
	_, err := g.Work(context.Background(), grid.WorkConfig{Observer: observe})
	require.NoError(t, err)
	kinds := make([]grid.EventKind, len(events))
	for k, e := range events {
		kinds[k] = e.Kind
	}
	require.Equal(t, []grid.EventKind{grid.Began, grid.Started, grid.Progressed, grid.Ended, grid.Started, grid.Progressed, grid.Ended}, kinds)
	require.Equal(t, 2, events[0].Runs)
	var c config
	require.NoError(t, json.Unmarshal(events[4].Config, &c))
	require.Equal(t, uint64(1), c.Seed)
	require.Equal(t, 0.25, events[2].Done)
	require.Equal(t, "a quarter", events[2].Text)
	require.Equal(t, grid.Done, events[3].State)
	require.Equal(t, grid.Failed, events[6].State)
	require.ErrorContains(t, events[6].Err, "no")
	events = nil
	_, err = g.Work(context.Background(), grid.WorkConfig{Observer: observe})
	require.NoError(t, err)
	require.Equal(t, []grid.Event{
		{Kind: grid.Began, Runs: 2},
		{Kind: grid.Skipped, ID: list(t, dir)[0].ID, State: grid.Done},
		{Kind: grid.Skipped, ID: list(t, dir)[1].ID, State: grid.Failed},
	}, events)
}

func TestTable(t *testing.T) {
	table, err := grid.NewTable([]grid.Info{
		{ID: "a", State: grid.Done, Config: []byte(`{"s":0.5,"seed":1,"fit":{"fast":true},"hidden":[1,2],"id":3}`), Result: []byte(`{"loss":1e-3,"more":{"text":"x, y"}}`)},
		{ID: "b", State: grid.Failed, Config: []byte(`{"s":1,"seed":2,"tau":null}`)},
		{ID: "c", State: grid.Done, Config: []byte(`{"s":1,"seed":18446744073709551615}`), Result: []byte(`7`)},
	})
	require.NoError(t, err)
	require.Equal(t, grid.Table{
		Columns: []string{"id", "state", "s", "seed", "fit.fast", "hidden", "config.id", "tau", "result.loss", "result.more.text", "result"},
		Rows: [][]any{
			{"a", "done", 0.5, int64(1), true, "[1,2]", int64(3), nil, 1e-3, "x, y", nil},
			{"b", "failed", int64(1), int64(2), nil, nil, nil, nil, nil, nil, nil},
			{"c", "done", int64(1), float64(math.MaxUint64), nil, nil, nil, nil, nil, nil, int64(7)},
		},
	}, table)
}
