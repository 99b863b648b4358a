package grid_test

import (
	"context"
	"fmt"
	"os"

	"github.com/trajens/trajens/tps/grid"
)

// A grid of two keys and three seeds is worked on, and listed.
func Example() {
	type config struct {
		Tau   int     `json:"tau"`
		Sigma float64 `json:"sigma"`
		Seed  uint64  `json:"seed"`
	}
	program := grid.Program[config]{
		Name: "example",
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			return float64(c.Tau) * c.Sigma, nil
		},
	}
	configs, err := grid.Configs([]byte(`{"grid": {"tau": [4, 8], "seed": "1..3"}}`), []string{"sigma=0.5"}, program.Default)
	if err != nil {
		panic(err)
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
	if _, err := g.Add(configs); err != nil {
		panic(err)
	}
	summary, err := g.Work(context.Background(), grid.WorkConfig{Jobs: 2})
	if err != nil {
		panic(err)
	}
	fmt.Println(summary.Done, "runs are done")
	infos, err := g.List()
	if err != nil {
		panic(err)
	}
	for _, info := range infos[2:4] {
		fmt.Println(info.State, string(info.Config), string(info.Result))
	}
	// Output:
	// 6 runs are done
	// done {"seed":3,"sigma":0.5,"tau":4} 2
	// done {"seed":1,"sigma":0.5,"tau":8} 4
}
