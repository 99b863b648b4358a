package command

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// BenchmarkList is the whole command list, of a thousand runs that are done.
func BenchmarkList(b *testing.B) {
	dir := b.TempDir()
	program := grid.Program[config]{Name: "bench", Run: func(context.Context, *grid.Run, config) (any, error) { return 1, nil }}
	require.NoError(b, Execute(context.Background(), program, []string{"run", "-dir", dir, "tau=1..1000"}, io.Discard, io.Discard))
	for b.Loop() {
		require.NoError(b, Execute(context.Background(), program, []string{"list", "-dir", dir}, io.Discard, io.Discard))
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/run")
}
