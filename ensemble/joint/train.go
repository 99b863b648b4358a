package joint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// Config has the settings of Train. Descent.Epochs must be set; the zero value of any
// other field stands for its default.
type Config struct {
	// Lambda is λ, from 0 (independent modules) to 1 (the ensemble as one network).
	Lambda float64
	// Family says what outputs stand for. 0: Softmax for a dataset with labels,
	// Gaussian for one with targets.
	Family Family
	// Workers is how many goroutines share a batch, at most 1024. 0 means 1. Results
	// are the same for any number, bit for bit.
	Workers int
	// Validation, if it is not nil, is data held out: Train leaves the modules of the
	// epoch with the lowest error of the ensemble on it, the first of them if several
	// have it. That error, which Report.Ensemble.Error is of it, is then the
	// validation loss of Descent.
	Validation *data.Dataset
	// Descent says how to go down. Here a nil Optimizer stands for SGD with momentum
	// 0.9, and a nil Schedule for the constant rate of the paper, DefaultRate (which
	// grows with M as the gradient of a module has the factor 1/M). Validate must be
	// nil where Validation is set; the parameters that it is given are in an order of
	// Train's own.
	Descent descent.Config
}

// DefaultRate returns the learning rate of the paper's experiments for SGD with
// momentum 0.9 and batches of 100: 0.02 for each of the modules, and 0.3 of that for
// λ ≥ 0.99, where there are several.
func DefaultRate(modules int, lambda float64) float64 {
	rate := 0.02 * float64(modules)
	if lambda >= 0.99 && modules > 1 { // one module has the same loss for any λ
		rate *= 0.3
	}
	return rate
}

// Initialize returns parameters for the modules of a network, each by nn.InitUniform.
func Initialize(net *nn.Network, modules int, source rand.Source) [][]float32 {
	all := make([][]float32, modules)
	for j := range all {
		all[j] = make([]float32, net.Params())
		nn.InitUniform(all[j], net, source)
	}
	return all
}

// Train trains the modules, which it changes in place, on a dataset, and returns the
// last epoch; its losses are joint losses. It ends early as descent.Run does: when the
// context is done, with the context's cause, or when a loss is not finite; the modules
// are then what that leaves. There is at least one module, each has net.Params()
// numbers, and all are finite. ensemble.New makes a committee of them.
//
// The same random numbers give the same modules, bit for bit.
func Train(ctx context.Context, net *nn.Network, modules [][]float32, train *data.Dataset, config Config) (descent.Epoch, error) {
	if err := check(net, modules, train); err != nil {
		return descent.Epoch{}, err
	}
	g, err := newGradient(net, len(modules), train, config)
	if err != nil {
		return descent.Epoch{}, err
	}
	defer g.Close()
	c := config.Descent
	c.Optimizer = cmp.Or[descent.Optimizer](c.Optimizer, &descent.SGD{Momentum: 0.9})
	c.Schedule = cmp.Or[descent.Schedule](c.Schedule, descent.Constant(DefaultRate(len(modules), config.Lambda)))
	c.Source = cmp.Or[rand.Source](c.Source, random.Source(0))
	if config.Validation != nil {
		if c.Validate != nil {
			return descent.Epoch{}, errors.New("joint: Config.Validation and Config.Descent.Validate are both set, want one")
		}
		if c.Validate, err = newValidate(net, modules, config); err != nil {
			return descent.Epoch{}, err
		}
	}
	params := make([]float32, g.Params())
	g.pack(params, modules)
	epoch, err := descent.Run(ctx, params, g, c)
	g.unpack(modules, params)
	return epoch, err
}

// A gradient is that of the joint loss, for parameters of all modules in an order of
// its own.
type gradient interface {
	descent.Gradient
	pack(dst []float32, modules [][]float32)
	unpack(modules [][]float32, params []float32)
	Close()
}

func newGradient(net *nn.Network, modules int, d *data.Dataset, c Config) (gradient, error) {
	l, err := newLoss(net, modules, d, c)
	if err != nil {
		return nil, err
	}
	s, err := newStack(net, modules)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return newModulewiseGradient(net, l, c.Workers)
	}
	return newStackGradient(s, l, c.Workers)
}

const maxWorkers = 1024 // as in nn

func newLoss(net *nn.Network, modules int, d *data.Dataset, c Config) (loss, error) {
	if !(c.Lambda >= 0 && c.Lambda <= 1) {
		return loss{}, fmt.Errorf("joint: Config.Lambda = %v, want 0 to 1: above, the loss has no lower bound", c.Lambda)
	}
	if c.Workers < 0 || c.Workers > maxWorkers {
		return loss{}, fmt.Errorf("joint: Config.Workers = %d, want 0 to %d", c.Workers, maxWorkers)
	}
	family, err := c.Family.resolve(net.Outputs(), d)
	return loss{family: family, lambda: c.Lambda, modules: modules, data: d}, err
}

// newValidate returns the error of the ensemble on data held out.
func newValidate(net *nn.Network, modules [][]float32, c Config) (func([]float32) (float64, error), error) {
	d := c.Validation
	if err := check(net, modules, d); err != nil {
		return nil, fmt.Errorf("joint: Config.Validation: %w", err)
	}
	family, err := c.Family.resolve(net.Outputs(), d)
	if err != nil {
		return nil, fmt.Errorf("joint: Config.Validation: %w", err)
	}
	o, err := newOutputs(net, len(modules), d)
	if err != nil {
		return nil, err
	}
	mean := make([]float64, net.Outputs())
	return func(params []float32) (float64, error) {
		o.setParams(params)
		wrong := family.newErrors(1)
		err := o.each(func(sample int, outputs []float32) {
			average(mean, outputs)
			wrong.add(0, mean, family.truth(d, sample))
		})
		return wrong.of(0, d), err
	}, nil
}
