package grid_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// millisecond keeps a processor busy for that time.
func millisecond(context.Context, *grid.Run, config) (any, error) {
	for start := time.Now(); time.Since(start) < time.Millisecond; {
	}
	return map[string]float64{"loss": 0.5}, nil
}

// Many short runs are all done and listed. What they take beside their own time is
// printed, and judged with -long alone: a machine that does other things says nothing.
func TestOverhead(t *testing.T) {
	runs := 300
	if *long {
		runs = 10_000
	}
	dir := t.TempDir()
	start := time.Now()
	g := open(t, dir, fake(millisecond), runs)
	added := time.Since(start)
	start = time.Now()
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	require.NoError(t, err)
	overhead := (time.Since(start)-time.Duration(runs)*time.Millisecond)/time.Duration(runs) + added/time.Duration(runs)
	require.Equal(t, grid.Summary{Done: runs}, s)
	start = time.Now()
	require.Len(t, list(t, dir), runs)
	listed := time.Since(start)
	t.Logf("%d runs: %v a run to add, %v a run of overhead in all, listed in %v", runs, added/time.Duration(runs), overhead, listed)
	if *long {
		require.Less(t, overhead, 5*time.Millisecond)
		require.Less(t, listed, time.Second)
	}
}

func BenchmarkRun(b *testing.B) {
	g := open(b, b.TempDir(), fake(millisecond), b.N)
	b.ResetTimer()
	s, err := g.Work(context.Background(), grid.WorkConfig{})
	b.StopTimer()
	require.NoError(b, err)
	require.Equal(b, b.N, s.Done)
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)-1000, "µs-overhead/run")
}

func BenchmarkList(b *testing.B) {
	const runs = 1000
	dir := b.TempDir()
	_, err := open(b, dir, fake(func(context.Context, *grid.Run, config) (any, error) { return 1, nil }), runs).
		Work(context.Background(), grid.WorkConfig{Jobs: 2})
	require.NoError(b, err)
	for b.Loop() {
		require.Len(b, list(b, dir), runs)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/runs, "µs/run")
}
