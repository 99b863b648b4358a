package chain

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/trace"
)

type config struct {
	Seed uint64 `json:"seed"`
}

func newChain(t *testing.T, seed uint64) *tps.Chain {
	t.Helper()
	line, _, err := data.Line(64, 0, random.Source(1))
	require.NoError(t, err)
	losses, err := exact.NewLinear(line)
	require.NoError(t, err)
	chain, err := tps.NewChain(tps.Config{Tau: 4, Sigma: 0.1, S: 50, Seed: seed}, losses)
	require.NoError(t, err)
	return chain
}

// work runs a chain as the only run of a grid, and returns its result.
func work(t *testing.T, ctx context.Context, dir string, run func(ctx context.Context, r *grid.Run) (any, error)) grid.Info {
	t.Helper()
	g, err := grid.Open(dir, grid.Program[config]{Name: "test", Run: func(ctx context.Context, r *grid.Run, _ config) (any, error) {
		return run(ctx, r)
	}})
	require.NoError(t, err)
	_, err = g.Add([]config{{}})
	require.NoError(t, err)
	_, err = g.Work(ctx, grid.WorkConfig{})
	if ctx.Err() == nil {
		require.NoError(t, err)
	}
	infos, err := g.List()
	require.NoError(t, err)
	return infos[0]
}

// A run that is interrupted many times has the trajectory and the trace of one that is
// not, although it has no checkpoints but those of the interruptions.
func TestInterruptions(t *testing.T) {
	const steps = 3000
	type end struct {
		Values []float32
		Rows   string
	}
	var found [2]end
	for k, every := range []int{0, 700} {
		dir := t.TempDir()
		for attempts := 1; ; attempts++ {
			ctx, cancel := context.WithCancel(context.Background())
			info := work(t, ctx, dir, func(ctx context.Context, r *grid.Run) (any, error) {
				chain := newChain(t, 1)
				stop := tps.Every(1, func(chain *tps.Chain) error {
					if every > 0 && chain.Steps()%every == 0 {
						cancel()
					}
					return nil
				})
				err := Run(ctx, r, chain, Config{
					Steps: steps, Interval: time.Hour, Observers: []tps.Observer{stop},
					Trace: trace.Config{Columns: []trace.Column{trace.Loss()}, Every: 7},
				})
				if err != nil {
					return nil, err
				}
				rows, err := os.ReadFile(Trace(r.Dir()))
				found[k] = end{chain.Trajectory().Values(), string(rows)}
				return chain.Steps(), err
			})
			cancel()
			if info.State == grid.Done {
				require.Equal(t, "3000", string(info.Result))
				require.Equal(t, map[int]int{0: 1, 700: 5}[every], attempts)
				break
			}
			require.Equal(t, grid.Interrupted, info.State)
			require.Empty(t, info.Error)
		}
	}
	require.Equal(t, found[0], found[1])
	require.NotEmpty(t, found[0].Rows)
}

func TestErrors(t *testing.T) {
	broken := errors.New("broken")
	for want, c := range map[string]Config{
		"Config.Steps = 0": {},
		"broken":           {Steps: 100, Observers: []tps.Observer{tps.Every(10, func(*tps.Chain) error { return broken })}},
		"trace: ":          {Steps: 100, Trace: trace.Config{Columns: []trace.Column{{}}}},
	} {
		info := work(t, context.Background(), t.TempDir(), func(ctx context.Context, r *grid.Run) (any, error) {
			return 1, Run(ctx, r, newChain(t, 1), c)
		})
		require.Equal(t, grid.Failed, info.State)
		require.Contains(t, info.Error, want)
	}
}
