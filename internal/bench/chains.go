package main

import (
	"context"
	"fmt"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// A chainProblem is a chain to measure.
type chainProblem struct {
	name   string
	net    *nn.Network
	data   *data.Dataset
	loss   nn.Loss
	config tps.Config
	chunk  int
}

func chainProblems() ([]chainProblem, error) {
	line, _, err := data.Line(256, 0, random.Source(1))
	if err != nil {
		return nil, err
	}
	digits, err := data.Digits(20_000, seed(1))
	if err != nil {
		return nil, err
	}
	return []chainProblem{
		{"perceptron, τ = 8, s = 100, N = 256", nn.LinearPerceptron(1), line, nn.HalfSquaredError,
			tps.Config{Tau: 8, Sigma: 0.1, S: 100}, 32},
		{"paper's CNN, digits, τ = 8, s = 50", nn.MairCNN(), digits, nn.CrossEntropy,
			tps.Config{Tau: 8, Sigma: 0.05, S: 50, Fraction: 0.25}, 60},
	}, nil
}

// chain returns a chain with one worker, whose losses wrap wraps, if it is not
// nil.
func (p chainProblem) chain(wrap func(*nn.Losses) tps.Losses) (*tps.Chain, error) {
	losses, err := nn.NewLosses(p.net, p.data, p.loss, nn.Config{})
	if err != nil {
		return nil, err
	}
	p.config.Test, err = minibatch.NewAdaptive(p.data.Len(), minibatch.AdaptiveConfig{Chunk: p.chunk})
	if err != nil {
		return nil, err
	}
	if wrap == nil {
		return tps.NewChain(p.config, losses)
	}
	return tps.NewChain(p.config, wrap(losses))
}

// chains measures whole chains, one worker.
func (b *bench) chains() error {
	problems, err := chainProblems()
	if err != nil {
		return err
	}
	fmt.Println("| chain, one worker | steps/s | losses/s | time in losses |\n|---|---|---|---|")
	for _, p := range problems {
		timed := new(timedLosses)
		chain, err := p.chain(func(losses *nn.Losses) tps.Losses {
			timed.losses = losses
			return timed
		})
		if err != nil {
			return err
		}
		// First without a clock around each call, then with one.
		rate, evaluations, err := b.steps(chain)
		if err != nil {
			return err
		}
		share := "–"
		if p.net.Params() > 100 { // else the clock takes longer than the losses
			start := time.Now()
			timed.on = true
			if _, _, err := b.steps(chain); err != nil {
				return err
			}
			share = fmt.Sprintf("%.1f %%", 100*timed.spent.Seconds()/time.Since(start).Seconds())
		}
		fmt.Printf("| %s | %.0f | %.0f | %s |\n", p.name, rate, evaluations, share)
	}
	return b.overhead()
}

// steps runs a chain for the time of all rounds.
func (b *bench) steps(chain *tps.Chain) (stepsPerSecond, evaluationsPerSecond float64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(b.seconds*float64(b.rounds)*float64(time.Second)))
	defer cancel()
	chain.ResetStats()
	start := time.Now()
	err = chain.Run(ctx, 1<<62)
	elapsed := time.Since(start).Seconds()
	if ctx.Err() != nil {
		err = nil
	}
	stats := chain.Stats()
	return float64(stats.Steps) / elapsed, float64(stats.Evaluations) / elapsed, err
}

// timedLosses adds up the time spent in losses while it is on.
type timedLosses struct {
	losses *nn.Losses
	on     bool
	spent  time.Duration
}

func (l *timedLosses) Samples() int { return l.losses.Samples() }
func (l *timedLosses) Params() int  { return l.losses.Params() }

func (l *timedLosses) Losses(dst [][]float64, models [][]float32, samples []int) {
	if !l.on {
		l.losses.Losses(dst, models, samples)
		return
	}
	start := time.Now()
	l.losses.Losses(dst, models, samples)
	l.spent += time.Since(start)
}
