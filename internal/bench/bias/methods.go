package main

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/moves"
)

// A walker makes steps, and says where it is.
type walker interface {
	step() error
	params() []float32
	// sampling tells whether where it is belongs to the ensemble.
	sampling() bool
}

// A method makes walkers.
type method struct {
	name string
	// make makes one.
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
	{"BAOAB batches", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.BAOAB{Step: 0.3 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 3}, p.batch(), seed, stream)
	}},
	{"CCAdL", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.CCAdL{Step: 0.3 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 3}, p.batch(), seed, stream)
	}},
	{"BAOAB", func(p *problem, seed, stream uint64) (walker, error) {
		return p.langevin(langevin.BAOAB{Step: 0.7 / math.Sqrt(p.stiffness()), Friction: math.Sqrt(p.stiffness()) / 10}, 0, seed, stream)
	}},
	{"MCLMC", func(p *problem, seed, stream uint64) (walker, error) {
		steps := p.tuning(2)
		return p.tuned(langevin.MCLMC{Tuning: langevin.MCLMCTuning{Steps: steps}}, steps, seed, stream)
	}},
	{"adjusted MCLMC", func(p *problem, seed, stream uint64) (walker, error) {
		steps := p.tuning(adjustedGradients)
		return p.tuned(langevin.AdjustedMCLMC{Tuning: langevin.AdjustedTuning{Steps: steps}}, steps, seed, stream)
	}},
	{"HMC", func(p *problem, seed, stream uint64) (walker, error) {
		return p.hmc(p.tuning(p.leaps), seed, stream)
	}},
	{"trajectory test", func(p *problem, seed, stream uint64) (walker, error) {
		return p.trajectory(tps.Autoregressive{Beta: math.Min(1, 0.3/(p.prior*math.Sqrt(p.stiffness())))}, tps.Tuning{Steps: tuningSteps}, seed, stream)
	}},
	{"trajectory HMC", func(p *problem, seed, stream uint64) (walker, error) {
		return p.trajectory(moves.Hamiltonian{Gradient: p.gradients, Step: 0.6 / (p.prior * math.Sqrt(p.stiffness())), Steps: p.leaps}, tps.Tuning{}, seed, stream)
	}},
}

// adjustedGradients is about how many gradients a step of adjusted MCLMC takes.
const adjustedGradients = 40

// tuning returns how many steps of so many gradients of all data take half of the burn-in,
// but at least the 20 that a sampler asks for.
func (p *problem) tuning(gradients int) int {
	return max(20, int(burnIn/2*p.gradientsInTime)/gradients)
}

// hmc is Hamiltonian Monte Carlo with trajectories of as many steps as the problem has, whose
// first steps tune their length.
func (p *problem) hmc(tuning int, seed, stream uint64) (walker, error) {
	return p.tuned(langevin.HMC{Steps: p.leaps, Tuning: langevin.DualAveraging{Steps: tuning, Target: 0.75}}, tuning, seed, stream)
}

// stiffness is the largest curvature of U.
func (p *problem) stiffness() float64 {
	return float64(p.train.Len())*p.curvature + 1/(p.prior*p.prior)
}

func (p *problem) batch() int { return p.train.Len() / 10 }

type langevinWalker struct {
	chain   *langevin.Chain
	sampler langevin.Sampler
	tuning  int // steps
}

// tuned is a chain on all data whose first steps tune it.
func (p *problem) tuned(sampler langevin.Sampler, tuning int, seed, stream uint64) (walker, error) {
	w, err := p.langevin(sampler, 0, seed, stream)
	w.tuning = tuning
	return w, err
}

func (p *problem) langevin(sampler langevin.Sampler, batch int, seed, stream uint64) (langevinWalker, error) {
	chain, err := langevin.NewChain(langevin.Config{
		Sampler: sampler, Batch: batch, Prior: langevin.Gaussian{Sigma: p.prior}, Start: p.start, Seed: seed, Stream: stream,
	}, p.gradients)
	return langevinWalker{chain: chain, sampler: sampler}, err
}

func (w langevinWalker) step() error {
	_, err := w.chain.Step()
	return err
}

func (w langevinWalker) params() []float32 { return w.chain.Params() }

// sampling leaves out the steps that tune the chain, and the part of a cycle that explores.
func (w langevinWalker) sampling() bool {
	if w.chain.Steps() <= w.tuning {
		return false
	}
	cycles, ok := w.sampler.(langevin.CSGLD)
	return !ok || cycles.Sampling(w.chain.Steps()-1)
}

// tuningSteps is how many steps tune the moves of the trajectory test.
const tuningSteps = 1000

type trajectoryWalker struct {
	chain  *tps.Chain
	tuning tps.Tuning
}

// trajectory samples a trajectory of one model at s = N, which is the posterior.
func (p *problem) trajectory(move tps.Move, tuning tps.Tuning, seed, stream uint64) (walker, error) {
	start, err := tps.RandomWalk(1, p.start, 0, rand.NewPCG(seed, stream))
	if err != nil {
		return nil, err
	}
	chain, err := tps.NewChain(tps.Config{
		Tau: 1, Sigma: p.prior, S: float64(p.train.Len()), Prior: &tps.Gaussian{Sigma: p.prior}, Start: start, Seed: seed, Stream: stream,
		Move: move, Tuning: tuning,
	}, p.losses)
	return trajectoryWalker{chain, tuning}, err
}

func (w trajectoryWalker) step() error {
	return w.chain.Run(context.Background(), w.chain.Steps()+1)
}

func (w trajectoryWalker) params() []float32 { return w.chain.Trajectory().Model(0) }

func (w trajectoryWalker) sampling() bool { return w.chain.Steps() > w.tuning.Steps }
