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
// NaN, makes it +Inf, whatever the sign of the output and the class or target
// that it belongs to: it comes from an overflow, which says nothing about the
// right value, not even its sign. Of finite outputs a loss is finite, or +Inf
// where it exceeds the largest float64, but never −Inf.
//
// Derivatives with respect to outputs are float32. One beyond the largest
// float32, as of a normal distribution of a scale near 0, is infinite, and a
// gradient is then not finite although the loss is.
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

	// GaussianExp is −ln of the density of normal distributions at the targets,
	// in nats, for datasets with real targets:
	//
	//	Σₖ ½ ln 2π + ln σₖ + ½ ((yₖ − μₖ)/σₖ)²,  σₖ = exp(zₖ)
	//
	// For K targets the network has 2K outputs: the means μ₁ … μ_K, then the
	// logarithms of the scales z₁ … z_K. A scale is a standard deviation (Nix and
	// Weigend, IEEE International Conference on Neural Networks 1994, with the
	// exponential for the variance). The loss has no lower bound: where a mean
	// meets its target, it falls with z.
	GaussianExp

	// GaussianSoftplus is GaussianExp with the scales
	//
	//	σₖ = ln(1 + exp(zₖ)) + 10⁻⁶
	//
	// (Lakshminarayanan, Pritzel and Blundell, arXiv 1612.01474, section 2.2.1,
	// with the softplus and the floor for the variance). Large scales grow as z
	// does, not exponentially. The floor keeps the part of each target in the
	// loss above −12.9. It is meant for targets whose spread is about 1.
	GaussianSoftplus
)

// A rule is what the package knows of a loss.
type rule struct {
	name      string
	labels    bool // compares outputs with a label, else with targets
	objective engine.NewObjective

	// scale makes the scale of a normal distribution of an output. If it is not
	// nil, there are two outputs for each target.
	scale func(z float64) float64
}

var rules = map[Loss]rule{
	HalfSquaredError: {name: "HalfSquaredError", objective: engine.NewHalfSquaredError},
	CrossEntropy:     {name: "CrossEntropy", labels: true, objective: engine.NewCrossEntropy},
	GaussianExp:      {name: "GaussianExp", objective: engine.NewGaussianExp, scale: engine.ExpScale},
	GaussianSoftplus: {name: "GaussianSoftplus", objective: engine.NewGaussianSoftplus, scale: engine.SoftplusScale},
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
		return fmt.Errorf("loss = %d, want HalfSquaredError, CrossEntropy, GaussianExp or GaussianSoftplus", int(l))
	}
	wanted, unit, numbers := "real targets", "targets a sample", d.Outputs()
	if rule.labels {
		wanted, unit, numbers = "labels", "classes", d.Classes()
	}
	needed := numbers
	if l.HasScales() {
		needed = 2 * numbers
	}
	switch {
	case needed == outputs:
		return nil
	case needed > numbers:
		return fmt.Errorf("the network has %d outputs, but loss %v needs %d, twice the dataset's %d %s: means, then scales", outputs, l, needed, numbers, unit)
	case numbers > 0:
		return fmt.Errorf("the network has %d outputs, but the dataset has %d %s", outputs, numbers, unit)
	case d.Classes() > 0:
		return fmt.Errorf("loss %v needs %s, but the dataset has labels", l, wanted)
	case d.Outputs() > 0:
		return fmt.Errorf("loss %v needs %s, but the dataset has real targets", l, wanted)
	}
	return fmt.Errorf("loss %v needs %s, but the dataset has neither labels nor targets", l, wanted)
}
