package grid_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/chain"
	"github.com/trajens/trajens/tps/trace"
)

var long = flag.Bool("long", false, "take minutes, for sweeps and grids of full size")

// A config is that of a perceptron's chain, or of a test's own program.
type config struct {
	Tau   int     `json:"tau"`
	S     float64 `json:"s"`
	Seed  uint64  `json:"seed"`
	Steps int     `json:"steps"`
}

// A result has a hash of all bits of the trajectory, and of the trace.
type result struct {
	Loss       float64 `json:"loss"`
	Trajectory string  `json:"trajectory"`
	Trace      string  `json:"trace"`
}

// perceptron samples the perceptron's trajectories, with many checkpoints.
func perceptron() grid.Program[config] {
	return grid.Program[config]{
		Name:    "perceptron",
		Default: config{Tau: 4, S: 50, Steps: 20_000},
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			line, _, err := data.Line(64, 0, random.Source(c.Seed))
			if err != nil {
				return nil, err
			}
			losses, err := exact.NewLinear(line)
			if err != nil {
				return nil, err
			}
			sampled, err := tps.NewChain(tps.Config{Tau: c.Tau, Sigma: 0.1, S: c.S, Seed: c.Seed}, losses)
			if err != nil {
				return nil, err
			}
			err = chain.Run(ctx, run, sampled, chain.Config{
				Steps:    c.Steps,
				Interval: 10 * time.Millisecond,
				Trace:    trace.Config{Columns: []trace.Column{trace.Loss(), trace.Delta()}, Every: 100},
			})
			if err != nil {
				return nil, err
			}
			rows, err := os.ReadFile(chain.Trace(run.Dir()))
			if err != nil {
				return nil, err
			}
			return result{sampled.LossEstimate(), hash(fmt.Appendf(nil, "%b", sampled.Trajectory().Values())), hash(rows)}, nil
		},
	}
}

// bare returns a program that writes no files.
func bare() grid.Program[config] {
	return fake(func(_ context.Context, _ *grid.Run, c config) (any, error) { return c.Seed, nil })
}

func hash(text []byte) string {
	h := fnv.New64a()
	h.Write(text)
	return fmt.Sprintf("%016x", h.Sum64())
}

// fake returns a program of a test's own.
func fake(run func(ctx context.Context, run *grid.Run, c config) (any, error)) grid.Program[config] {
	return grid.Program[config]{Name: "fake", Run: run}
}

// open returns a new grid with runs of the seeds 0, 1 …
func open(t testing.TB, dir string, program grid.Program[config], runs int) *grid.Grid[config] {
	t.Helper()
	g, err := grid.Open(dir, program)
	require.NoError(t, err)
	configs := make([]config, runs)
	for k := range configs {
		configs[k] = program.Default
		configs[k].Seed = uint64(k)
	}
	_, err = g.Add(configs)
	require.NoError(t, err)
	return g
}

// results returns those of all runs, which must be done.
func results(t testing.TB, dir string) map[string]string {
	t.Helper()
	infos, err := grid.List(dir)
	require.NoError(t, err)
	found := make(map[string]string)
	for _, info := range infos {
		require.Equal(t, grid.Done, info.State, "%s: %s", info.ID, info.Error)
		found[info.ID] = string(info.Result)
	}
	return found
}

func list(t testing.TB, dir string) []grid.Info {
	t.Helper()
	infos, err := grid.List(dir)
	require.NoError(t, err)
	return infos
}

// runDirs returns the directories of the runs.
func runDirs(t testing.TB, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "runs", "*"))
	require.NoError(t, err)
	return found
}

// checkLitter makes sure that runs that are done have nothing but what they should.
func checkLitter(t testing.TB, dir string) {
	t.Helper()
	for _, run := range runDirs(t, dir) {
		entries, err := os.ReadDir(run)
		require.NoError(t, err)
		for _, entry := range entries {
			require.NotContains(t, []string{"lease", "interrupt"}, entry.Name(), run)
		}
	}
}

// workerOptions are what another process is told.
type workerOptions struct {
	Dir     string
	Program string // empty for perceptron, full, or "bare, full"
	Jobs    int
	Lease   time.Duration
	Wait    bool
	// FullAfter is after how many runs no file can be written any more.
	FullAfter int
}

// workerVariable holds the options of a process that works instead of testing.
const workerVariable = "TRAJENS_TEST_GRID_WORKER"

func TestMain(m *testing.M) {
	text := os.Getenv(workerVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	if err := beWorker([]byte(text), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func beWorker(text []byte, stdout io.Writer) error {
	var options workerOptions
	if err := json.Unmarshal(text, &options); err != nil {
		return err
	}
	program := perceptron()
	switch options.Program {
	case "full":
		program = full(program, options.FullAfter)
	case "bare, full":
		program = full(bare(), options.FullAfter)
	}
	g, err := grid.Open(options.Dir, program)
	if err != nil {
		return err
	}
	summary, err := g.Work(context.Background(), grid.WorkConfig{Jobs: options.Jobs, Lease: options.Lease, Wait: options.Wait})
	return errors.Join(err, json.NewEncoder(stdout).Encode(summary))
}
