package joint

import (
	"fmt"
	"sync"

	"github.com/trajens/trajens/nn"
)

// A modulewiseGradient is the gradient of the joint loss of modules of any network:
// first all outputs for a batch are computed, and what the ensemble makes of them,
// then the gradient of each module. Workers share the modules. Parameters are those
// of one module after the other.
type modulewiseGradient struct {
	loss
	net     *nn.Network
	workers []*moduleWorker

	// Of a call.
	dst, params []float32
	samples     []int
	outputs     []float32 // [module][sample][output]
	parts       []float64 // of the loss, one a module

	// Of the ensemble for the samples of the call.
	mean, residuals []float64 // of one sample; [sample][output]
	places          []int32   // where each sample of the dataset is among those of the call
}

// A moduleWorker computes one module at a time. It implements nn.Objective.
type moduleWorker struct {
	*moduleObjective
	call      *modulewiseGradient
	evaluator *nn.Evaluator
	gradients *nn.Gradients
}

func newModulewiseGradient(net *nn.Network, l loss, workers int) (*modulewiseGradient, error) {
	g := &modulewiseGradient{
		loss: l, net: net, parts: make([]float64, l.modules),
		mean: make([]float64, net.Outputs()), places: make([]int32, l.data.Len()),
	}
	for range min(max(workers, 1), l.modules) {
		w := &moduleWorker{moduleObjective: l.newModuleObjective(1, net.Outputs()), call: g, evaluator: net.NewEvaluator()}
		var err error
		if w.gradients, err = nn.NewGradientsOf(net, l.data, func() nn.Objective { return w }, nn.Config{}); err != nil {
			return nil, fmt.Errorf("joint: %w", err)
		}
		g.workers = append(g.workers, w)
	}
	return g, nil
}

// Samples returns the number of samples.
func (g *modulewiseGradient) Samples() int { return g.data.Len() }

// Params returns the number of parameters of all modules.
func (g *modulewiseGradient) Params() int { return g.modules * g.net.Params() }

// Gradient implements descent.Gradient.
func (g *modulewiseGradient) Gradient(dst, params []float32, samples []int) float64 {
	g.dst, g.params, g.samples = dst, params, samples
	if n := g.modules * len(samples) * g.net.Outputs(); cap(g.outputs) < n {
		g.outputs, g.residuals = make([]float32, n), make([]float64, n/g.modules)
	}
	g.share((*moduleWorker).evaluate)
	sum := g.combine()
	g.share((*moduleWorker).differentiate)
	for _, part := range g.parts {
		sum += part
	}
	g.dst, g.params, g.samples = nil, nil, nil
	return sum
}

// share has something done for each module.
func (g *modulewiseGradient) share(do func(*moduleWorker, int)) {
	if len(g.workers) == 1 {
		for j := range g.modules {
			do(g.workers[0], j)
		}
		return
	}
	var all sync.WaitGroup
	for i, w := range g.workers {
		all.Go(func() {
			for j := i; j < g.modules; j += len(g.workers) {
				do(w, j)
			}
		})
	}
	all.Wait()
}

// evaluate computes the outputs of module j.
func (w *moduleWorker) evaluate(j int) {
	g := w.call
	p, n := g.net.Params(), len(g.samples)*g.net.Outputs()
	w.evaluator.Outputs(g.outputs[j*n:(j+1)*n], g.params[j*p:(j+1)*p], g.data, g.samples)
}

// combine finds the residuals of the ensemble, and returns its part of the loss.
func (g *modulewiseGradient) combine() float64 {
	outputs, samples := g.net.Outputs(), len(g.samples)
	sum := 0.0
	for at, sample := range g.samples {
		g.places[sample] = int32(at)
		clear(g.mean)
		for j := range g.modules {
			for k, v := range g.outputs[(j*samples+at)*outputs:][:outputs] {
				g.mean[k] += float64(v)
			}
		}
		for k := range g.mean {
			g.mean[k] /= float64(g.modules)
		}
		sum += g.family.residuals(g.residuals[at*outputs:][:outputs], g.mean, g.family.truth(g.data, sample))
	}
	if g.lambda == 0 {
		return 0
	}
	return g.lambda * sum / float64(samples)
}

// differentiate computes the gradient of module j.
func (w *moduleWorker) differentiate(j int) {
	g := w.call
	p := g.net.Params()
	g.parts[j] = w.gradients.Gradient(g.dst[j*p:(j+1)*p], g.params[j*p:(j+1)*p], g.samples)
}

// Derive implements nn.Objective.
func (w *moduleWorker) Derive(slopes, outputs []float32, sample int) float64 {
	at := int(w.call.places[sample]) * len(outputs)
	return w.derive(slopes, outputs, w.family.truth(w.data, sample), w.call.residuals[at:][:len(outputs)])
}

// Close does nothing: there are no goroutines between calls.
func (g *modulewiseGradient) Close() {}

func (g *modulewiseGradient) pack(dst []float32, modules [][]float32) {
	for j, module := range modules {
		copy(dst[j*g.net.Params():], module)
	}
}

func (g *modulewiseGradient) unpack(modules [][]float32, params []float32) {
	for j, module := range modules {
		copy(module, params[j*g.net.Params():])
	}
}
