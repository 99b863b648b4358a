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
	outputs []float32 // of the network for a block, where they have to be brought to its order
	slopes  []float32 // derivatives of the losses with respect to them
}

func newDifferentiator(p *gradientPlan, d *data.Dataset, objective Objective, call *gradientCall) *differentiator {
	e := &differentiator{plan: p, data: d, objective: objective, call: call}
	e.gradient, e.losses = make([]float32, p.length), make([]float64, p.together)
	if len(p.stages) == 0 || p.transposeOutput {
		outputs := p.program.Outputs() * p.together
		e.outputs, e.slopes = make([]float32, outputs), make([]float32, outputs)
	}
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
	e.derive(samples)
	sum := 0.0
	for _, loss := range e.losses[:len(samples)] {
		sum += loss
	}
	return sum
}

// load takes over the inputs of some samples.
func (e *differentiator) load(samples []int) {
	for j, i := range samples {
		e.plan.copyInput(e.input, j, e.data.Input(i))
	}
}

// derive sets the losses of a block, and the derivatives with respect to the last
// stage's outputs. Where a loss is not finite they are NaN.
func (e *differentiator) derive(samples []int) {
	n := e.plan.program.Outputs()
	outputs, slopes := e.takeOutputs(n, len(samples))
	deriveFinite(e.objective, e.losses[:len(samples)], slopes, outputs, samples)
	e.giveSlopes(slopes, n, len(samples))
}

// deriveFinite has an objective derive the losses of a block. Where a loss is not finite the
// derivatives are NaN.
func deriveFinite(objective Objective, losses []float64, slopes, outputs []float32, samples []int) {
	objective.Derive(losses, slopes, outputs, samples)
	n := len(outputs) / max(len(samples), 1)
	for j, loss := range losses {
		if loss-loss != 0 {
			losses[j] = overflow(outputs[j*n:][:n])
			for k := range n {
				slopes[j*n+k] = float32(math.NaN())
			}
		}
	}
}

// giveSlopes brings derivatives with respect to the outputs of a block, n of each sample, to the
// order of the last stage, unless they are there.
func (e *differentiator) giveSlopes(slopes []float32, n, samples int) {
	if !e.plan.transposeOutput {
		return
	}
	last := e.stages[len(e.stages)-1]
	for j := range samples {
		last.out.channelsLast(last.outSlopes.of(j), slopes[j*n:][:n])
	}
}

// takeOutputs returns the outputs of a block, n of each sample, in the order of the
// network, and where their derivatives go: where the last stage has them, if it has
// them so.
func (e *differentiator) takeOutputs(n, samples int) (outputs, slopes []float32) {
	outputs = e.outputs
	if len(e.stages) == 0 { // there are no parameters
		for j := range samples {
			copy(outputs[j*n:][:n], e.input.of(j))
		}
	} else if last := e.stages[len(e.stages)-1]; e.plan.transposeOutput {
		for j := range samples {
			last.out.channelsFirst(outputs[j*n:][:n], last.out.of(j))
		}
	} else {
		outputs = last.out.data
	}
	return outputs[:n*samples], e.slopesOf(n, samples)
}

// slopesOf returns where derivatives with respect to the outputs of a block go.
func (e *differentiator) slopesOf(n, samples int) []float32 {
	slopes := e.slopes
	if len(e.stages) > 0 && !e.plan.transposeOutput {
		slopes = e.stages[len(e.stages)-1].outSlopes.data
	}
	return slopes[:n*samples]
}
