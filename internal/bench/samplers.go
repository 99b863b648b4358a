package main

import (
	"context"
	"fmt"
	"time"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// samplers compares steps of Langevin samplers for the paper's CNN with the gradients
// that they need, at the same parameters, and prints PyTorch's gradients beside them.
func (b *bench) samplers() error {
	problems, err := trainingProblems()
	if err != nil {
		return err
	}
	p := problems[0]
	fmt.Printf("| sampler, the paper's CNN, digits, batch %d, one worker | steps/s | beside the gradient alone |\n|---|---|---|\n", trainingBatch)
	for _, s := range []struct {
		name    string
		sampler langevin.Sampler
	}{
		{"BAOAB", langevin.BAOAB{}}, {"OBABO", langevin.OBABO{}}, {"GLA1", langevin.GLA1{}}, {"GLA2", langevin.GLA2{}},
		{"SGLD", langevin.SGLD{}}, {"cyclical SGLD", langevin.CSGLD{}}, {"preconditioned SGLD", langevin.PSGLD{}},
		{"SGHMC", langevin.SGHMC{}}, {"SGNHT", langevin.SGNHT{}}, {"CCAdL", langevin.CCAdL{}},
		{"CCAdL, 2 groups", langevin.CCAdL{Groups: 2}}, {"CCAdL, 10 groups", langevin.CCAdL{Groups: 10}},
		{"CCAdL, single samples", langevin.CCAdL{Groups: trainingBatch}},
		{"MCLMC, leapfrog", langevin.MCLMC{Step: 0.01, Length: 1, Leapfrog: true}},
	} {
		steps, overhead, err := b.sampler(p, s.sampler)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("| %s | %.0f | %+.1f %% |\n", s.name, steps, 100*overhead)
	}
	if b.torch == nil {
		return nil
	}
	variants, _, err := b.torch.loadTraining(p, trainingBatch, trainingRate, checkedSteps)
	if err != nil {
		return err
	}
	for _, variant := range variants {
		party := b.torch.party(p, variant, 1, b.seconds)
		for range b.rounds {
			rate, err := party.measure()
			if err != nil {
				return err
			}
			party.rates = append(party.rates, rate/trainingBatch)
		}
		fmt.Printf("| PyTorch, gradient and step of Adam, %s | %.0f | |\n", variant, median(party.rates))
	}
	return nil
}

// sampler returns the steps per second of a sampler, and by how much a step takes longer
// than its gradient: medians over turns of a few of either.
func (b *bench) sampler(p *problem, sampler langevin.Sampler) (steps, overhead float64, err error) {
	gradients, err := nn.NewGradients(p.net, p.data, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return 0, 0, err
	}
	chain, err := langevin.NewChain(langevin.Config{
		Sampler: sampler, Batch: trainingBatch, Prior: langevin.Gaussian{Sigma: 1}, Start: p.models[0],
	}, gradients)
	if err != nil {
		return 0, 0, err
	}
	const slice = 5
	deck, source, dst := random.NewDeck(p.data.Len()), random.Source(5), make([]float32, p.net.Params())
	var rates, overheads []float64
	for begin := time.Now(); time.Since(begin).Seconds() < 2*b.seconds*float64(b.rounds); {
		start := time.Now()
		if err := chain.Run(context.Background(), chain.Steps()+slice); err != nil {
			return 0, 0, err
		}
		middle := time.Now()
		for range slice {
			deck.Reset()
			gradients.Gradient(dst, chain.Params(), deck.Draw(trainingBatch, source))
		}
		whole, alone := middle.Sub(start).Seconds(), time.Since(middle).Seconds()
		rates, overheads = append(rates, slice/whole), append(overheads, whole/alone-1)
	}
	return median(rates), median(overheads), nil
}
