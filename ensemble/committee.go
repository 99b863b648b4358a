package ensemble

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// A Committee is a fixed set of models of one network. Several goroutines may use
// a committee at once.
type Committee struct {
	net     *nn.Network
	members [][]float32
}

// New returns a committee of models, which are parameter vectors of the network,
// such as those of a trajectory of package tps (Trajectory.Models). They are
// copied. There must be at least one, and each must have as many parameters as
// the network, all finite.
func New(net *nn.Network, models [][]float32) (*Committee, error) {
	if net == nil {
		return nil, errors.New("ensemble: the network is nil")
	}
	if len(models) == 0 {
		return nil, errors.New("ensemble: there are no models")
	}
	c := &Committee{net: net, members: make([][]float32, len(models))}
	for i, model := range models {
		if len(model) != net.Params() {
			return nil, fmt.Errorf("ensemble: model %d has %d parameters, want the network's %d", i, len(model), net.Params())
		}
		if at := slices.IndexFunc(model, func(v float32) bool { return v-v != 0 }); at >= 0 {
			return nil, fmt.Errorf("ensemble: parameter %d of model %d is %v, want a finite number", at, i, model[at])
		}
		c.members[i] = slices.Clone(model)
	}
	return c, nil
}

// Network returns the network whose models the members are.
func (c *Committee) Network() *nn.Network { return c.net }

// Len returns the number of members.
func (c *Committee) Len() int { return len(c.members) }

// Member returns the parameters of member i, from 0. The slice is a view: the
// caller must not change it.
func (c *Committee) Member(i int) []float32 { return c.members[i] }

// check returns an error if the dataset's inputs do not fit the network.
func (c *Committee) check(d *data.Dataset) error {
	if d == nil {
		return errors.New("ensemble: the dataset is nil")
	}
	if !slices.Equal(d.Shape(), c.net.InputShape()) {
		return fmt.Errorf("ensemble: the dataset's inputs have shape %v, want the network's %v", d.Shape(), c.net.InputShape())
	}
	return nil
}
