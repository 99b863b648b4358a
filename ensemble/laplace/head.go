package laplace

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// A head is the last layer of a network, a dense one, and what comes before.
type head struct {
	body            *nn.Network // all layers but the last; nil: there are none
	at              int         // where the layer's parameters begin, which end with the model
	inputs, outputs int
	bias            bool
	model           []float32 // of the whole network
	shape           []int     // of an input of the network
}

// newHead returns the last layer of a network with parameters, which are copied.
func newHead(net *nn.Network, params []float32) (*head, error) {
	if net == nil {
		return nil, errors.New("laplace: the network is nil")
	}
	if len(params) != net.Params() {
		return nil, fmt.Errorf("laplace: params has %d numbers, want those of the network, %d", len(params), net.Params())
	}
	layers := net.Layers()
	last, ok := layers[len(layers)-1].(nn.Dense)
	if !ok {
		return nil, fmt.Errorf("laplace: the last layer is %v, want nn.Dense", layers[len(layers)-1])
	}
	blocks := net.Blocks()
	weight := blocks[len(blocks)-1]
	if !last.NoBias {
		weight = blocks[len(blocks)-2]
	}
	h := &head{at: weight.Offset, inputs: weight.Shape[1], outputs: weight.Shape[0], bias: !last.NoBias,
		model: slices.Clone(params), shape: net.InputShape()}
	if len(layers) > 1 {
		body, err := nn.NewNetwork(net.InputShape(), layers[:len(layers)-1]...)
		if err != nil {
			return nil, fmt.Errorf("laplace: the layers before the last: %w", err)
		}
		h.body = body
	}
	return h, nil
}

// check returns an error if a dataset does not fit.
func (h *head) check(d *data.Dataset) error {
	if d == nil {
		return errors.New("laplace: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), h.shape) {
		return fmt.Errorf("laplace: the dataset's inputs have shape %v, want the network's %v", d.Shape(), h.shape)
	}
	return nil
}

// params returns the number of the layer's parameters.
func (h *head) params() int { return len(h.model) - h.at }

// place returns where among the layer's parameters the weight of an output for an input
// is, the input after the last one being the 1 of the bias; −1 if there is no bias.
func (h *head) place(output, input int) int {
	switch {
	case input < h.inputs:
		return output*h.inputs + input
	case h.bias:
		return h.outputs*h.inputs + output
	}
	return -1
}

// features are the inputs of the layer and its outputs for some samples of a dataset, for
// one goroutine.
type features struct {
	*head
	data      *data.Dataset
	evaluator *nn.Evaluator
	body      []float32
	inputs    []float64 // samples × (inputs + 1): the last is 1
	outputs   []float64 // samples × outputs
}

func (h *head) newFeatures(d *data.Dataset) *features {
	f := &features{head: h, data: d}
	if h.body != nil {
		f.evaluator = h.body.NewEvaluator()
	}
	return f
}

// compute computes the inputs and the outputs for samples. It returns an error if one is
// not finite.
func (f *features) compute(samples []int) error {
	h := f.head
	f.body = resize(f.body, len(samples)*h.inputs)
	if h.body != nil {
		f.evaluator.Outputs(f.body, h.model[:h.at], f.data, samples)
	} else {
		for j, i := range samples {
			copy(f.body[j*h.inputs:], f.data.Input(i))
		}
	}
	f.inputs, f.outputs = resize(f.inputs, len(samples)*(h.inputs+1)), resize(f.outputs, len(samples)*h.outputs)
	for j, i := range samples {
		row := f.inputs[j*(h.inputs+1):][:h.inputs+1]
		for at, x := range f.body[j*h.inputs:][:h.inputs] {
			row[at] = float64(x)
		}
		row[h.inputs] = 1
		for k := range h.outputs {
			y := 0.0
			for at, x := range row {
				if place := h.place(k, at); place >= 0 {
					y += float64(h.model[h.at+place]) * x
				}
			}
			if y-y != 0 {
				return fmt.Errorf("laplace: output %d of sample %d is %v, want a finite number", k, i, y)
			}
			f.outputs[j*h.outputs+k] = y
		}
	}
	return nil
}
