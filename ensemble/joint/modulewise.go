package joint

import (
	"fmt"

	"github.com/trajens/trajens/nn"
)

// A modulewiseGradient is the gradient of the joint loss of modules of any network: all go
// forward on some samples, and then all go backward. Parameters are those of one module after
// the other.
type modulewiseGradient struct {
	*nn.JointGradients
	net *nn.Network
}

func newModulewiseGradient(net *nn.Network, l loss, workers int) (*modulewiseGradient, error) {
	objective := func() nn.Objective { return l.newObjective(net.Outputs()) }
	g, err := nn.NewJointGradients(net, l.modules, l.data, objective, nn.Config{Workers: workers})
	if err != nil {
		return nil, fmt.Errorf("joint: %w", err)
	}
	return &modulewiseGradient{g, net}, nil
}

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
