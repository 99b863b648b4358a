package descent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// Config holds the options of Run. Epochs must be set; the zero value of any
// other field stands for its default.
type Config struct {
	// Epochs is how many times the run goes through the data, at least 1.
	Epochs int
	// Batch is how many samples a step has, from 1 to their number. 0: 100, or
	// all if there are fewer.
	Batch int
	// Replacement draws each sample of a step independently, with replacement.
	// Otherwise an epoch is a random permutation of the data, cut into batches,
	// of which the last may be smaller. Either way an epoch has the same number
	// of steps.
	Replacement bool
	// Optimizer makes the steps. nil: Adam with its defaults.
	Optimizer Optimizer
	// Schedule sets the learning rate. nil: Constant(0.001).
	Schedule Schedule
	// Validate, if it is not nil, is called after each epoch and returns the
	// loss on samples that are held out. However the run ends, Run then leaves
	// the parameters of the epoch with the lowest such loss, the first of them
	// if several have it, and those of the start if no loss was below +Inf.
	// Validate must neither keep nor change params.
	Validate func(params []float32) (loss float64, err error)
	// Patience ends the run when the validation loss has not come down for so
	// many epochs. 0: never.
	Patience int
	// Progress, if it is not nil, is called after each epoch. An error ends the
	// run with that error, or without one if it is ErrStop.
	Progress func(Epoch) error
	// Source is where the random numbers come from. nil: a generator that
	// starts each run with the same numbers.
	Source rand.Source
}

// ErrStop ends a run without an error when Config.Progress returns it.
var ErrStop = errors.New("descent: stop")

var errNoContext = errors.New("descent: the context is nil")

// An Epoch says how far a run is.
type Epoch struct {
	// Number is how many epochs were made, from 1.
	Number int
	// Steps is how many steps were made in all.
	Steps int
	// Loss is the mean loss over the samples of the epoch, each at the time it
	// was used.
	Loss float64
	// Validation is the loss on the samples held out, NaN without
	// Config.Validate.
	Validation float64
	// Best is the number of the epoch whose parameters are the best so far: the
	// one with the lowest Validation, 0 before there is one, or Number without
	// Config.Validate.
	Best int
	// Rate is the learning rate of the last step.
	Rate float64
}

// Run minimizes the mean loss, starting from params, which it changes in
// place, and returns the last epoch. It ends early when the context is done,
// with the context's cause; when a loss is NaN or infinite; or as Config says.
// The same random numbers give the same parameters, bit for bit, if gradients
// are the same.
func Run(ctx context.Context, params []float32, gradient Gradient, config Config) (Epoch, error) {
	if ctx == nil {
		return Epoch{}, errNoContext
	}
	d, err := newDescent(params, gradient, config)
	if err != nil {
		return Epoch{}, err
	}
	err = d.makeEpochs(ctx)
	if d.best != nil {
		copy(params, d.best)
	}
	if errors.Is(err, ErrStop) {
		err = nil
	}
	return d.epoch, err
}

// A descent is a run under way.
type descent struct {
	Config
	model    Gradient
	params   []float32
	gradient []float32 // of the last step
	deck     *random.Deck
	samples  []int // of a step, when drawn with replacement
	steps    int   // of an epoch
	epoch    Epoch
	best     []float32 // the parameters of epoch.Best; nil without Validate
	lowest   float64   // the validation loss of epoch.Best
}

func newDescent(params []float32, gradient Gradient, c Config) (*descent, error) {
	if null.Is(gradient) {
		return nil, errors.New("descent: gradient is nil")
	}
	n := gradient.Samples()
	if n < 1 || n > random.MaxDeck {
		return nil, fmt.Errorf("descent: there are %d samples, want 1 to %d", n, random.MaxDeck)
	}
	if len(params) != gradient.Params() || len(params) == 0 {
		return nil, fmt.Errorf("descent: params has %d numbers, want those of the model, %d", len(params), gradient.Params())
	}
	if c.Epochs < 1 {
		return nil, fmt.Errorf("descent: Epochs = %d, want at least 1", c.Epochs)
	}
	c.Batch = cmp.Or(c.Batch, min(100, n))
	if c.Batch < 1 || c.Batch > n {
		return nil, fmt.Errorf("descent: Batch = %d, want 1 to the number of samples, %d", c.Batch, n)
	}
	if c.Patience < 0 {
		return nil, fmt.Errorf("descent: Patience = %d, want at least 0", c.Patience)
	}
	if c.Patience > 0 && c.Validate == nil {
		return nil, errors.New("descent: Patience is set, but Validate is nil")
	}
	c.Optimizer = cmp.Or[Optimizer](c.Optimizer, new(Adam))
	c.Schedule = cmp.Or[Schedule](c.Schedule, Constant(0.001))
	c.Source = cmp.Or[rand.Source](c.Source, random.Source(0))
	if err := checkSchedule(c.Schedule); err != nil {
		return nil, err
	}
	if err := c.Optimizer.Start(len(params)); err != nil {
		return nil, err
	}
	d := &descent{
		Config: c, model: gradient, params: params, gradient: make([]float32, len(params)),
		deck: random.NewDeck(n), samples: make([]int, c.Batch), steps: (n + c.Batch - 1) / c.Batch, lowest: math.Inf(1),
	}
	d.epoch.Validation = math.NaN()
	if c.Validate != nil {
		d.best = slices.Clone(params)
	}
	return d, nil
}

func (d *descent) makeEpochs(ctx context.Context) error {
	for d.epoch.Number < d.Epochs {
		if err := d.makeEpoch(ctx); err != nil {
			return err
		}
		d.epoch.Number++
		if err := d.keepBest(); err != nil {
			return err
		}
		if d.Progress != nil {
			if err := d.Progress(d.epoch); err != nil {
				return err
			}
		}
		if d.Patience > 0 && d.epoch.Number-d.epoch.Best >= d.Patience {
			return nil
		}
	}
	return nil
}

func (d *descent) makeEpoch(ctx context.Context) error {
	d.deck.Reset()
	sum, drawn := 0.0, 0
	for range d.steps {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		samples := d.draw()
		d.epoch.Rate = d.Schedule.Rate(d.epoch.Steps, d.Epochs*d.steps)
		loss := d.model.Gradient(d.gradient, d.params, samples)
		if loss-loss != 0 {
			return fmt.Errorf("descent: the loss is %v at step %d, with learning rate %v", loss, d.epoch.Steps, d.epoch.Rate)
		}
		d.Optimizer.Step(d.params, d.gradient, d.epoch.Rate)
		d.epoch.Steps++
		sum += loss * float64(len(samples))
		drawn += len(samples)
	}
	d.epoch.Loss = sum / float64(drawn)
	return nil
}

// draw returns the samples of a step.
func (d *descent) draw() []int {
	n := d.deck.Len()
	if d.Replacement {
		for j := range d.samples {
			d.samples[j] = random.Below(d.Source, n)
		}
		return d.samples
	}
	drawn := d.deck.Drawn()
	return d.deck.Draw(min(d.Batch, n-drawn), d.Source)[drawn:]
}

// keepBest validates the parameters and keeps them if they are the best so far.
func (d *descent) keepBest() error {
	if d.Validate == nil {
		d.epoch.Best = d.epoch.Number
		return nil
	}
	loss, err := d.Validate(d.params)
	if err != nil {
		return err
	}
	d.epoch.Validation = loss
	if loss < d.lowest {
		d.lowest, d.epoch.Best = loss, d.epoch.Number
		copy(d.best, d.params)
	}
	return nil
}
