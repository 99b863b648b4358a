package chain_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/chain"
	"github.com/trajens/trajens/tps/trace"
)

// A chain of the linear perceptron for each of two seeds.
func Example() {
	type config struct {
		Tau  int    `json:"tau"`
		Seed uint64 `json:"seed"`
	}
	program := grid.Program[config]{
		Name: "perceptron",
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			line, _, err := data.Line(256, 0, rand.NewPCG(1, 0))
			if err != nil {
				return nil, err
			}
			perceptron, err := exact.NewLinear(line)
			if err != nil {
				return nil, err
			}
			sampled, err := tps.NewChain(tps.Config{Tau: c.Tau, Sigma: 0.1, S: 100, Seed: c.Seed}, perceptron)
			if err != nil {
				return nil, err
			}
			err = chain.Run(ctx, run, sampled, chain.Config{
				Steps: 10_000,
				Trace: trace.Config{Columns: []trace.Column{trace.Loss()}, Every: 100},
			})
			return map[string]any{"steps": sampled.Steps()}, err
		},
	}
	dir, err := os.MkdirTemp("", "grid")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	g, err := grid.Open(dir, program)
	if err != nil {
		panic(err)
	}
	if _, err := g.Add([]config{{Tau: 4, Seed: 1}, {Tau: 4, Seed: 2}}); err != nil {
		panic(err)
	}
	if _, err := g.Work(context.Background(), grid.WorkConfig{}); err != nil {
		panic(err)
	}
	infos, err := g.List()
	if err != nil {
		panic(err)
	}
	for _, info := range infos {
		fmt.Println(string(info.Config), string(info.Result))
	}
	// Output:
	// {"seed":1,"tau":4} {"steps":10000}
	// {"seed":2,"tau":4} {"steps":10000}
}
