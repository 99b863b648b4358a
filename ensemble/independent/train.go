package independent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/descent"
)

// Config has the settings of Train. The zero value works.
type Config struct {
	// Members is M, the number of networks, at least 1. 0: 5, the number of the paper.
	Members int
	// Descent returns how a member, counted from 0, is trained. Several goroutines
	// call it, once for each member: it must make a new Optimizer each time, unless
	// that is nil. If its Source is nil the member's own is taken, after the start was
	// drawn from it. nil: 20 epochs of descent.Config's defaults.
	Descent func(member int) descent.Config
	// Source gives each member a generator of its own. nil: one that starts each
	// call of Train with the same numbers.
	Source rand.Source
}

// Train trains the networks of an ensemble, each from a start that initialize draws,
// for instance by nn.InitUniform, and returns their parameters.
//
// As many are trained at once as there are gradients. These must be of the same model
// and data, each for one goroutine: with one worker each, n gradients keep n processors
// busy. Several goroutines may call initialize at once. The members are the same for
// any number of gradients, bit for bit, if Config.Descent depends on the member alone.
//
// When the context is done or a member fails, for instance by a loss that is NaN, the
// others end as well. Train then returns those that were complete, in their order, and
// the context's cause or the error of the member that failed.
func Train(ctx context.Context, gradients []descent.Gradient, initialize func(params []float32, source rand.Source), config Config) ([][]float32, error) {
	if ctx == nil {
		return nil, errors.New("independent: the context is nil")
	}
	if err := check(gradients, initialize, &config); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t := &training{Config: config, initialize: initialize, sources: make([]rand.Source, config.Members), members: make([][]float32, config.Members)}
	for k := range t.sources {
		t.sources[k] = random.Source(config.Source.Uint64(), config.Source.Uint64())
	}
	var group sync.WaitGroup
	for _, gradient := range gradients {
		group.Go(func() {
			if err := t.work(ctx, gradient); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	var complete [][]float32
	for _, member := range t.members {
		if member != nil {
			complete = append(complete, member)
		}
	}
	if len(complete) < config.Members {
		return complete, context.Cause(ctx)
	}
	return complete, nil
}

// check returns an error if an argument is wrong, and fills in the defaults.
func check(gradients []descent.Gradient, initialize func([]float32, rand.Source), c *Config) error {
	if len(gradients) == 0 {
		return errors.New("independent: there are no gradients, want at least one")
	}
	for i, g := range gradients {
		if null.Is(g) {
			return fmt.Errorf("independent: gradient %d is nil", i)
		}
		if first := gradients[0]; g.Params() != first.Params() || g.Samples() != first.Samples() {
			return fmt.Errorf("independent: gradient %d has %d parameters and %d samples, want those of gradient 0, %d and %d",
				i, g.Params(), g.Samples(), first.Params(), first.Samples())
		}
	}
	if initialize == nil {
		return errors.New("independent: initialize is nil")
	}
	if c.Members < 0 {
		return fmt.Errorf("independent: Config.Members = %d, want at least 1, or 0 for 5", c.Members)
	}
	c.Members = cmp.Or(c.Members, 5)
	c.Source = cmp.Or[rand.Source](c.Source, random.Source(0))
	if c.Descent == nil {
		c.Descent = func(int) descent.Config { return descent.Config{Epochs: 20} }
	}
	return nil
}

// A training is what the goroutines of Train share.
type training struct {
	Config
	initialize func([]float32, rand.Source)
	sources    []rand.Source // of each member
	members    [][]float32   // nil where one is not complete

	mu   sync.Mutex
	next int // the first member that nobody has begun
}

// work trains one member after the other until none is left.
func (t *training) work(ctx context.Context, gradient descent.Gradient) error {
	for ctx.Err() == nil {
		t.mu.Lock()
		k := t.next
		t.next++
		t.mu.Unlock()
		if k >= t.Members {
			return nil
		}
		params := make([]float32, gradient.Params())
		t.initialize(params, t.sources[k])
		config := t.Descent(k)
		config.Source = cmp.Or[rand.Source](config.Source, t.sources[k])
		if _, err := descent.Run(ctx, params, gradient, config); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("independent: member %d: %w", k, err)
		}
		t.members[k] = params
	}
	return context.Cause(ctx)
}
