package ensemble

import (
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// A Committee is a fixed set of models of one network, each with a weight. Several
// goroutines may use a committee at once.
type Committee struct {
	net     *nn.Network
	members [][]float32

	weights []float64 // their sum is total; nil: each is 1
	total   float64
}

// New returns a committee of models, which are parameter vectors of the network,
// such as those of a trajectory of package tps (Trajectory.Models). They are
// copied. There must be at least one, and each must have as many parameters as
// the network, all finite. All members have the same weight.
func New(net *nn.Network, models [][]float32) (*Committee, error) {
	return NewWeighted(net, models, nil)
}

// NewWeighted is New with a weight for each member: finite, not negative, and not
// all zero. Only their ratios count. Whatever a committee says of a sample, and
// reports of a dataset, is the weighted mean or the weighted vote of its members,
// so that a member of weight zero has no part in it. Weights that are nil or all
// equal give what New gives, bit for bit. The weights are copied.
func NewWeighted(net *nn.Network, models [][]float32, weights []float64) (*Committee, error) {
	if net == nil {
		return nil, errors.New("ensemble: the network is nil")
	}
	if len(models) == 0 {
		return nil, errors.New("ensemble: there are no models")
	}
	members := make([][]float32, len(models))
	for i, model := range models {
		if err := checkModel(net, i, model); err != nil {
			return nil, err
		}
		members[i] = slices.Clone(model)
	}
	return newCommittee(net, members, weights)
}

func checkModel(net *nn.Network, i int, model []float32) error {
	if len(model) != net.Params() {
		return fmt.Errorf("ensemble: model %d has %d parameters, want the network's %d", i, len(model), net.Params())
	}
	if at := slices.IndexFunc(model, func(v float32) bool { return v-v != 0 }); at >= 0 {
		return fmt.Errorf("ensemble: parameter %d of model %d is %v, want a finite number", at, i, model[at])
	}
	return nil
}

// newCommittee returns a committee of members that fit, which it keeps.
func newCommittee(net *nn.Network, members [][]float32, weights []float64) (*Committee, error) {
	weights, total, err := normalize(weights, len(members))
	if err != nil {
		return nil, err
	}
	return &Committee{net, members, weights, total}, nil
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

// checkLabels returns an error if the committee cannot classify the dataset.
func (c *Committee) checkLabels(d *data.Dataset) error {
	if err := c.check(d); err != nil {
		return err
	}
	if d.Classes() == 0 {
		return errors.New("ensemble: the dataset has no labels to classify by")
	}
	return c.checkClasses(d)
}

// checkClasses returns an error if labels that the dataset may have are not those
// of the network.
func (c *Committee) checkClasses(d *data.Dataset) error {
	if d.Classes() != 0 && d.Classes() != c.net.Outputs() {
		return fmt.Errorf("ensemble: the dataset has %d classes, the network %d outputs; to predict data of other classes, take its Unlabeled view", d.Classes(), c.net.Outputs())
	}
	return nil
}

// checkTargets returns an error if the committee cannot regress on the dataset.
func (c *Committee) checkTargets(d *data.Dataset) error {
	if err := c.check(d); err != nil {
		return err
	}
	if d.Outputs() == 0 {
		return errors.New("ensemble: the dataset has no real targets to compare with")
	}
	if c.net.Outputs() == 2*d.Outputs() {
		return fmt.Errorf("ensemble: the dataset has %d targets, the network %d outputs; if they are means and scales, take PredictTargets or PredictRegression", d.Outputs(), c.net.Outputs())
	}
	if d.Outputs() != c.net.Outputs() {
		return fmt.Errorf("ensemble: the dataset has %d targets, the network %d outputs", d.Outputs(), c.net.Outputs())
	}
	return nil
}
