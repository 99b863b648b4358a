package langevin

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// MILE makes a microcanonical Langevin ensemble of a network (Sommer, Robnik, Nozadze,
// Seljak and Rügamer, ICLR 2025, arXiv 2502.06335): it trains several networks, each from
// nn.InitUniform, and starts a chain of MCLMC from each of them. What the chains draw, after
// the steps that tune them, is near the posterior about each network, with a bias that the
// energy variance of the tuning sets: 0.1 per dimension is large. Nothing weighs the
// networks against each other.
//
// A member whose training or chain fails, because losses are not finite, has the error in its
// Err, and keeps what it has got so far; the others are made all the same (MILEResult.Err
// tells whether there is one). MILE itself returns an error if all members have failed, or for
// what concerns all: the context, Progress, checkpoints, and options that are out of their
// range.
//
// The networks are trained and sampled on as many processors as there are
// (runtime.GOMAXPROCS); the result is the same for any number.
func MILE(ctx context.Context, net *nn.Network, d *data.Dataset, loss nn.Loss, config MILEConfig) (*MILEResult, error) {
	if _, err := nn.NewGradients(net, d, loss, nn.Config{}); err != nil {
		return nil, err
	}
	members := config.Members
	if c, err := config.withDefaults(d.Len(), net.Params()); err == nil {
		members = c.Members
	}
	processors := runtime.GOMAXPROCS(0)
	gradients := make([]Gradient, max(1, min(processors, members)))
	for k := range gradients {
		g, err := nn.NewGradients(net, d, loss, nn.Config{Workers: max(1, processors/len(gradients))})
		if err != nil {
			return nil, err
		}
		defer g.Close()
		gradients[k] = g
	}
	return MILEOf(ctx, gradients, func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) }, config)
}

// MILEOf is MILE of any model. The gradients are those of one model on the same data, each
// for a goroutine of its own, of which there are as many. start writes parameters to begin a
// training with, all of them random numbers from the source; it is called by one goroutine
// at a time.
func MILEOf(ctx context.Context, gradients []Gradient, start func(params []float32, source rand.Source), config MILEConfig) (*MILEResult, error) {
	if ctx == nil {
		return nil, errors.New("langevin: the context is nil")
	}
	if len(gradients) == 0 {
		return nil, errors.New("langevin: MILE has no gradients, want at least one")
	}
	for k, g := range gradients {
		if null.Is(g) {
			return nil, fmt.Errorf("langevin: gradient %d is nil", k)
		}
		if g.Samples() != gradients[0].Samples() || g.Params() != gradients[0].Params() {
			return nil, fmt.Errorf("langevin: gradient %d is of %d parameters on %d samples, the first of %d on %d", k, g.Params(), g.Samples(), gradients[0].Params(), gradients[0].Samples())
		}
	}
	if start == nil {
		return nil, errors.New("langevin: MILE has no start")
	}
	config, err := config.withDefaults(gradients[0].Samples(), gradients[0].Params())
	if err != nil {
		return nil, err
	}
	run := newMILERun(config, gradients[0].Samples(), start)
	if err := run.all(ctx, gradients); err != nil {
		return nil, err
	}
	return &MILEResult{Members: run.members}, nil
}

// A MILEResult is what MILE makes.
type MILEResult struct {
	// Members are the networks and their chains.
	Members []MILEMember
}

// A MILEMember is a network and its chain.
type MILEMember struct {
	// Err is why the training or the chain failed, nil if neither did. For a chain, whose
	// Draws are those before, it wraps a *LossError.
	Err error
	// Trained are the parameters that the training ended with, nil if it failed, and Epoch
	// is its last epoch.
	Trained []float32
	Epoch   descent.Epoch
	// Draws are what the chain has drawn.
	Draws [][]float32
	// Losses are the mean losses over all samples of the draws.
	Losses []float64
	// Sampler is MCLMC as it was tuned.
	Sampler MCLMC
	// Stats are those of the whole chain.
	Stats Stats
}

// Err returns the errors of the members that failed, joined, nil if none did.
func (r *MILEResult) Err() error {
	errs := make([]error, len(r.Members))
	for k := range r.Members {
		errs[k] = r.Members[k].Err
	}
	return errors.Join(errs...)
}

// Models returns the draws of all members, one member after the other, those of members whose
// chains failed in the end included: views.
func (r *MILEResult) Models() (models [][]float32) {
	for k := range r.Members {
		models = append(models, r.Members[k].Draws...)
	}
	return models
}

// Trained returns the networks that the chains started from, a deep ensemble: views.
func (r *MILEResult) Trained() (models [][]float32) {
	for k := range r.Members {
		if trained := r.Members[k].Trained; trained != nil {
			models = append(models, trained)
		}
	}
	return models
}

// Committee returns the draws of all members as a committee of a network.
func (r *MILEResult) Committee(net *nn.Network) (*ensemble.Committee, error) {
	return ensemble.New(net, r.Models())
}

// A mileRun is a run of MILE under way.
type mileRun struct {
	config          MILEConfig
	start           func(params []float32, source rand.Source)
	training, valid []int // samples
	members         []MILEMember

	mutex sync.Mutex
	next  int // member
}

// all makes the members, one after the other, by as many goroutines as there are gradients.
func (r *mileRun) all(ctx context.Context, gradients []Gradient) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, gradient := range gradients {
		running.Go(func() {
			for k := r.take(); k < len(r.members) && ctx.Err() == nil; k = r.take() {
				if err := r.member(ctx, k, gradient); err != nil {
					cancel(err) // the first one stays the cause
				}
			}
		})
	}
	running.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	for k := range r.members {
		if r.members[k].Err == nil {
			return nil
		}
	}
	return r.members[0].Err
}

// take returns the number of a member that nobody has taken.
func (r *mileRun) take() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.next++
	return r.next - 1
}

// tell reports progress.
func (r *mileRun) tell(progress MILEProgress) error {
	if r.config.Progress == nil {
		return nil
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.config.Progress(progress)
}
