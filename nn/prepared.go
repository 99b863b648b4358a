package nn

import "github.com/trajens/trajens/nn/internal/engine"

// Prepared computes outputs of the same models for one input after the other: the
// shortest way from an input to what several models say of it. It is made of
// parameters that are brought into the order of the kernels once, which takes
// about four times the memory that these have. It may be used by one goroutine
// at a time.
type Prepared struct {
	net    *Network
	models int
	engine *engine.Prepared
}

// Prepare returns what computes outputs of some models, which are parameter vectors
// of the network. The vectors are copied. It panics if one of them has not Params
// numbers.
func (n *Network) Prepare(models [][]float32) *Prepared {
	for _, params := range models {
		n.checkModel(params)
	}
	return &Prepared{net: n, models: len(models), engine: engine.NewPrepared(&n.program, models)}
}

// Outputs writes the output of each model for one input, row-major in the
// network's input shape, to dst: one model after the other, Outputs numbers each.
// It does not allocate. It panics if a length does not fit.
//
// The outputs are those of Evaluator.Outputs for a dataset of this input alone,
// bit for bit. For one with other inputs, they may differ by roundings, as zeros
// are left out where many of the numbers are zero.
func (p *Prepared) Outputs(dst, input []float32) {
	if len(dst) != p.models*p.net.Outputs() {
		panic("nn: length of dst is not that of the outputs of all models")
	}
	if len(input) != engine.Product(p.net.program.Input...) {
		panic("nn: length of the input does not fit the network")
	}
	p.engine.Outputs(dst, input)
}
