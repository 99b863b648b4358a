// This program samples a trajectory in a well with two minima, with a move of its own
// beside those of the library, and resumes it from a checkpoint.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"slices"

	"example.com/own/flip"
	"github.com/trajens/trajens/tps"
)

// well has the loss 10·(x² − 1)² + x/4.
type well struct{}

func (well) Samples() int { return 1 }
func (well) Params() int  { return 1 }

func (well) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		x := float64(model[0])
		for j := range samples {
			dst[k][j] = 10*(x*x-1)*(x*x-1) + x/4
		}
	}
}

func main() {
	config := tps.Config{
		Tau: 2, Sigma: 0.2, S: 2,
		Move: tps.Mix{{Weight: 1, Move: flip.Flip{Scale: 1}}, {Weight: 2, Move: tps.Autoregressive{Beta: 0.7}}},
	}
	chain := must(tps.NewChain(config, well{}))
	left, count := 0.0, 0.0
	share := tps.Every(3, func(chain *tps.Chain) error {
		for _, model := range chain.Trajectory().Models() {
			if model[0] < 0 {
				left++
			}
			count++
		}
		return nil
	})
	check(chain.Run(context.Background(), 60_000, share))
	fmt.Printf("left %.3f\n", left/count)

	var file bytes.Buffer
	check(chain.WriteCheckpoint(&file))
	check(chain.Run(context.Background(), 61_000))
	resumed := must(tps.NewChain(config, well{}))
	check(resumed.ReadCheckpoint(&file))
	check(resumed.Run(context.Background(), 61_000))
	fmt.Println("resumed", slices.Equal(chain.Trajectory().Values(), resumed.Trajectory().Values()) && chain.Stats() == resumed.Stats())

	config.Move = flip.Flip{Scale: 2}
	_, err := tps.NewChain(config, well{})
	fmt.Println("error", err)
}

func must[T any](x T, err error) T {
	check(err)
	return x
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
