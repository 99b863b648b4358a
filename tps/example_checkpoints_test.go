package tps_test

import (
	"context"
	"errors"
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
	for _, interruption := range []int{4_000, 1_000_000} {
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
		interrupt := tps.Every(interruption, func(*tps.Chain) error { return tps.ErrStop })
		if err := chain.Run(context.Background(), 10_000, checkpoints.Observer(), interrupt); err != nil {
			panic(err)
		}
	}
	// Output:
	// from step 0, there is a checkpoint: false
	// from step 4000, there is a checkpoint: true
}

// Each of several chains has its own folder.
func ExampleCheckpointFolders() {
	dir, err := os.MkdirTemp("", "checkpoints")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	const chainCount = 2
	folders, err := tps.CheckpointFolders(dir, chainCount)
	if err != nil {
		panic(err)
	}
	chains := make([]*tps.Chain, chainCount)
	checkpoints := make([]*tps.Checkpoints, chainCount)
	for k := range chains {
		config := tps.Config{Tau: 8, Sigma: 0.3, S: 10, Stream: uint64(k)}
		if chains[k], err = tps.NewChain(config, spring{}); err != nil {
			panic(err)
		}
		if checkpoints[k], err = tps.NewCheckpoints(tps.CheckpointsConfig{Dir: folders[k], Every: 1_000}); err != nil {
			panic(err)
		}
		if _, err = checkpoints[k].Resume(chains[k]); err != nil {
			panic(err)
		}
	}
	errs := tps.RunAll(context.Background(), chains, 10_000, func(k int) []tps.Observer {
		return []tps.Observer{checkpoints[k].Observer()}
	})
	if err := errors.Join(errs...); err != nil {
		panic(err)
	}
	for _, folder := range folders {
		_, steps, err := tps.LastCheckpoint(folder)
		if err != nil {
			panic(err)
		}
		fmt.Println("a checkpoint at step", steps)
	}
	// Output:
	// a checkpoint at step 10000
	// a checkpoint at step 10000
}
