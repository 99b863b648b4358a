package main

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/independent"
	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// An ensembleOf is what a plan makes.
type ensembleOf struct {
	models  [][]float32
	trained [][]float32 // that sampling began with; nil for a deep ensemble
}

// fit makes the ensemble of a plan. The seed is that of all its random numbers.
func (p *plan) fit(ctx context.Context, net *nn.Network, train *data.Dataset, seed uint64, s *show) (ensembleOf, error) {
	if p.draws == 0 {
		models, err := p.fitDeep(ctx, net, train, seed)
		return ensembleOf{models: models}, err
	}
	result, err := langevin.MILE(ctx, net, train, p.loss, p.mile(seed, train.Len(), s))
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		return ensembleOf{}, err
	}
	return ensembleOf{models: result.Models(), trained: result.Trained()}, nil
}

// mile returns the configuration of MILE.
func (p *plan) mile(seed uint64, samples int, s *show) langevin.MILEConfig {
	c := langevin.MILEConfig{
		Members: p.members, Draws: p.draws, Thin: p.thin, Prior: langevin.Gaussian{Sigma: p.prior}, Seed: seed,
		Training: langevin.MILETraining{
			Validation: p.held, Epochs: p.epochs, Batch: p.batch, Patience: p.patience,
			WeightDecay: p.decay, Schedule: p.schedule(),
		},
		Progress: s.mile,
	}
	if p.held == 0 {
		c.Training.Validation = -1
	}
	if p.decay == 0 {
		c.Training.WeightDecay = -1
	}
	if p.batch == 0 {
		c.Training.Batch = samples - int(math.Round(p.held*float64(samples)))
	}
	c.Sampler.Tuning = langevin.MCLMCTuning{
		Steps: p.tuning, EnergyVariance: p.variance, FinalEnergyVariance: p.finalVariance, Precondition: p.precondition,
	}
	return c
}

// schedule returns the learning rate's.
func (t *training) schedule() descent.Schedule {
	if t.cosine {
		return descent.Cosine{Peak: t.rate}
	}
	return descent.Constant(t.rate)
}

// fitDeep trains the networks of a deep ensemble.
func (p *plan) fitDeep(ctx context.Context, net *nn.Network, train *data.Dataset, seed uint64) ([][]float32, error) {
	fitted, held := train, (*data.Dataset)(nil)
	if p.held > 0 {
		var err error
		n := train.Len() - int(math.Round(p.held*float64(train.Len())))
		if fitted, held, err = train.Split(n, random.Source(seed, heldStream, 1)); err != nil {
			return nil, err
		}
	}
	gradients := make([]descent.Gradient, min(runtime.GOMAXPROCS(0), p.members))
	for k := range gradients {
		g, err := nn.NewGradients(net, fitted, p.loss, nn.Config{})
		if err != nil {
			return nil, err
		}
		gradients[k] = g
	}
	validations := make([]func([]float32) (float64, error), p.members)
	if held != nil {
		for k := range validations {
			losses, err := nn.NewLosses(net, held, p.loss, nn.Config{})
			if err != nil {
				return nil, err
			}
			validations[k] = meanLoss(losses)
		}
	}
	initialize := func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) }
	return independent.Train(ctx, gradients, initialize, independent.Config{
		Members: p.members, Source: random.Source(seed, 0),
		Descent: func(member int) descent.Config {
			batch := p.batch
			if batch == 0 {
				batch = fitted.Len()
			}
			return descent.Config{
				Epochs: p.epochs, Batch: min(batch, fitted.Len()), Schedule: p.schedule(), Optimizer: &descent.Adam{WeightDecay: p.decay},
				Validate: validations[member], Patience: p.patience,
			}
		},
	})
}

// meanLoss returns what computes the mean loss of a model.
func meanLoss(losses *nn.Losses) func([]float32) (float64, error) {
	samples := make([]int, losses.Samples())
	for i := range samples {
		samples[i] = i
	}
	dst := [][]float64{make([]float64, len(samples))}
	return func(params []float32) (float64, error) {
		losses.Losses(dst, [][]float32{params}, samples)
		sum := 0.0
		for _, loss := range dst[0] {
			sum += loss
		}
		return sum / float64(len(samples)), nil
	}
}
