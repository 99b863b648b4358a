package joint

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// check returns an error if modules or a dataset do not fit a network.
func check(net *nn.Network, modules [][]float32, d *data.Dataset) error {
	if net == nil {
		return errors.New("joint: the network is nil")
	}
	if len(modules) == 0 {
		return errors.New("joint: there are no modules")
	}
	for j, module := range modules {
		if len(module) != net.Params() {
			return fmt.Errorf("joint: module %d has %d parameters, want the network's %d", j, len(module), net.Params())
		}
		if at := slices.IndexFunc(module, func(v float32) bool { return v-v != 0 }); at >= 0 {
			return fmt.Errorf("joint: parameter %d of module %d is %v, want a finite number", at, j, module[at])
		}
	}
	if d == nil {
		return errors.New("joint: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), net.InputShape()) {
		return fmt.Errorf("joint: the dataset's inputs have shape %v, want the network's %v", d.Shape(), net.InputShape())
	}
	return nil
}

// together is for how many samples the outputs of all modules are computed at once.
const together = 64

// outputs computes the outputs of all modules for one sample of a dataset after the
// other.
type outputs struct {
	net     *nn.Network
	modules int
	data    *data.Dataset

	stack     *stack // nil if there is none
	evaluator *nn.Evaluator
	models    [][]float32 // those of the stack, or of the modules
	rows      [][]float32 // outputs of each model, [sample][output]
	samples   []int
	one       []float32 // of one sample, [module][output]
}

func newOutputs(net *nn.Network, modules int, d *data.Dataset) (*outputs, error) {
	stack, err := newStack(net, modules)
	if err != nil {
		return nil, err
	}
	o := &outputs{net: net, modules: modules, data: d, stack: stack, evaluator: net.NewEvaluator()}
	if stack != nil {
		o.evaluator = stack.net.NewEvaluator()
		o.rows = [][]float32{make([]float32, together*stack.net.Outputs())}
	} else {
		o.one = make([]float32, modules*net.Outputs())
		for range modules {
			o.rows = append(o.rows, make([]float32, together*net.Outputs()))
		}
	}
	o.models = make([][]float32, len(o.rows))
	return o, nil
}

// setModules takes over the parameters of the modules.
func (o *outputs) setModules(modules [][]float32) {
	if o.stack == nil {
		copy(o.models, modules)
		return
	}
	params := make([]float32, o.stack.net.Params())
	o.stack.pack(params, modules)
	o.models[0] = params
}

// setParams takes over the parameters that a gradient has.
func (o *outputs) setParams(params []float32) {
	n := len(params) / len(o.models)
	for j := range o.models {
		o.models[j] = params[j*n : (j+1)*n]
	}
}

// each visits the outputs of all modules, one module after the other, for each sample
// in turn. They are valid during the visit. It is an error if one is not finite.
func (o *outputs) each(visit func(sample int, outputs []float32)) error {
	for first := 0; first < o.data.Len(); first += together {
		o.samples = o.samples[:0]
		for i := first; i < min(first+together, o.data.Len()); i++ {
			o.samples = append(o.samples, i)
		}
		for j, row := range o.rows {
			o.rows[j] = row[:len(o.samples)*o.width()]
		}
		if err := o.block(visit); err != nil {
			return err
		}
	}
	return nil
}

// width returns how many outputs a model has for a sample.
func (o *outputs) width() int { return o.modules * o.net.Outputs() / len(o.models) }

// block visits the outputs for the samples of a block.
func (o *outputs) block(visit func(sample int, outputs []float32)) error {
	o.evaluator.OutputsOfModels(o.rows, o.models, o.data, o.samples)
	n := o.width()
	for at, sample := range o.samples {
		outputs := o.rows[0][at*n:][:n]
		if o.stack == nil {
			for j, row := range o.rows {
				copy(o.one[j*n:], row[at*n:][:n])
			}
			outputs = o.one
		}
		for i, v := range outputs {
			if v-v != 0 {
				return fmt.Errorf("joint: module %d gives %v for sample %d, want finite outputs", i/o.net.Outputs(), v, sample)
			}
		}
		visit(sample, outputs)
	}
	return nil
}
