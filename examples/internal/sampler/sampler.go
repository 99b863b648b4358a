// Package sampler has what the examples share to sample trajectories of
// networks: flags, the acceptance test and the chain that they describe, and
// the random numbers for them.
package sampler

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// Streams of random numbers from -seed.
const (
	TrainStream    = iota // of the built-in digits to train on
	TestStream            // and to test on
	StartStream           // of the first trajectory
	ChainStream           // of the chain
	DescentStream         // of a gradient descent before
	ProposalStream        // of proposals that are only looked at
	SplitStream           // of their minibatches
)

// initialSigma is the standard deviation of the parameters of a random model.
const initialSigma = 0.05

// Flags describe the chains of a run.
type Flags struct {
	Tau      int
	S        float64
	Sigma    float64
	Fraction float64
	Test     Test
	Workers  int
	Seed     uint64
}

// Add adds the flags to a set.
func (f *Flags) Add(flags *flag.FlagSet) {
	flags.IntVar(&f.Tau, "tau", 4, "`number` τ of models in the ensemble. They form a trajectory, in which each is coupled\nto the next")
	flags.Float64Var(&f.S, "s", 100, "`tilt` s, how strongly low losses are favored: the weight of a trajectory has the\nfactor exp(−s · sum of its models' losses)")
	flags.Float64Var(&f.Sigma, "sigma", 0.015, "`width` σ of the random walk that couples the models: how far a parameter is, about,\nfrom the same one of the next model")
	flags.Float64Var(&f.Fraction, "fraction", 0.25, "`share` of a model's parameters that a move redraws")
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

// NewChain returns a chain, from 0, that begins with the trajectory start.
func (f *Flags) NewChain(losses *nn.Losses, start *tps.Trajectory, chain int) (*tps.Chain, error) {
	test, err := f.Test.New(losses.Samples())
	if err != nil {
		return nil, err
	}
	return tps.NewChain(tps.Config{
		Tau:      f.Tau,
		Sigma:    f.Sigma,
		S:        f.S,
		Fraction: f.Fraction,
		Test:     test,
		Start:    start,
		Source:   f.Source(ChainStream, chain),
	}, losses)
}
