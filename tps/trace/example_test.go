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
