package engine

import "github.com/trajens/trajens/data"

// linearLosses evaluates half the squared error of a network that is one Dense layer
// with one output: so little work that the stages of a forward would be most
// of it. The results are the same up to roundings. It has no scratch memory, so
// goroutines can share it.
type linearLosses struct {
	op   Operation
	data *data.Dataset
	call *lossCall

	// For inputs of one number: input and target of each sample, as finding
	// them in the dataset would take longer than the loss.
	pairs [][2]float32
}

func isLinear(program *Program) bool {
	return len(program.Operations) == 1 && program.Operations[0].Kind == KindDense && program.Outputs() == 1
}

func newLinearLosses(program *Program, d *data.Dataset, call *lossCall) *linearLosses {
	e := &linearLosses{op: program.Operations[0], data: d, call: call}
	if d.Size() == 1 {
		e.pairs = make([][2]float32, d.Len())
		for i := range e.pairs {
			e.pairs[i] = [2]float32{d.Input(i)[0], d.Target(i)[0]}
		}
	}
	return e
}

// Do computes the losses of some samples.
func (e *linearLosses) Do(from, to int) {
	samples := e.call.samples[from:to]
	for k, model := range e.call.models {
		row := e.call.dst[k][from:to]
		weight := model[:e.op.Input[0]]
		bias := float32(0)
		if e.op.Bias > 0 {
			bias = model[e.op.BiasAt]
		}
		if e.pairs != nil {
			e.pairLosses(row, weight[0], bias, samples)
			continue
		}
		for j, i := range samples {
			row[j] = halfSquare(inner[float32](weight, e.data.Input(i))+bias, e.data.Target(i)[0])
		}
	}
}

func (e *linearLosses) pairLosses(dst []float64, slope, intercept float32, samples []int) {
	pairs := e.pairs
	dst = dst[:len(samples)]
	for j, i := range samples {
		pair := &pairs[i]
		dst[j] = halfSquare(slope*pair[0]+intercept, pair[1])
	}
}

func halfSquare(output, target float32) float64 {
	r := float64(output) - float64(target)
	return r * r / 2
}
