package sampler

import (
	"context"
	"flag"
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// nearTrained are the defaults about a trained network, besides s and what follows from
// it. σ is as wide as networks differ that gradient descent finds about one: the walk
// holds directions in which the loss hardly changes, in steep ones the loss does.
var nearTrained = map[string]string{"tau": "16", "sigma": "0.15", "move": Autoregressive, "estimate": "controlled", "chunk": "32"}

// usualS and usualSigma are what usualBetas are for, sizes of moves of which some 40 %
// are accepted about the paper's network on MNIST. They go with 1/√s, and those that know
// nothing of the loss with 1/σ.
const usualS, usualSigma = 60_000, 0.15

var usualBetas = map[string]float64{Harmonic: 0.016, Autoregressive: 0.004}

// NearTrained sets the flags that were not given to the defaults about a trained
// network.
func (f *Flags) NearTrained(flags *flag.FlagSet) error {
	for name, value := range nearTrained {
		if cli.Given(flags, name) || name == "estimate" && f.Test.Rule != minibatch.Planned.String() {
			continue // the other rule has one estimate only
		}
		if err := flags.Lookup(name).Value.Set(value); err != nil {
			return err
		}
	}
	return nil
}

// FitNearTrained settles s, and what follows from it, for a number of training samples,
// unless it was given. Flags that were not given stay as they are, but for s: a run that
// is gone on with is compared by them.
func (f *Flags) FitNearTrained(flags *flag.FlagSet, samples int) {
	if !cli.Given(flags, "s") {
		f.S = float64(samples)
	}
	f.Move.Size = f.Move.Beta
	if usual := usualBetas[f.Move.Name]; f.Move.Beta == 0 && f.S > 0 && usual > 0 {
		f.Move.Size = usual * math.Sqrt(usualS/f.S)
		if f.Move.Name == Autoregressive {
			f.Move.Size *= usualSigma / f.Sigma
		}
		f.Move.Size = min(1, f.Move.Size)
	}
}

// StartWidth returns the width of the random walk that a trajectory about a trained
// network begins with: none for small moves, which would take long to get down from
// where a walk ends.
func (f *Flags) StartWidth() float64 {
	if f.Move.Name == Redraw {
		return f.Sigma
	}
	return 0
}

// Temperatures returns those of a trajectory along curvatures, 1 being that of Bayes'
// rule.
func (f *Flags) Temperatures(curvatures []float64, samples int) (temperatures []float64) {
	path := f.Path()
	for _, a := range curvatures {
		temperatures = append(temperatures, path.Temperature(f.Tau, f.S, a, samples))
	}
	return temperatures
}

// surrogateFile is beside the checkpoints of a chain.
const surrogateFile = "surrogate.npz"

// KeptSurrogate returns the Surrogate of a chain with harmonic moves at a model, or the
// one that it had before the checkpoint that it goes on from; nil for other moves.
func (f *Flags) KeptSurrogate(ctx context.Context, saver *cli.Saver, net *nn.Network, d *data.Dataset, model []float32, chain int) (*tps.Quadratic, error) {
	if f.Move.Name != Harmonic {
		return nil, nil
	}
	if saver.Resumes() {
		file, err := saver.Kept(surrogateFile)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return tps.ReadQuadratic(file)
	}
	surrogate, err := f.Surrogate(ctx, net, d, model, chain)
	if err != nil {
		return nil, err
	}
	return surrogate, saver.Keep(surrogateFile, surrogate.WriteNPZ)
}
