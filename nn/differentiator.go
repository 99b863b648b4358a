package nn

import (
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// A differentiator computes the gradients of blocks of samples for one
// goroutine at a time: forward through the stages, keeping what each gives,
// and back.
type differentiator struct {
	plan   *gradientPlan
	data   *data.Dataset
	loss   Loss
	call   *gradientCall
	stages []*gradientStage
	sums   kernel.Accumulate
	coming coming

	slot []float32 // the gradient of one sample

	input   *buffer
	outputs []float32 // of the network, in its order
	slopes  []float32 // derivatives of the loss with respect to them
}

func newDifferentiator(p *gradientPlan, d *data.Dataset, loss Loss, call *gradientCall) *differentiator {
	e := &differentiator{plan: p, data: d, loss: loss, call: call}
	e.slot = make([]float32, p.length)
	outputs := p.net.Outputs()
	e.outputs, e.slopes = make([]float32, outputs), make([]float32, outputs)
	if len(p.stages) == 0 {
		e.input = newBuffer(p.input, p.together)
		return e
	}
	e.input = p.stages[0].inputBuffer(p.together)
	in, gradient := e.input, (*buffer)(nil)
	for i := range p.stages {
		plan := &p.stages[i]
		newOut := func() *buffer {
			if i+1 < len(p.stages) {
				return p.stages[i+1].inputBuffer(p.together)
			}
			return newBuffer(plan.output, p.together)
		}
		out, outGradient := newOut(), newOut()
		e.stages = append(e.stages, newGradientStage(plan, p.together, in, gradient, out, outGradient))
		in, gradient = out, outGradient
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
	for _, s := range e.stages {
		s.take(c.params)
	}
	for i := from; i < to; {
		switch c.phase {
		case phaseBlocks:
			if i+1 < to {
				e.coming.fetch(e.data, samples[c.ends[i+1]:c.ends[i+2]])
			}
			c.losses[i] = e.block(samples[c.ends[i]:c.ends[i+1]], c.slots[i])
			i++
		case phaseEach:
			n := e.plan.net.params
			c.eachLoss[i] = e.sample(samples[i:i+1], c.each[i*n:][:n])
			i++
		case phaseDirections:
			n := blockLength(to-i, e.plan.together)
			e.inDirections(samples[i:i+n], i)
			i += n
		}
	}
}

// sample writes the gradient of one sample in the order of the parameters, and
// returns its loss.
func (e *differentiator) sample(sample []int, dst []float32) float64 {
	loss := e.block(sample, e.slot)
	for _, s := range e.plan.stretches {
		copy(dst[s.to:s.to+s.length], e.slot[s.from:])
	}
	return loss
}

// block writes the gradient of the sum of losses over some samples to a slot,
// and returns that sum.
func (e *differentiator) block(samples []int, slot []float32) float64 {
	sum := e.ahead(samples)
	for k := len(e.stages) - 1; k >= 0; k-- {
		e.stages[k].backward(slot, len(samples))
	}
	return sum
}

// ahead computes the outputs of some samples and the derivatives with respect
// to them, and returns the sum of losses.
func (e *differentiator) ahead(samples []int) float64 {
	for j, i := range samples {
		e.load(j, e.data.Input(i))
	}
	for _, s := range e.stages {
		s.forward(len(samples))
	}
	sum := 0.0
	for j, i := range samples {
		sum += e.lossOf(j, i)
	}
	return sum
}

// load takes over the input of sample j of a block.
func (e *differentiator) load(j int, x []float32) {
	b := e.input
	if !e.plan.turnInput {
		copy(b.of(j)[:b.size()], x)
		return
	}
	dst := b.of(j)
	height, width := e.plan.net.input[1], e.plan.net.input[2]
	for c := range b.channels {
		for y := range b.height {
			row, at := x[(c*height+y)*width:][:b.width], b.at(y, 0)+c
			for _, v := range row {
				dst[at] = v
				at += b.channels
			}
		}
	}
}

// lossOf returns the loss of sample j of a block, sample i of the dataset, and
// sets the derivatives with respect to the last stage's outputs.
func (e *differentiator) lossOf(j, i int) float64 {
	if len(e.stages) == 0 { // there are no parameters
		e.exchange(e.outputs, e.input.of(j), e.input.extent, false)
		return e.derive(i)
	}
	last := e.stages[len(e.stages)-1]
	e.exchange(e.outputs, last.out.of(j), last.out.extent, false)
	loss := e.derive(i)
	e.exchange(last.outGradient.of(j), e.slopes, last.out.extent, true)
	return loss
}

// exchange copies outputs from the order of the stages to that of the network,
// or back.
func (e *differentiator) exchange(dst, src []float32, image extent, back bool) {
	if !e.plan.turnBack {
		copy(dst[:image.size()], src)
		return
	}
	pixels := image.pixels()
	for c := range image.channels {
		for pixel := range pixels {
			if there, here := c*pixels+pixel, pixel*image.channels+c; back {
				dst[here] = src[there]
			} else {
				dst[there] = src[here]
			}
		}
	}
}

// derive returns the loss of e.outputs for sample i and writes its derivatives
// to e.slopes. Where the loss is not finite they are NaN.
func (e *differentiator) derive(i int) float64 {
	loss := 0.0
	if e.loss == HalfSquaredError {
		target := e.data.Target(i)
		for k, y := range e.outputs {
			difference := float64(y) - float64(target[k])
			e.slopes[k] = float32(difference)
			loss += difference * difference / 2
		}
	} else {
		loss = e.deriveCrossEntropy(e.data.Label(i))
	}
	if loss-loss != 0 {
		nan := float32(math.NaN())
		for k := range e.slopes {
			e.slopes[k] = nan
		}
		return overflow(e.outputs)
	}
	return loss
}

// deriveCrossEntropy writes softmax − 1 at the label, softmax elsewhere.
func (e *differentiator) deriveCrossEntropy(label int) float64 {
	top := e.outputs[0]
	for _, z := range e.outputs {
		top = max(top, z)
	}
	// The label's own probability is near one where it matters how far it is
	// from it: so the others are summed apart.
	others, own := 0.0, math.Exp(float64(e.outputs[label])-float64(top))
	for k, z := range e.outputs {
		if k != label {
			others += math.Exp(float64(z) - float64(top))
		}
	}
	all := others + own
	for k, z := range e.outputs {
		if k != label {
			e.slopes[k] = float32(math.Exp(float64(z)-float64(top)) / all)
		}
	}
	e.slopes[label] = float32(-others / all)
	gap := float64(top) - float64(e.outputs[label])
	if gap == 0 {
		return math.Log1p(others)
	}
	return gap + math.Log(all)
}
