package main

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/tps"
)

// A sampler makes steps, and says where it is.
type walker interface {
	step() error
	params() []float32
	// sampling tells whether where it is belongs to the ensemble.
	sampling() bool
}

// A method makes walkers.
type method struct {
	name string
	// make makes one, for which steps is about how many it will make.
	make func(p *problem, seed, stream uint64) (walker, error)
}

// Batches are a tenth of the data. Step sizes are shares of what is still stable: of
// 2/h for those of first order and of 2/√h for those with momenta, h being the largest
// curvature of U at the start.
var methods = []*method{
	{"SGLD", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.SGLD{Step: 0.2 / p.stiffness()}, p.batch(), seed, stream)
	}},
	{"cSGLD", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.CSGLD{Step: 0.6 / p.stiffness(), Cycle: 500}, p.batch(), seed, stream)
	}},
	{"SGHMC", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.SGHMC{Step: 0.3 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 3}, p.batch(), seed, stream)
	}},
	{"BAOAB, batches", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.BAOAB{Step: 0.3 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 3}, p.batch(), seed, stream)
	}},
	{"CCAdL", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.CCAdL{Step: 0.3 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 3}, p.batch(), seed, stream)
	}},
	{"BAOAB", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.BAOAB{Step: 0.7 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 10}, 0, seed, stream)
	}},
	{"MCLMC", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.MCLMC{}, 0, seed, stream)
	}},
	{"adjusted MCLMC", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.AdjustedMCLMC{}, 0, seed, stream)
	}},
	{"HMC", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(hmc(), 0, seed, stream)
	}},
	{"trajectory test", func(p *problem, seed, stream uint64) (walker, error) { return p.trajectory(seed, stream) }},
}

func hmc() langevin.Sampler { return langevin.HMC{Steps: 30} }

// stiffness is the largest curvature of U.
func (p *problem) stiffness() float64 {
	return float64(p.train.Len())*p.curvature + 1/(p.prior*p.prior)
}

func (p *problem) batch() int { return p.train.Len() / 10 }

type langevinWalker struct {
	chain   *langevin.Chain
	sampler langevin.Sampler
}

func (p *problem) langevin(sampler langevin.Sampler, batch int, seed, stream uint64) (walker, error) {
	chain, err := langevin.NewChain(langevin.Config{
		Sampler: sampler, Batch: batch, Prior: langevin.Gaussian{Sigma: p.prior}, Start: p.start, Seed: seed, Stream: stream,
	}, p.gradients)
	return langevinWalker{chain, sampler}, err
}

func (w langevinWalker) step() error {
	_, err := w.chain.Step()
	return err
}

func (w langevinWalker) params() []float32 { return w.chain.Params() }

// sampling leaves out the part of a cycle that explores.
func (w langevinWalker) sampling() bool {
	cycles, ok := w.sampler.(langevin.CSGLD)
	return !ok || cycles.Sampling(w.chain.Steps()-1)
}

type trajectoryWalker struct{ chain *tps.Chain }

// trajectory samples a trajectory of one model at s = N, which is the posterior.
func (p *problem) trajectory(seed, stream uint64) (walker, error) {
	start, err := tps.RandomWalk(1, p.start, 0, rand.NewPCG(seed, stream))
	if err != nil {
		return nil, err
	}
	chain, err := tps.NewChain(tps.Config{
		Tau: 1, Sigma: p.prior, S: float64(p.train.Len()), Prior: &tps.Gaussian{Sigma: p.prior}, Start: start, Seed: seed, Stream: stream,
		Move:   tps.Autoregressive{Beta: math.Min(1, 0.3/(p.prior*math.Sqrt(p.stiffness())))},
		Tuning: tps.Tuning{Steps: 1000},
	}, p.losses)
	return trajectoryWalker{chain}, err
}

func (w trajectoryWalker) step() error {
	return w.chain.Run(context.Background(), w.chain.Steps()+1)
}

func (w trajectoryWalker) params() []float32 { return w.chain.Trajectory().Model(0) }

func (w trajectoryWalker) sampling() bool { return true }
