package joint

import (
	"fmt"

	"github.com/trajens/trajens/nn"
)

// A stack is several modules of a multilayer perceptron as one network. Its outputs
// are those of the modules, one after the other. A block of its parameters has that
// of each module, one after the other.
type stack struct {
	net     *nn.Network // of all modules
	module  *nn.Network
	modules int
}

// newStack returns a stack, or nil if the network is no multilayer perceptron.
func newStack(net *nn.Network, modules int) (*stack, error) {
	layers := net.Layers()
	found := false
	for i, layer := range layers {
		switch l := layer.(type) {
		case nn.Dense:
			if found {
				layers[i] = nn.GroupedDense{Outputs: modules * l.Outputs, Groups: modules, NoBias: l.NoBias}
			} else {
				layers[i] = nn.Dense{Outputs: modules * l.Outputs, NoBias: l.NoBias}
			}
			found = true
		case nn.ReLU, nn.Tanh, nn.Flatten:
		default:
			return nil, nil
		}
	}
	if !found {
		return nil, nil
	}
	all, err := nn.NewNetwork(net.InputShape(), layers...)
	if err != nil {
		return nil, fmt.Errorf("joint: %d modules: %w", modules, err)
	}
	return &stack{all, net, modules}, nil
}

// pack writes the parameters of the modules to those of the stack.
func (s *stack) pack(dst []float32, modules [][]float32) {
	s.each(func(at, from, size, module int) { copy(dst[at:at+size], modules[module][from:]) })
}

// unpack is the inverse of pack.
func (s *stack) unpack(modules [][]float32, params []float32) {
	s.each(func(at, from, size, module int) { copy(modules[module][from:from+size], params[at:]) })
}

// each visits the blocks of all modules: where they start in the stack and in the
// module.
func (s *stack) each(visit func(at, from, size, module int)) {
	all := s.net.Blocks()
	for b, block := range s.module.Blocks() {
		size := block.Size()
		for j := range s.modules {
			visit(all[b].Offset+j*size, block.Offset, size, j)
		}
	}
}

// A stackGradient is the gradient of the joint loss of a stack.
type stackGradient struct {
	*nn.Gradients
	*stack
}

func newStackGradient(s *stack, l loss, workers int) (*stackGradient, error) {
	objective := func() nn.Objective { return l.newObjective(s.module.Outputs()) }
	g, err := nn.NewGradientsOf(s.net, l.data, objective, nn.Config{Workers: workers})
	if err != nil {
		return nil, fmt.Errorf("joint: %w", err)
	}
	return &stackGradient{g, s}, nil
}
