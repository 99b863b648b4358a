package engine

import (
	"math"

	"github.com/trajens/trajens/data"
)

// A differentiator computes the gradients of blocks of samples for one
// goroutine at a time: forward through the stages, keeping what each gives,
// and backward.
type differentiator struct {
	plan      *gradientPlan
	data      *data.Dataset
	objective Objective
	call      *gradientCall
	stages    []*gradientStage
	models    []stageModel // of each stage
	sums      gradientAdder
	prefetch  prefetch

	gradient []float32 // of one sample, in the order of the plan

	input   *buffer
	losses  []float64 // of a block
	outputs []float32 // of the network for a sample, where they have to be brought to its order
	slopes  []float32 // derivatives of the loss with respect to them
}

func newDifferentiator(p *gradientPlan, d *data.Dataset, objective Objective, call *gradientCall) *differentiator {
	e := &differentiator{plan: p, data: d, objective: objective, call: call}
	e.gradient, e.losses = make([]float32, p.length), make([]float64, p.together)
	outputs := p.program.Outputs()
	e.outputs, e.slopes = make([]float32, outputs), make([]float32, outputs)
	if len(p.stages) == 0 {
		e.input = newBuffer(p.input, p.together)
		return e
	}
	e.input = p.stages[0].inputBuffer(p.together)
	in, inSlopes := e.input, (*buffer)(nil)
	for i := range p.stages {
		plan := &p.stages[i]
		newOut := func() *buffer {
			if i+1 < len(p.stages) {
				return p.stages[i+1].inputBuffer(p.together)
			}
			return newBuffer(plan.output, p.together)
		}
		out, outSlopes := newOut(), newOut()
		e.stages = append(e.stages, newGradientStage(plan, p.together, in, inSlopes, out, outSlopes))
		e.models = append(e.models, stageModel{})
		in, inSlopes = out, outSlopes
	}
	return e
}

// Do does a part of the phase that the call is in.
func (e *differentiator) Do(from, to int) {
	c, samples := e.call, e.call.samples
	if c.phase == phaseAdd {
		c.add(from, to, &e.sums)
		return
	}
	for i, s := range e.stages {
		s.setModel(&e.models[i], c.params)
	}
	for i := from; i < to; {
		switch c.phase {
		case phaseBlocks:
			if i+1 < to {
				e.prefetch.fetch(e.data, samples[c.ends[i+1]:c.ends[i+2]])
			}
			block := samples[c.ends[i]:c.ends[i+1]]
			c.losses[i] = e.gradientOf(block, c.gradients[i])
			if c.eachLoss != nil {
				copy(c.eachLoss[c.ends[i]:], e.losses[:len(block)])
			}
			i++
		case phaseEach:
			n := e.plan.program.Params
			c.eachLoss[i] = e.gradientOfOne(samples[i:i+1], c.each[i*n:][:n])
			i++
		case phaseDirections:
			n := blockLength(to-i, e.plan.together)
			e.inDirections(samples[i:i+n], i)
			i += n
		}
	}
}

// gradientOfOne writes the gradient of one sample, in the order of the
// parameters, and returns its loss.
func (e *differentiator) gradientOfOne(sample []int, dst []float32) float64 {
	loss := e.gradientOf(sample, e.gradient)
	for _, s := range e.plan.stretches {
		copy(dst[s.to:s.to+s.length], e.gradient[s.from:])
	}
	return loss
}

// gradientOf writes the gradient of the sum of losses over a block of samples,
// in the order of the plan, and returns that sum.
func (e *differentiator) gradientOf(samples []int, gradient []float32) float64 {
	sum := e.forward(samples)
	for k := len(e.stages) - 1; k >= 0; k-- {
		e.stages[k].backward(gradient, len(samples))
	}
	return sum
}

// forward computes the outputs of some samples and the derivatives with respect
// to them, sets e.losses, and returns their sum.
func (e *differentiator) forward(samples []int) float64 {
	e.load(samples)
	return e.forwardFrom(0, samples)
}

// forwardFrom does what forward does from a stage on.
func (e *differentiator) forwardFrom(stage int, samples []int) float64 {
	for _, s := range e.stages[stage:] {
		s.forward(len(samples))
	}
	sum := 0.0
	for j, i := range samples {
		e.losses[j] = e.lossOf(j, i)
		sum += e.losses[j]
	}
	return sum
}

// load takes over the inputs of some samples.
func (e *differentiator) load(samples []int) {
	for j, i := range samples {
		e.plan.copyInput(e.input, j, e.data.Input(i))
	}
}

// lossOf returns the loss of sample j of a block, sample i of the dataset, and
// sets the derivatives with respect to the last stage's outputs.
func (e *differentiator) lossOf(j, i int) float64 {
	if len(e.stages) == 0 { // there are no parameters
		copy(e.outputs, e.input.of(j))
		return e.derive(e.slopes, e.outputs, i)
	}
	last, n := e.stages[len(e.stages)-1], len(e.outputs)
	if !e.plan.transposeOutput {
		return e.derive(last.outSlopes.of(j)[:n], last.out.of(j)[:n], i)
	}
	last.out.channelsFirst(e.outputs, last.out.of(j))
	loss := e.derive(e.slopes, e.outputs, i)
	last.out.channelsLast(last.outSlopes.of(j), e.slopes)
	return loss
}

// derive returns the loss of outputs for sample i and writes its derivatives to
// slopes. Where the loss is not finite they are NaN.
func (e *differentiator) derive(slopes, outputs []float32, i int) float64 {
	loss := e.objective.Derive(slopes, outputs, i)
	if loss-loss == 0 {
		return loss
	}
	for k := range slopes {
		slopes[k] = float32(math.NaN())
	}
	return overflow(outputs)
}
