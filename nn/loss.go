package nn

import (
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/engine"
)

// A Loss says how far the outputs of a network for one sample are from what
// they should be. Losses are float64, per sample.
//
// An output that is NaN makes the loss NaN. An infinite output, if none is
// NaN, makes it +Inf, whatever the sign of the output and the class that it
// belongs to: it comes from an overflow, which says nothing about the right
// value, not even its sign.
type Loss int

const (
	// HalfSquaredError is ½ ‖output − target‖² (Mair, Causer, Garrahan, arXiv
	// 2306.13442, eq. 19), for datasets with real targets.
	HalfSquaredError Loss = iota + 1

	// CrossEntropy is −ln softmax(output)[label], in nats, of outputs that
	// are logits (ibid., eq. 21), for datasets with labels. Far below 1 it is
	// about exp(−gap) with the gap between two logits, so that its relative
	// error is their rounding error, some 1e-7 of the largest logit.
	CrossEntropy
)

// A rule is what the package knows of a loss.
type rule struct {
	name      string
	labels    bool // compares outputs with a label, else with targets
	objective engine.NewObjective
}

var rules = map[Loss]rule{
	HalfSquaredError: {name: "HalfSquaredError", objective: engine.NewHalfSquaredError},
	CrossEntropy:     {name: "CrossEntropy", labels: true, objective: engine.NewCrossEntropy},
}

// String returns the name of the loss.
func (l Loss) String() string {
	if rule, ok := rules[l]; ok {
		return rule.name
	}
	return fmt.Sprintf("Loss(%d)", int(l))
}

// check returns an error, without prefix, if the loss cannot compare this
// number of outputs with what the dataset has.
func (l Loss) check(outputs int, d *data.Dataset) error {
	rule, ok := rules[l]
	if !ok {
		return fmt.Errorf("loss = %d, want HalfSquaredError or CrossEntropy", int(l))
	}
	wanted, unit, numbers := "real targets", "targets a sample", d.Outputs()
	if rule.labels {
		wanted, unit, numbers = "labels", "classes", d.Classes()
	}
	switch {
	case numbers == outputs:
		return nil
	case numbers > 0:
		return fmt.Errorf("the network has %d outputs, but the dataset has %d %s", outputs, numbers, unit)
	case d.Classes() > 0:
		return fmt.Errorf("loss %v needs %s, but the dataset has labels", l, wanted)
	case d.Outputs() > 0:
		return fmt.Errorf("loss %v needs %s, but the dataset has real targets", l, wanted)
	}
	return fmt.Errorf("loss %v needs %s, but the dataset has neither labels nor targets", l, wanted)
}
