package trace_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// flat has a loss of 1 everywhere.
type flat struct{}

func (flat) Samples() int { return 100 }
func (flat) Params() int  { return 1 }

func (flat) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k := range models {
		for j := range samples {
			dst[k][j] = 1
		}
	}
}

// A trace of the averages over each thousand steps. A proposal that changes
// nothing is accepted half of the time.
func Example() {
	dir, err := os.MkdirTemp("", "trace")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "trace.csv")
	chain, err := tps.NewChain(tps.Config{Tau: 4, Sigma: 0.1, S: 10, Source: rand.NewPCG(1, 2)}, flat{})
	if err != nil {
		panic(err)
	}
	writer, err := trace.Create(path, trace.Config{
		Columns: []trace.Column{trace.Loss(), trace.Acceptance()},
		Every:   1000,
		Average: true,
	})
	if err != nil {
		panic(err)
	}
	if err := chain.Run(context.Background(), 3000, writer.Observer()); err != nil {
		panic(err)
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}

	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	table, err := trace.Read(file)
	var incomplete *trace.IncompleteError
	if errors.As(err, &incomplete) {
		fmt.Println("The run was killed:", incomplete)
	} else if err != nil {
		panic(err)
	}
	for i, step := range table.Steps {
		fmt.Printf("%d: loss %.1f, acceptance %.1f\n", step, table.Row(i)[0], table.Row(i)[1])
	}
	// Output:
	// 1000: loss 1.0, acceptance 0.5
	// 2000: loss 1.0, acceptance 0.5
	// 3000: loss 1.0, acceptance 0.5
}

// Two chains, each with a trace and checkpoints. The second call stands for the
// program after an interrupt: the chains and the traces go on.
func ExampleFile() {
	dir, err := os.MkdirTemp("", "trace")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, steps := range []int{2000, 5000} {
		if err := runTwo(dir, steps); err != nil {
			panic(err)
		}
	}
	for _, name := range []string{"loss-1.csv", "loss-2.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s:\n%s", name, text)
	}
	// Output:
	// loss-1.csv:
	// step,loss
	// 1500,1
	// 3000,1
	// 4500,1
	// loss-2.csv:
	// step,loss
	// 1500,1
	// 3000,1
	// 4500,1
}

// runTwo runs two chains until each has made a number of steps in all.
func runTwo(dir string, steps int) error {
	var chains []*tps.Chain
	var traces []*trace.File
	var saved []*tps.Checkpoints
	for k := range 2 {
		chain, err := tps.NewChain(tps.Config{Tau: 4, Sigma: 0.1, S: 10, Source: rand.NewPCG(1, uint64(k))}, flat{})
		if err != nil {
			return err
		}
		path := trace.ChainPath(filepath.Join(dir, "loss.csv"), k, 2)
		rows, err := trace.NewFile(path, trace.Config{Columns: []trace.Column{trace.Loss()}, Every: 1500, Average: true})
		if err != nil {
			return err
		}
		checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{
			Dir:   filepath.Join(dir, fmt.Sprintf("chain-%d", k+1)),
			Parts: []tps.Part{{Name: "trace", State: rows}},
		})
		if err != nil {
			return err
		}
		if _, err := checkpoints.Resume(chain); err != nil {
			return err
		}
		if err := rows.Start(chain); err != nil {
			return err
		}
		defer rows.Close() // after an error
		chains, traces, saved = append(chains, chain), append(traces, rows), append(saved, checkpoints)
	}
	errs := tps.RunAll(context.Background(), chains, steps, func(k int) []tps.Observer {
		return []tps.Observer{traces[k].Observer(), saved[k].Observer()}
	})
	for k, chain := range chains {
		_, err := saved[k].Save(chain)
		errs = append(errs, err, traces[k].Close())
	}
	return errors.Join(errs...)
}
