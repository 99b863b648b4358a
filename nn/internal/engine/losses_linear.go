package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// linearLosses evaluates half the squared error of a network that is one Dense layer
// with one output: so little work that the stages of a forward would be most
// of it. The results are the same up to roundings. Goroutines share what it
// refers to.
type linearLosses struct {
	op   Operation
	data *data.Dataset
	call *lossCall

	// For inputs of one number: input and target of each sample, as finding
	// them in the dataset would take longer than the loss.
	points []point

	product kernel.Inner // its arguments, as they escape
}

type point struct {
	input  float32
	target float64
}

func isLinear(program *Program) bool {
	return len(program.Operations) == 1 && program.Operations[0].Kind == KindDense && program.Outputs() == 1
}

func newLinearLosses(program *Program, d *data.Dataset, call *lossCall) *linearLosses {
	e := &linearLosses{op: program.Operations[0], data: d, call: call}
	if d.Size() == 1 {
		e.points = make([]point, d.Len())
		for i := range e.points {
			e.points[i] = point{d.Input(i)[0], float64(d.Target(i)[0])}
		}
	}
	return e
}

// Do computes the losses of some samples.
func (e *linearLosses) Do(from, to int) {
	samples, models := e.call.samples[from:to], e.call.models
	k := 0
	if e.points != nil {
		for ; k+2 <= len(models); k += 2 {
			e.twoLines(e.call.dst[k][from:to], e.call.dst[k+1][from:to], models[k], models[k+1], samples)
		}
	}
	for ; k < len(models); k++ {
		row, weight, bias := e.call.dst[k][from:to], e.weight(models[k]), e.bias(models[k])
		for j, i := range samples {
			row[j] = halfSquare(inner[float32](weight, e.data.Input(i))+bias, float64(e.data.Target(i)[0]))
		}
	}
	for r, reference := range e.call.references {
		e.derive(e.call.slopes[r][from:to], reference, e.call.directions[r], samples)
	}
}

// derive writes the derivatives of the losses at a reference in a direction: the
// output's difference to the target, times what the direction gives for the same
// input.
func (e *linearLosses) derive(dst []float64, reference, direction []float32, samples []int) {
	weight, bias := e.weight(reference), e.bias(reference)
	step, shift := e.weight(direction), float64(e.bias(direction))
	if points := e.points; points != nil {
		slope, step := weight[0], float64(step[0])
		dst = dst[:len(samples)]
		for j, i := range samples {
			p := &points[i]
			dst[j] = (float64(slope*p.input+bias) - p.target) * (step*float64(p.input) + shift)
		}
		return
	}
	k := &e.product
	for j, i := range samples {
		k.X, k.Y = e.data.Input(i), weight
		k.Run()
		output := k.Sum + bias
		k.Y = step
		k.Run()
		dst[j] = (float64(output) - float64(e.data.Target(i)[0])) * (float64(k.Sum) + shift)
	}
	k.X, k.Y = nil, nil // not to keep what the caller owns
}

func (e *linearLosses) weight(model []float32) []float32 { return model[:e.op.Input[0]] }

func (e *linearLosses) bias(model []float32) float32 {
	if e.op.Bias > 0 {
		return model[e.op.BiasAt]
	}
	return 0
}

// twoLines computes the losses of two models of an input of one number, such as
// the old and the new one of a proposal.
func (e *linearLosses) twoLines(row0, row1 []float64, model0, model1 []float32, samples []int) {
	slope0, intercept0 := e.weight(model0)[0], e.bias(model0)
	slope1, intercept1 := e.weight(model1)[0], e.bias(model1)
	points := e.points
	row0, row1 = row0[:len(samples)], row1[:len(samples)]
	for j, i := range samples {
		p := &points[i]
		row0[j] = halfSquare(slope0*p.input+intercept0, p.target)
		row1[j] = halfSquare(slope1*p.input+intercept1, p.target)
	}
}

func halfSquare(output float32, target float64) float64 {
	r := float64(output) - target
	return r * r / 2
}
