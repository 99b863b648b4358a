package sampler

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// A Descent is how gradient descent (Adam in batches of 100) trains a network, and how
// it makes of one the models that a trajectory begins with.
type Descent struct {
	Epochs      int
	Rate        float64
	Restarts    int // epochs of each model but the first
	RestartRate float64
}

// warmUp is the share of the steps in which the learning rate rises.
const warmUp = 0.1

// Add adds the flags to a set.
func (d *Descent) Add(flags *flag.FlagSet) {
	flags.IntVar(&d.Epochs, "epochs", 20, "in gradient descent, `number` of times that a network sees each sample")
	flags.Float64Var(&d.Rate, "rate", 0.005, "in gradient descent, the largest learning `rate`")
	flags.IntVar(&d.Restarts, "restarts", 4, "with -move autoregressive, `number` of epochs for which gradient descent trains each model\nof a trajectory but the first again, from the network with noise of the width -sigma\n(0: all begin at the network)")
	flags.Float64Var(&d.RestartRate, "restartrate", 0.02, "the largest learning `rate` of these epochs")
}

// Check returns a UsageError if the flags are wrong.
func (d *Descent) Check() error {
	switch {
	case d.Epochs < 1:
		return cli.Usagef("-epochs %d: want at least 1", d.Epochs)
	case !(d.Rate > 0) || math.IsInf(d.Rate, 1):
		return cli.Usagef("-rate %v: want a finite number > 0", d.Rate)
	case d.Restarts < 0:
		return cli.Usagef("-restarts %d: want at least 0", d.Restarts)
	case !(d.RestartRate > 0) || math.IsInf(d.RestartRate, 1):
		return cli.Usagef("-restartrate %v: want a finite number > 0", d.RestartRate)
	}
	return nil
}

// Train trains a model in place. After each epoch it shows what share is done, and
// the loss.
func (d *Descent) Train(ctx context.Context, model []float32, gradients *nn.Gradients, source rand.Source, show func(share, loss float64)) (descent.Epoch, error) {
	end, err := descent.Run(ctx, model, gradients, descent.Config{
		Epochs:   d.Epochs,
		Schedule: descent.Cosine{Peak: d.Rate, WarmUp: warmUp},
		Source:   source,
		Progress: func(e descent.Epoch) error {
			show(float64(e.Number)/float64(d.Epochs), e.Loss)
			return nil
		},
	})
	if err != nil {
		return end, fmt.Errorf("gradient descent, epoch %d: %w", end.Number+1, err)
	}
	return end, nil
}

// Leave returns a trajectory that begins at a trained network: models that noise and
// some more epochs have taken elsewhere, whose number and mean loss it returns, or a
// random walk.
func (d *Descent) Leave(ctx context.Context, f *Flags, network []float32, gradients *nn.Gradients, source rand.Source, show func(share, loss float64)) (start *tps.Trajectory, restarts int, loss float64, err error) {
	restarts = d.restarts(f)
	if restarts == 0 {
		start, err = tps.RandomWalk(f.Tau, network, f.StartWidth(), source)
		return start, 0, 0, err
	}
	epochs := 0
	others, err := descent.Spread(ctx, network, restarts, f.Sigma, gradients, descent.Config{
		Epochs:   d.Restarts,
		Schedule: descent.Cosine{Peak: d.RestartRate, WarmUp: warmUp},
		Source:   source,
		Progress: func(e descent.Epoch) error {
			epochs++
			show(float64(epochs)/float64(d.Restarts*restarts), e.Loss)
			if e.Number == d.Restarts {
				loss += e.Loss / float64(restarts)
			}
			return nil
		},
	})
	if err != nil {
		return nil, 0, 0, fmt.Errorf("restarts: %w", err)
	}
	start, err = tps.ThroughModels(f.Tau, append([][]float32{network}, others...), 0, source)
	return start, restarts, loss, err
}

// restarts returns how many models are trained again. Harmonic moves know the loss at one
// place only, and the paper's begin with a random walk.
func (d *Descent) restarts(f *Flags) int {
	if f.Move.Name != Autoregressive || d.Restarts == 0 {
		return 0
	}
	return f.Tau - 1
}

// Work returns how many epochs the start of a trajectory takes beside its network.
func (d *Descent) Work(f *Flags) int { return d.restarts(f) * d.Restarts }
