package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/processor"
	"github.com/trajens/trajens/nn"
)

// reference is what samplers are compared with.
type reference struct {
	functions   [][]float64 // of both chains
	predictions *metrics.Predictions
	floor       row // one chain compared with the other
}

// reference makes it of two chains of Hamiltonian Monte Carlo.
func (p *problem) reference(ctx context.Context, o *options) (*reference, error) {
	halves, err := p.halves(ctx, o)
	if err != nil {
		return nil, err
	}
	first, err := p.newReference(halves[0])
	if err != nil {
		return nil, err
	}
	floor, err := p.compare("reference, half", halves[1], first)
	if err != nil {
		return nil, err
	}
	both := &sample{draws: append(halves[0].draws, halves[1].draws...)}
	r, err := p.newReference(both)
	if err != nil {
		return nil, err
	}
	r.floor = floor
	return r, nil
}

func (p *problem) newReference(s *sample) (*reference, error) {
	f, err := p.functions(s)
	if err != nil {
		return nil, err
	}
	_, predictions, err := p.predictions(s)
	return &reference{functions: f, predictions: predictions}, err
}

// referenceTuning is how many steps tune a chain of the reference.
const referenceTuning = 60

// halves runs the two chains at once, or reads them.
func (p *problem) halves(ctx context.Context, o *options) (halves [2]*sample, err error) {
	if o.load != "" {
		return p.load(o.load)
	}
	var errs [2]error
	var running sync.WaitGroup
	for k := range halves {
		running.Go(func() { halves[k], errs[k] = p.half(ctx, o, k) })
	}
	running.Wait()
	for k, err := range errs {
		// An interrupted chain is saved as far as it came.
		if err != nil && (o.save == "" || ctx.Err() == nil || halves[k] == nil) {
			return halves, err
		}
	}
	if o.save != "" {
		if err := p.save(o.save, halves); err != nil {
			return halves, err
		}
	}
	return halves, context.Cause(ctx)
}

// half runs one of the chains, each from a trained network of its own: what both agree in
// is not what they began with.
func (p *problem) half(ctx context.Context, o *options, k int) (*sample, error) {
	own := *p
	var err error
	if own.gradients, err = nn.NewGradients(p.net, p.train, nn.CrossEntropy, nn.Config{}); err != nil {
		return nil, err
	}
	defer own.gradients.Close()
	if err := own.descend(ctx, o.seed+uint64(k)); err != nil {
		return nil, err
	}
	hmc := &method{"reference", func(p *problem, seed, stream uint64) (walker, error) { return p.hmc(referenceTuning, seed, stream) }}
	half := func() float64 { return processor.Time().Seconds() / 2 }
	return own.sample(ctx, hmc, o.reference, half, o.seed, uint64(1000+k))
}

// Names of the arrays of a file of a reference: the problem, and the draws of either chain.
const problemArray = "problem"

var drawArrays = [2]string{"first", "second"}

// save writes the two chains as a NumPy .npz file.
func (p *problem) save(path string, halves [2]*sample) error {
	label := []byte(p.title())
	arrays := []npz.Array{{Name: problemArray, Shape: []int{len(label)}, Data: label}}
	for k, s := range halves {
		var data []float32
		for _, draw := range s.draws {
			data = append(data, draw...)
		}
		arrays = append(arrays, npz.Array{Name: drawArrays[k], Shape: []int{len(s.draws), p.net.Params()}, Data: data})
		fmt.Fprintf(os.Stderr, "%s: chain %d of the reference, %d steps\n", path, k, s.steps)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := npz.Write(file, arrays...); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// load reads what save has written for the same problem.
func (p *problem) load(path string) (halves [2]*sample, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return halves, err
	}
	file, err := npz.Read(data)
	if err != nil {
		return halves, fmt.Errorf("%s: %w", path, err)
	}
	label, _, err := npz.Get[byte](file, problemArray, -1)
	if err != nil {
		return halves, fmt.Errorf("%s: %w", path, err)
	}
	if string(label) != p.title() {
		return halves, fmt.Errorf("%s is of %q, want %q", path, label, p.title())
	}
	for k := range halves {
		numbers, shape, err := npz.Get[float32](file, drawArrays[k], -1, p.net.Params())
		if err != nil {
			return halves, fmt.Errorf("%s: %w", path, err)
		}
		halves[k] = new(sample)
		for m := range shape[0] {
			halves[k].draws = append(halves[k].draws, numbers[m*shape[1]:(m+1)*shape[1]])
		}
	}
	return halves, nil
}
