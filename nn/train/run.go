package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

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
	// loss on samples that are held out. Run then leaves the parameters of the
	// epoch at which it was lowest. It must neither keep nor change params.
	Validate func(params []float32) (loss float64, err error)
	// Patience ends the run when the validation loss has not come down for so
	// many epochs. 0: never.
	Patience int
	// Progress, if it is not nil, is called after each epoch. An error ends the
	// run with that error, or without one if it is ErrStop.
	Progress func(Epoch) error
	// Seed seeds the random numbers, unless there is a Source.
	Seed uint64
	// Source is where the random numbers come from. nil: PCG from
	// golang.org/x/exp/rand, seeded with Seed.
	Source rand.Source
}

// ErrStop ends a run without an error when Config.Progress returns it.
var ErrStop = errors.New("train: stop")

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
	// Best is the number of the epoch with the lowest Validation, or Number
	// without Config.Validate.
	Best int
	// Rate is the learning rate of the last step.
	Rate float64
}

// Run minimizes the mean loss, starting from params, which it changes in
// place, and returns the last epoch. It ends early when the context is done,
// with the context's cause; when a loss is NaN or infinite; or as Config says.
// The same seed gives the same parameters, bit for bit, if gradients are the
// same.
func Run(ctx context.Context, params []float32, gradient Gradient, config Config) (Epoch, error) {
	r, err := newRun(params, gradient, config)
	if err != nil {
		return Epoch{}, err
	}
	err = r.run(ctx)
	if r.best != nil {
		copy(params, r.best)
	}
	if errors.Is(err, ErrStop) {
		err = nil
	}
	return r.epoch, err
}

// A run is a run in the making.
type run struct {
	Config
	model    Gradient
	params   []float32
	gradient []float32
	deck     *random.Deck
	samples  []int // of a step, when drawn with replacement
	steps    int   // of an epoch
	epoch    Epoch
	best     []float32 // nil without Validate
	lowest   float64
}

func newRun(params []float32, gradient Gradient, c Config) (*run, error) {
	n := gradient.Samples()
	if n < 1 || n > random.MaxDeck {
		return nil, fmt.Errorf("train: there are %d samples, want 1 to %d", n, random.MaxDeck)
	}
	if len(params) != gradient.Params() || len(params) == 0 {
		return nil, fmt.Errorf("train: params has %d numbers, want those of the model, %d", len(params), gradient.Params())
	}
	if c.Epochs < 1 {
		return nil, fmt.Errorf("train: Epochs = %d, want at least 1", c.Epochs)
	}
	if c.Batch == 0 {
		c.Batch = min(100, n)
	}
	if c.Batch < 1 || c.Batch > n {
		return nil, fmt.Errorf("train: Batch = %d, want 1 to the number of samples, %d", c.Batch, n)
	}
	if c.Patience < 0 {
		return nil, fmt.Errorf("train: Patience = %d, want at least 0", c.Patience)
	}
	if c.Patience > 0 && c.Validate == nil {
		return nil, errors.New("train: Patience is set, but Validate is nil")
	}
	if c.Optimizer == nil {
		c.Optimizer = new(Adam)
	}
	if c.Schedule == nil {
		c.Schedule = Constant(0.001)
	}
	if c.Source == nil {
		c.Source = random.Source(c.Seed)
	}
	if err := validate(c.Schedule); err != nil {
		return nil, err
	}
	if err := c.Optimizer.Start(len(params)); err != nil {
		return nil, err
	}
	r := &run{
		Config: c, model: gradient, params: params, gradient: make([]float32, len(params)),
		deck: random.NewDeck(n), samples: make([]int, c.Batch), steps: (n + c.Batch - 1) / c.Batch, lowest: math.Inf(1),
	}
	r.epoch.Validation = math.NaN()
	if c.Validate != nil {
		r.best = slices.Clone(params)
	}
	return r, nil
}

func (r *run) run(ctx context.Context) error {
	for r.epoch.Number < r.Epochs {
		if err := r.oneEpoch(ctx); err != nil {
			return err
		}
		r.epoch.Number++
		if err := r.validate(); err != nil {
			return err
		}
		if r.Progress != nil {
			if err := r.Progress(r.epoch); err != nil {
				return err
			}
		}
		if r.Patience > 0 && r.epoch.Number-r.epoch.Best >= r.Patience {
			return nil
		}
	}
	return nil
}

func (r *run) oneEpoch(ctx context.Context) error {
	r.deck.Reset()
	sum, drawn := 0.0, 0
	for range r.steps {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		samples := r.draw()
		r.epoch.Rate = r.Schedule.Rate(r.epoch.Steps, r.Epochs*r.steps)
		loss := r.model.Gradient(r.gradient, r.params, samples)
		if loss-loss != 0 {
			return fmt.Errorf("train: the loss is %v at step %d, with learning rate %v", loss, r.epoch.Steps, r.epoch.Rate)
		}
		r.Optimizer.Step(r.params, r.gradient, r.epoch.Rate)
		r.epoch.Steps++
		sum += loss * float64(len(samples))
		drawn += len(samples)
	}
	r.epoch.Loss = sum / float64(drawn)
	return nil
}

// draw returns the samples of a step.
func (r *run) draw() []int {
	n := r.deck.Len()
	if r.Replacement {
		for j := range r.samples {
			r.samples[j] = random.Below(r.Source, n)
		}
		return r.samples
	}
	drawn := r.deck.Drawn()
	return r.deck.Draw(min(r.Batch, n-drawn), r.Source)[drawn:]
}

// validate keeps the best parameters.
func (r *run) validate() error {
	if r.Validate == nil {
		r.epoch.Best = r.epoch.Number
		return nil
	}
	loss, err := r.Validate(r.params)
	if err != nil {
		return err
	}
	r.epoch.Validation = loss
	if loss < r.lowest {
		r.lowest, r.epoch.Best = loss, r.epoch.Number
		copy(r.best, r.params)
	}
	return nil
}
