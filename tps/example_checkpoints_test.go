package tps_test

import (
	"context"
	"fmt"
	"os"

	"github.com/trajens/trajens/tps"
)

// A run of 10,000 steps that is interrupted, here after 4,000, goes on as if it
// had not been.
func ExampleCheckpoints() {
	dir, err := os.MkdirTemp("", "checkpoints")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, steps := range []int{4_000, 10_000} {
		chain, err := tps.NewChain(tps.Config{Tau: 8, Sigma: 0.3, S: 10}, spring{})
		if err != nil {
			panic(err)
		}
		checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: dir, Every: 1_000})
		if err != nil {
			panic(err)
		}
		path, err := checkpoints.Resume(chain)
		if err != nil {
			panic(err)
		}
		fmt.Printf("from step %d, there is a checkpoint: %v\n", chain.Steps(), path != "")
		if err := chain.Run(context.Background(), steps, checkpoints.Observer()); err != nil {
			panic(err)
		}
	}
	// Output:
	// from step 0, there is a checkpoint: false
	// from step 4000, there is a checkpoint: true
}
