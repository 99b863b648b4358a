package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// A regime is where a chain of the paper's CNN is.
type regime struct {
	name    string
	trained bool
	config  tps.Config
	settle  int // steps before measuring
}

// A contestant is a way to decide.
type contestant struct {
	name   string
	config minibatch.AdaptiveConfig
	chain  *tps.Chain
	stats  tps.Stats
	spent  time.Duration
}

// estimates measures decisions per second with uniform draws and with references.
func (b *bench) estimates() error {
	train, name, err := images()
	if err != nil {
		return err
	}
	net := nn.MairCNN()
	network := make([]float32, net.Params())
	nn.InitUniform(network, net, rand.NewPCG(1, 0))
	gradients, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{Workers: 2})
	if err != nil {
		return err
	}
	defer gradients.Close()
	if _, err := descent.Run(context.Background(), network, gradients, descent.Config{
		Epochs: 20, Schedule: descent.Cosine{Peak: 0.005, WarmUp: 0.1}, Source: rand.NewPCG(2, 0),
	}); err != nil {
		return err
	}
	n := float64(train.Len())
	fmt.Printf("%d samples of %s, two workers\n\n", train.Len(), name)
	fmt.Println("| paper's CNN, τ = 16 | estimate | decisions/s | ratio | mean b | acceptance | references |\n|---|---|---|---|---|---|---|")
	for _, r := range []regime{
		{"trained, s = N, σ = 0.003, f = 0.02", true, tps.Config{Tau: 16, Sigma: 0.003, S: n, Fraction: 0.02}, 500},
		{"trained, s = 10,000, σ = 0.01, f = 0.02", true, tps.Config{Tau: 16, Sigma: 0.01, S: 10_000, Fraction: 0.02}, 500},
		{"random start, s = 50, σ = 0.05, f = 0.25", false, tps.Config{Tau: 16, Sigma: 0.05, S: 50, Fraction: 0.25}, 0},
	} {
		if err := b.regime(r, net, train, network); err != nil {
			return err
		}
	}
	return nil
}

// images returns MNIST if the environment says where it is, or digits.
func images() (train *data.Dataset, name string, err error) {
	if dir := os.Getenv("TRAJENS_MNIST"); dir != "" {
		train, _, err = data.MNIST(dir)
		return train, "MNIST", err
	}
	train, err = data.Digits(60_000, seed(1))
	return train, "the built-in digits", err
}

// regime measures one table row for each way to decide. They take turns.
func (b *bench) regime(r regime, net *nn.Network, train *data.Dataset, network []float32) error {
	contestants := []*contestant{
		{name: "stopping", config: minibatch.AdaptiveConfig{Rule: minibatch.Stopping}},
		{name: "uniform", config: minibatch.AdaptiveConfig{Estimate: minibatch.Uniform}},
		{name: "cheapest"},
	}
	for _, c := range contestants {
		losses, err := nn.NewLosses(net, train, nn.CrossEntropy, nn.Config{Workers: 2})
		if err != nil {
			return err
		}
		defer losses.Close()
		config := r.config
		if config.Test, err = minibatch.NewAdaptive(train.Len(), c.config); err != nil {
			return err
		}
		if r.trained {
			if config.Start, err = tps.RandomWalk(config.Tau, network, config.Sigma, rand.NewPCG(3, 0)); err != nil {
				return err
			}
		}
		if c.chain, err = tps.NewChain(config, losses); err != nil {
			return err
		}
		if c.name == "cheapest" {
			if err := c.chain.Run(context.Background(), r.settle); err != nil {
				return err
			}
		}
	}
	for range b.rounds {
		for _, c := range contestants {
			c.chain.ResetStats()
			start := time.Now()
			ctx, cancel := context.WithDeadline(context.Background(), start.Add(time.Duration(4*b.seconds*float64(time.Second))))
			err := c.chain.Run(ctx, 1<<62)
			cancel()
			c.spent += time.Since(start)
			if err != nil && ctx.Err() == nil {
				return err
			}
			c.stats.Add(c.chain.Stats())
		}
	}
	rate := func(c *contestant) float64 { return float64(c.stats.Steps) / c.spent.Seconds() }
	for _, c := range contestants {
		fmt.Printf("| %s | %s | %.1f | %.1f | %.0f | %.3f | %d |\n",
			r.name, c.name, rate(c), rate(c)/rate(contestants[0]), c.stats.MeanBatch(), c.stats.Acceptance(), c.stats.References)
	}
	return nil
}
