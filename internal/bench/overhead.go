package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// overhead measures what a long run costs beside its steps: a tally of each
// step, and at each thousandth the autocorrelation of the loss, with a
// checkpoint each second, sixty times as often as by default. Two chains of the
// same seed make the same steps in turn, one with all this and one without.
func (b *bench) overhead() error {
	fmt.Println("\n| chain, one worker | tally of each step, statistics each 1000, a checkpoint each second |\n|---|---|")
	problems, err := chainProblems()
	if err != nil {
		return err
	}
	for _, p := range problems {
		bare, err := p.chain(nil)
		if err != nil {
			return err
		}
		watched, err := p.chain(nil)
		if err != nil {
			return err
		}
		observers, done, err := watch(watched, p.data.Len())
		if err != nil {
			return err
		}
		defer done()
		const warmUp = 1000
		if err := bare.Run(context.Background(), warmUp); err != nil {
			return err
		}
		start := time.Now()
		if err := watched.Run(context.Background(), warmUp, observers...); err != nil {
			return err
		}
		// Rounds of at least a second, so that each has a checkpoint.
		steps := max(1, int(warmUp*max(1, b.seconds)/time.Since(start).Seconds()))
		ratios := make([]float64, b.rounds)
		for i := range ratios {
			without, err := timeOf(bare, steps)
			if err != nil {
				return err
			}
			with, err := timeOf(watched, steps, observers...)
			if err != nil {
				return err
			}
			ratios[i] = with / without
		}
		if bare.Stats() != watched.Stats() {
			return fmt.Errorf("%s: the chains have made different steps", p.name)
		}
		fmt.Printf("| %s | %+.1f %% |\n", p.name, 100*(median(ratios)-1))
	}
	return nil
}

// watch returns the observers of a long run.
func watch(chain *tps.Chain, samples int) ([]tps.Observer, func(), error) {
	dir, err := os.MkdirTemp("", "trajens-bench-")
	if err != nil {
		return nil, nil, err
	}
	tally, err := diagnostics.NewTally(diagnostics.TallyConfig{Tau: chain.Config().Tau, Samples: samples})
	if err != nil {
		return nil, nil, err
	}
	loss := new(diagnostics.Accumulator)
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{
		Dir:      dir,
		Interval: time.Second,
		Parts:    []tps.Part{{Name: "tally", State: tally}, {Name: "loss", State: loss}},
	})
	if err != nil {
		return nil, nil, err
	}
	each := tps.Every(1000, func(chain *tps.Chain) error {
		loss.Add(chain.LossEstimate())
		return nil
	})
	return []tps.Observer{tally.Observer(), each, checkpoints.Observer()}, func() { os.RemoveAll(dir) }, nil
}

func timeOf(chain *tps.Chain, steps int, observers ...tps.Observer) (float64, error) {
	start := time.Now()
	err := chain.Run(context.Background(), chain.Steps()+steps, observers...)
	return time.Since(start).Seconds(), err
}
