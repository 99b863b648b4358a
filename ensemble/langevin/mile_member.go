package langevin

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/descent"
)

// Streams of the random numbers of a member, beside its number.
const (
	mileSplit = iota // of the samples: the same for all members
	mileStart
	mileTraining
	mileChain
)

func newMILERun(config MILEConfig, samples int, start func([]float32, rand.Source)) *mileRun {
	order := slices.Clone(random.NewDeck(samples).Draw(samples, random.Source(config.Seed, mileSplit)))
	held := config.Training.held(samples)
	return &mileRun{
		config: config, start: start, valid: order[:held], training: order[held:],
		members: make([]MILEMember, config.Members),
	}
}

// member trains a network and samples from it, or goes on where it was. An error is one of
// the run: one of the member alone is in its Err.
func (r *mileRun) member(ctx context.Context, k int, gradient Gradient) error {
	m := &r.members[k]
	chain, checkpoints, err := r.resume(k, gradient)
	if err != nil {
		return fmt.Errorf("langevin: the checkpoint of member %d: %w", k, err)
	}
	if m.Trained == nil {
		if err := r.train(ctx, k, gradient); err != nil || m.Err != nil {
			return err
		}
		if chain, err = NewChain(r.chainConfig(k), gradient); err != nil {
			return err
		}
	}
	observers, err := r.observers(k, chain)
	if err != nil {
		return fmt.Errorf("langevin: the observers of member %d: %w", k, err)
	}
	if checkpoints != nil {
		observers = append(observers, Checkpointing(checkpoints))
	}
	err = chain.Run(ctx, r.config.steps(), observers...)
	if checkpoints != nil && chain.failed == nil {
		_, saved := checkpoints.Save(chain)
		err = errors.Join(err, saved)
	}
	m.Sampler, m.Stats = chain.Tuned().(MCLMC), chain.Stats()
	if err != nil {
		err = fmt.Errorf("langevin: the chain of member %d: %w", k, err)
	}
	if chain.failed != nil {
		m.Err, err = err, nil
	}
	return err
}

// chainConfig returns the configuration of a member's chain.
func (r *mileRun) chainConfig(k int) Config {
	c := &r.config
	return Config{
		Sampler: c.Sampler, S: c.S, Beta: c.Beta, Prior: c.Prior, Fixed: c.Fixed,
		Start: r.members[k].Trained, Source: random.Source(c.Seed, mileChain, uint64(k)),
	}
}

// observers returns what keeps the draws of a member's chain, what was asked for, and what
// tells how far it is.
func (r *mileRun) observers(k int, chain *Chain) ([]Observer, error) {
	m, tuning, total := &r.members[k], r.config.Sampler.Tuning.Steps, r.config.steps()
	observers := []Observer{EachStep(func(chain *Chain, step Step) error {
		if n := chain.Steps() - tuning; n > 0 && n%r.config.Thin == 0 {
			m.Draws = append(m.Draws, slices.Clone(chain.Params()))
			m.Losses = append(m.Losses, step.Loss)
		}
		return nil
	})}
	if r.config.Observers != nil {
		more, err := r.more(k, chain)
		if err != nil {
			return nil, err
		}
		observers = append(observers, more...)
	}
	return append(observers, Every(r.config.ProgressEvery, func(chain *Chain) error {
		return r.tell(MILEProgress{
			Member: k, Epoch: m.Epoch, Steps: chain.Steps(), Tuning: tuning, Total: total,
			StepSize: chain.StepSize(), Loss: chain.State().Loss,
		})
	})), nil
}

// more calls Observers, which may be for one goroutine at a time.
func (r *mileRun) more(k int, chain *Chain) ([]Observer, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.config.Observers(k, chain)
}

// train trains the network of a member, with errors as member.
func (r *mileRun) train(ctx context.Context, k int, gradient Gradient) (err error) {
	m, t, seed := &r.members[k], r.config.Training, r.config.Seed
	trained := make([]float32, gradient.Params())
	r.begin(trained, random.Source(seed, mileStart, uint64(k)))
	var told error // by Progress
	config := descent.Config{
		Epochs: t.Epochs, Batch: t.Batch, Patience: t.Patience, Schedule: t.Schedule,
		Optimizer: &descent.Adam{WeightDecay: t.WeightDecay},
		Source:    random.Source(seed, mileTraining, uint64(k)),
		Progress: func(epoch descent.Epoch) error {
			m.Epoch = epoch
			told = r.tell(MILEProgress{Member: k, Epoch: epoch, Loss: epoch.Loss})
			return told
		},
	}
	if len(r.valid) > 0 {
		scratch := make([]float32, gradient.Params())
		config.Validate = func(params []float32) (float64, error) {
			return gradient.Gradient(scratch, params, r.valid), nil
		}
	}
	last, err := descent.Run(ctx, trained, &subset{model: gradient, samples: r.training}, config)
	if err == nil {
		m.Trained, m.Epoch = trained, last
		return nil
	}
	err = fmt.Errorf("langevin: the training of member %d: %w", k, err)
	if ctx.Err() != nil || told != nil {
		return err
	}
	m.Err = err
	return nil
}

// begin calls start, which may be for one goroutine at a time.
func (r *mileRun) begin(params []float32, source rand.Source) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.start(params, source)
}

// A subset is a model on some of its samples.
type subset struct {
	model   Gradient
	samples []int
	mapped  []int
}

// Samples returns their number.
func (s *subset) Samples() int { return len(s.samples) }

// Params returns the number of parameters.
func (s *subset) Params() int { return s.model.Params() }

// Gradient implements Gradient.
func (s *subset) Gradient(dst, params []float32, samples []int) float64 {
	s.mapped = s.mapped[:0]
	for _, i := range samples {
		s.mapped = append(s.mapped, s.samples[i])
	}
	return s.model.Gradient(dst, params, s.mapped)
}
