package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/nn/hessian"
	"github.com/trajens/trajens/tps"
)

// A spreader is a chain about a trained network, and what it has got for its time.
type spreader struct {
	name    string
	chain   *tps.Chain
	network []float32
	last    *tps.Trajectory
	squares float64 // of accepted jumps, a parameter and model
	before  float64 // variance, when measuring began
	stats   tps.Stats
	spent   time.Duration
}

// moves measures how fast the models of a trajectory spread about a trained network at
// s = N, by redrawing a share of their parameters and by harmonic moves in sweeps, and
// what a second worker is worth to a sweep. They take turns, for three networks.
func (b *bench) moves() error {
	train, name, err := images()
	if err != nil {
		return err
	}
	fmt.Printf("%d samples of %s, s = N, two workers\n\n", train.Len(), name)
	fmt.Println("| paper's CNN, τ = 16, seed | moves | steps/s | accepted | mean b | jump²/s a parameter | ratios | variance/s a parameter | ratios |\n|---|---|---|---|---|---|---|---|---|")
	for k := range uint64(3) {
		if err := b.spread(train, k+1); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) spread(train *data.Dataset, number uint64) error {
	net := nn.MairCNN()
	network, surrogate, err := trainedNetwork(net, train, number)
	if err != nil {
		return err
	}
	var spreaders []*spreader
	for _, s := range []struct {
		name    string
		tau     int
		sigma   float64
		width   float64 // of the walk at the start
		config  tps.Config
		test    minibatch.AdaptiveConfig
		workers int
	}{
		{"redraw, σ = 0.003, f = 0.02, uniform draws", 16, 0.003, 0.003, tps.Config{Fraction: 0.02}, minibatch.AdaptiveConfig{Chunk: 100, Sigma: 1.3, Estimate: minibatch.Uniform}, 1},
		{"the same, the cheapest draws", 16, 0.003, 0.003, tps.Config{Fraction: 0.02}, minibatch.AdaptiveConfig{Chunk: 100, Sigma: 1.3}, 1},
		{"harmonic sweeps, σ = 0.15", 16, 0.15, 0, tps.Config{Sweep: true, Move: tps.Autoregressive{Beta: 0.011, Surrogate: surrogate}}, minibatch.AdaptiveConfig{Sigma: 1.3, Estimate: minibatch.Controlled}, 2},
		{"sweeps, τ = 32, one worker", 32, 0.15, 0, tps.Config{Sweep: true, Move: tps.Autoregressive{Beta: 0.011, Surrogate: surrogate}}, minibatch.AdaptiveConfig{Sigma: 1.3, Estimate: minibatch.Controlled}, 1},
		{"sweeps, τ = 32, two workers", 32, 0.15, 0, tps.Config{Sweep: true, Move: tps.Autoregressive{Beta: 0.011, Surrogate: surrogate}}, minibatch.AdaptiveConfig{Sigma: 1.3, Estimate: minibatch.Controlled}, 2},
	} {
		config := s.config
		config.Tau, config.Sigma, config.S, config.Seed = s.tau, s.sigma, float64(train.Len()), number
		if config.Test, err = minibatch.NewAdaptive(train.Len(), s.test); err != nil {
			return err
		}
		if config.Start, err = tps.RandomWalk(s.tau, network, s.width, rand.NewPCG(3, number)); err != nil {
			return err
		}
		var all []*nn.Losses
		workers := 1
		if !config.Sweep {
			workers = 2 // in each call
		}
		for range s.workers {
			losses, err := nn.NewLosses(net, train, nn.CrossEntropy, nn.Config{Workers: workers})
			if err != nil {
				return err
			}
			defer losses.Close()
			all = append(all, losses)
		}
		var further []tps.Losses
		for _, losses := range all[1:] {
			further = append(further, losses)
		}
		chain, err := tps.NewChain(config, all[0], further...)
		if err != nil {
			return err
		}
		// What comes before references pay is no measure of a long run.
		if err := chain.Run(context.Background(), 10*s.tau); err != nil {
			return err
		}
		chain.ResetStats()
		x := &spreader{name: s.name, chain: chain, network: network, last: chain.Trajectory().Clone()}
		x.before = x.variance()
		spreaders = append(spreaders, x)
	}
	for range b.rounds {
		for _, s := range spreaders {
			if err := s.run(time.Duration(8 * b.seconds * float64(time.Second))); err != nil {
				return err
			}
		}
	}
	uniform, cheapest := spreaders[0], spreaders[1]
	for _, s := range spreaders {
		fmt.Printf("| %d | %s | %.1f | %.3f | %.0f | %.3g | %.1f, %.1f | %.3g | %.1f, %.1f |\n", number, s.name, float64(s.stats.Steps)/s.spent.Seconds(),
			s.stats.Acceptance(), s.stats.MeanBatch(), s.jumps(), s.jumps()/uniform.jumps(), s.jumps()/cheapest.jumps(),
			s.gained(), s.gained()/uniform.gained(), s.gained()/cheapest.gained())
	}
	one, two := spreaders[3], spreaders[4]
	fmt.Printf("\nTwo workers sweep %.2f times as fast as one at τ = 32.\n\n",
		float64(two.stats.Steps)/two.spent.Seconds()/(float64(one.stats.Steps)/one.spent.Seconds()))
	return nil
}

// run makes steps for a time.
func (s *spreader) run(limit time.Duration) error {
	start := time.Now()
	err := s.chain.Run(context.Background(), math.MaxInt, tps.EachStep(func(c *tps.Chain, step tps.Step) error {
		if step.Accepted {
			s.jump(step.First)
		}
		if time.Since(start) > limit {
			return tps.ErrStop
		}
		return nil
	}))
	s.spent += time.Since(start)
	s.stats = s.chain.Stats()
	return err
}

// jump takes the move of a model into account.
func (s *spreader) jump(t int) {
	sum, params := 0.0, s.last.Params()
	for i, x := range s.chain.Trajectory().Model(t) {
		d := float64(x - s.last.Model(t)[i])
		sum += d * d
	}
	copy(s.last.Model(t), s.chain.Trajectory().Model(t))
	s.squares += sum / float64(params*s.last.Len())
}

// variance returns the mean squared distance of a parameter from the network's.
func (s *spreader) variance() float64 {
	sum, values := 0.0, s.chain.Trajectory().Values()
	for i, x := range values {
		d := float64(x - s.network[i%len(s.network)])
		sum += d * d
	}
	return sum / float64(len(values))
}

// jumps and gained return the squared jumps and what the variance has grown, a second.
func (s *spreader) jumps() float64  { return s.squares / s.spent.Seconds() }
func (s *spreader) gained() float64 { return (s.variance() - s.before) / s.spent.Seconds() }

// trainedNetwork returns a network trained by gradient descent, and a quadratic model of
// the loss there.
func trainedNetwork(net *nn.Network, train *data.Dataset, number uint64) ([]float32, *tps.Quadratic, error) {
	network := make([]float32, net.Params())
	nn.InitUniform(network, net, rand.NewPCG(number, 0))
	gradients, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{Workers: 2})
	if err != nil {
		return nil, nil, err
	}
	defer gradients.Close()
	if _, err := descent.Run(context.Background(), network, gradients, descent.Config{
		Epochs: 20, Schedule: descent.Cosine{Peak: 0.005, WarmUp: 0.1}, Source: rand.NewPCG(2, number),
	}); err != nil {
		return nil, nil, err
	}
	samples := random.NewDeck(train.Len()).Draw(6000, rand.NewPCG(4, number))
	e, err := hessian.Expand(context.Background(), gradients, network, hessian.ExpandConfig{Samples: samples})
	return network, (*tps.Quadratic)(e), err
}
