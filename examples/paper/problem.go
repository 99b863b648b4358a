package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"sync"

	exprand "golang.org/x/exp/rand"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
)

// A problem is what chains are run on. Several chains share one.
type problem struct {
	net          *nn.Network
	loss         nn.Loss
	train        *data.Dataset
	test, tested *data.Dataset // all images, and those for points of the curve; nil: there are none
	exact        *exact.Linear // nil: the answer is not known
	trained      []float32     // a network after gradient descent; nil: none was needed yet
}

// problems loads each problem once. They do not depend on the seeds of chains: those of a
// figure differ in their random numbers alone.
type problems struct {
	digits digits.Flags // where the files are
	stderr io.Writer

	mu    sync.Mutex
	known map[problemKey]*problem
}

type problemKey struct {
	problem, data   string
	samples, tested int
}

// dataSeed is what the data derive from that are drawn.
const dataSeed = 1

// Streams of random numbers of a chain.
const (
	startStream   = iota // its first trajectory
	chainStream          // its steps
	measureStream        // what it is measured on
	lookStream           // proposals that are only looked at
	splitStream          // their minibatches
)

// lineStream is that of the perceptron's points.
const lineStream = 100

// source returns the random numbers of a chain for one use: those of another τ, s or
// seed are independent.
func (c config) source(stream uint64) *exprand.PCGSource {
	return random.Source(c.Seed, stream, uint64(c.Tau), math.Float64bits(c.S))
}

// get returns the problem of a run.
func (p *problems) get(ctx context.Context, c config) (*problem, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := problemKey{c.Problem, c.Data, c.Samples, c.Tested}
	if c.Problem == perceptron {
		key.data, key.tested = "", 0
	}
	if known := p.known[key]; known != nil {
		return known, nil
	}
	made, err := p.load(ctx, key)
	if err != nil {
		return nil, err
	}
	if p.known == nil {
		p.known = make(map[problemKey]*problem)
	}
	p.known[key] = made
	return made, nil
}

func (p *problems) load(ctx context.Context, key problemKey) (*problem, error) {
	if key.problem == perceptron {
		line, _, err := data.Line(key.samples, 0, random.Source(dataSeed, lineStream))
		if err != nil {
			return nil, err
		}
		solution, err := exact.NewLinear(line)
		return &problem{net: nn.LinearPerceptron(1), loss: nn.HalfSquaredError, train: line, exact: solution}, err
	}
	flags := p.digits
	flags.Dataset, flags.Train = key.data, key.samples
	if key.data == "digits" {
		flags.Dir, flags.Download = "", false
	}
	set, err := flags.Load(ctx, random.Source(dataSeed, sampler.TrainStream), random.Source(dataSeed, sampler.TestStream), p.stderr)
	if err != nil {
		return nil, err
	}
	made := &problem{net: nn.MairCNN(), loss: nn.CrossEntropy, train: set.Train, test: set.Test, tested: set.Test}
	if key.tested > 0 {
		if key.tested > set.Test.Len() {
			return nil, fmt.Errorf("tested = %d, want at most the number of test images, %d", key.tested, set.Test.Len())
		}
		// At random, as MNIST's files are in an order of writers.
		some := random.NewDeck(set.Test.Len()).Draw(key.tested, random.Source(dataSeed, sampler.HoldOutStream))
		made.tested, err = set.Test.Subset(some)
	}
	return made, err
}

// initialSigma is the standard deviation of the parameters of the first network where
// there is no prior that it is drawn from.
const initialSigma = 0.05

// losses are those of a chain: several if workers share its sweeps.
type losses []*nn.Losses

// Close ends their goroutines.
func (l losses) Close() {
	for _, one := range l {
		one.Close()
	}
}

// newLosses returns the losses for a chain that a number of workers share.
func (p *problem) newLosses(c config, workers int) (all losses, err error) {
	count, each := 1, workers
	if c.Sweep {
		count, each = min(workers, (c.Tau+1)/2), 1
	}
	for range count {
		one, err := nn.NewLosses(p.net, p.train, p.loss, nn.Config{Workers: each})
		if err != nil {
			all.Close()
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// start returns the trajectory that a run begins with: a random walk from a network whose
// parameters are normal, as in the prior if there is one.
func (p *problem) start(c config) (*tps.Trajectory, error) {
	first := make([]float32, p.net.Params())
	source := c.source(startStream)
	nn.InitNormal(first, cmp.Or(c.Prior, initialSigma), source)
	return tps.RandomWalk(c.Tau, first, c.Sigma, source)
}

// newChain returns the chain of a run at a trajectory, and its losses. It is the same for
// any number of workers.
func (p *problem) newChain(c config, start *tps.Trajectory, workers int) (_ *tps.Chain, _ losses, err error) {
	if n := p.train.Len(); c.Chunk > n || c.Measured > n {
		return nil, nil, fmt.Errorf("chunk = %d and measured = %d, want at most the number of samples, %d", c.Chunk, c.Measured, n)
	}
	all, err := p.newLosses(c, workers)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			all.Close()
		}
	}()
	rule := minibatch.Planned
	if c.Rule == minibatch.Stopping.String() {
		rule = minibatch.Stopping
	}
	test, err := minibatch.NewAdaptive(p.train.Len(), minibatch.AdaptiveConfig{
		Rule: rule, Chunk: c.Chunk, Sigma: c.SigmaC, InfinitePopulation: c.Infinite,
	})
	if err != nil {
		return nil, nil, err
	}
	move := tps.Autoregressive{Fraction: c.Fraction}
	if c.Move == autoregressive {
		move.Beta = firstBeta(c)
	}
	var further []tps.Losses
	for _, l := range all[1:] {
		further = append(further, l)
	}
	var prior *tps.Gaussian
	if c.Prior > 0 {
		prior = &tps.Gaussian{Sigma: c.Prior}
	}
	chain, err := tps.NewChain(tps.Config{
		Tau: c.Tau, Sigma: c.Sigma, Prior: prior, S: c.S, Move: move, Sweep: c.Sweep, Tuning: tps.Tuning{Steps: c.tuning()},
		Test: test, Start: start, Source: c.source(chainStream),
	}, all[0], further...)
	return chain, all, err
}

// firstBeta returns the size of autoregressive moves that tuning begins with: for the
// network it is cautious, as small moves are cheap.
func firstBeta(c config) float64 {
	if c.Problem == perceptron {
		return 1
	}
	return 0.1
}
