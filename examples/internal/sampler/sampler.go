// Package sampler has what the examples share to sample trajectories of
// networks: flags, the acceptance test and the chain that they describe, and
// the random numbers for them.
package sampler

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// Streams of random numbers from -seed.
const (
	TrainStream     = iota // of the built-in digits to train on
	TestStream             // and to test on
	StartStream            // of the first trajectory
	ChainStream            // of the chain
	DescentStream          // of a gradient descent before
	ProposalStream         // of proposals that are only looked at
	SplitStream            // of their minibatches
	HotStream              // of a chain before
	CurvatureStream        // of curvatures
	DrawsStream            // of what is recorded of a posterior
	HoldOutStream          // of the samples that are held out
	ShiftStream            // of the shifts of images
)

// initialSigma is the standard deviation of the parameters of a random model.
const initialSigma = 0.05

// annealed is by which factor s rises where it is annealed. Moves that redraw become
// smaller with 1/√s, as long as s rises, so that about as many are accepted.
const annealed = 10

// annealedWidth is the width that redrawn parameters have at first where s is annealed,
// times √2 in a bridge: with the default s and fraction, tests draw some 50 samples.
const annealedWidth = 0.015

// Flags describe the chains of a run.
type Flags struct {
	Tau      int
	S        float64
	Sigma    float64
	Fraction float64
	// Anneal is how many first steps s takes to rise to S. 0: it is S from the start.
	Anneal  int
	Move    Move
	Test    Test
	Workers int
	Seed    uint64
}

// Add adds the flags to a set.
func (f *Flags) Add(flags *flag.FlagSet) {
	flags.IntVar(&f.Tau, "tau", 4, "`number` τ of models in the ensemble. They form a trajectory, in which each is coupled\nto the next")
	flags.Float64Var(&f.S, "s", 100, "`tilt` s, how strongly low losses are favored: the weight of a trajectory has the\nfactor exp(−s · sum of its models' losses)")
	flags.Float64Var(&f.Sigma, "sigma", 0.015, "`width` σ of the random walk that couples the models: how far a parameter is, about,\nfrom the same one of the next model")
	flags.Float64Var(&f.Fraction, "fraction", 0.25, "`share` of a model's parameters that a move redraws")
	f.Move.Add(flags)
	f.Test.Add(flags, 20, 1.3)
	flags.IntVar(&f.Workers, "workers", runtime.GOMAXPROCS(0), "`number` of goroutines that compute; the results do not depend on it")
	flags.Uint64Var(&f.Seed, "seed", 1, "`number` that all random numbers derive from")
}

// Check returns a UsageError if the flags are wrong for a number of chains of
// models of so many parameters.
func (f *Flags) Check(chains, params int) error {
	switch {
	case f.Tau < 1:
		return cli.Usagef("-tau %d: want at least 1", f.Tau)
	case !(f.S >= 0) || math.IsInf(f.S, 1):
		return cli.Usagef("-s %v: want a finite number of at least 0", f.S)
	case !(f.Fraction > 0 && f.Fraction <= 1):
		return cli.Usagef("-fraction %v: want a number in (0, 1]", f.Fraction)
	}
	if err := cli.CheckSigma(f.Sigma); err != nil {
		return err
	}
	if err := cli.CheckWorkers("workers", f.Workers); err != nil {
		return err
	}
	// A chain holds its trajectory and the one that it proposes.
	what := fmt.Sprintf("-tau %d", f.Tau)
	if chains > 1 {
		what += fmt.Sprintf(" -chains %d", chains)
	}
	if err := cli.CheckBytes(what, f.Tau, chains, 2*4, params); err != nil {
		return err
	}
	if err := f.Move.Check(); err != nil {
		return err
	}
	return f.Test.Check()
}

// Source returns the random numbers of a chain, from 0, for one use.
func (f *Flags) Source(stream uint64, chain int) rand.Source {
	if chain == 0 {
		return random.Source(f.Seed, stream)
	}
	return random.Source(f.Seed, stream, uint64(chain))
}

// RandomModel returns a model of normal parameters.
func RandomModel(net *nn.Network, source rand.Source) []float32 {
	model := make([]float32, net.Params())
	nn.InitNormal(model, initialSigma, source)
	return model
}

// NewChain returns a chain, from 0, that begins with the trajectory start. Its moves
// are about the surrogate, if they have one. With further losses it sweeps.
func (f *Flags) NewChain(losses []*nn.Losses, start *tps.Trajectory, surrogate *tps.Quadratic, chain int) (*tps.Chain, error) {
	test, err := f.Test.New(losses[0].Samples())
	if err != nil {
		return nil, err
	}
	config := tps.Config{
		Tau:    f.Tau,
		Sigma:  f.Sigma,
		S:      f.S,
		Test:   test,
		Start:  start,
		Source: f.Source(ChainStream, chain),
	}
	if path := f.Path(); path.Prior != nil {
		config.Prior, config.EveryModel = path.Prior, true
	}
	if f.Anneal > 0 {
		from := f.S / annealed
		config.S, config.Schedule = 0, tps.Exponential{From: from, To: f.S, Rate: math.Log(annealed) / float64(f.Anneal)}
		config.Move = tps.Autoregressive{Fraction: f.Fraction, Beta: min(1, annealedWidth/f.Sigma), BetaAt: from}
		return tps.NewChain(config, losses[0])
	}
	if f.Move.Name == Redraw {
		config.Fraction = f.Fraction
		return tps.NewChain(config, losses[0])
	}
	move := tps.Autoregressive{Beta: cmp.Or(f.Move.Size, f.Move.Beta, 0.1), Surrogate: surrogate}
	if f.Move.Name == Layers {
		move = tps.Autoregressive{Beta: cmp.Or(f.Move.Beta, 1), Fraction: f.Fraction, Blocks: f.Move.Blocks}
	}
	config.Move = move
	config.Tuning, config.Sweep = tps.Tuning{Steps: f.Move.Tune}, true
	further := make([]tps.Losses, len(losses)-1)
	for k, l := range losses[1:] {
		further[k] = l
	}
	return tps.NewChain(config, losses[0], further...)
}

// Path returns the path measure of the chains.
func (f *Flags) Path() tps.Path {
	if f.Move.Prior == 0 {
		return tps.Path{Sigma: f.Sigma}
	}
	return tps.Path{Sigma: f.Sigma, Prior: &tps.Gaussian{Sigma: f.Move.Prior}, EveryModel: true}
}

// NewLosses returns the losses for a chain that a number of workers share.
func (f *Flags) NewLosses(net *nn.Network, d *data.Dataset, workers int) (all []*nn.Losses, err error) {
	count, each := 1, workers
	if f.Move.Name != Redraw { // the workers sweep
		count, each = min(workers, (f.Tau+1)/2), 1
	}
	for range count {
		losses, err := nn.NewLosses(net, d, nn.CrossEntropy, nn.Config{Workers: each})
		if err != nil {
			return nil, err
		}
		all = append(all, losses)
	}
	return all, nil
}
