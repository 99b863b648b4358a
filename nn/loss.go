package nn

import (
	"fmt"

	"github.com/trajens/trajens/data"
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

// String returns the name of the loss.
func (l Loss) String() string {
	switch l {
	case HalfSquaredError:
		return "HalfSquaredError"
	case CrossEntropy:
		return "CrossEntropy"
	}
	return fmt.Sprintf("Loss(%d)", int(l))
}

// check returns an error, without prefix, if the loss cannot compare this
// number of outputs with what the dataset has.
func (l Loss) check(outputs int, d *data.Dataset) error {
	switch l {
	case HalfSquaredError:
		if d.Outputs() == 0 {
			return fmt.Errorf("loss %v needs real targets, but the dataset has labels", l)
		}
		if d.Outputs() != outputs {
			return fmt.Errorf("the network has %d outputs, but the dataset has %d targets a sample", outputs, d.Outputs())
		}
	case CrossEntropy:
		if d.Classes() == 0 {
			return fmt.Errorf("loss %v needs labels, but the dataset has real targets", l)
		}
		if d.Classes() != outputs {
			return fmt.Errorf("the network has %d outputs, but the dataset has %d classes", outputs, d.Classes())
		}
	default:
		return fmt.Errorf("loss = %d, want HalfSquaredError or CrossEntropy", int(l))
	}
	return nil
}

// objective returns the loss on a dataset, for blocks of at most so many
// samples.
func (l Loss) objective(d *data.Dataset, samples int) Objective {
	if l == HalfSquaredError {
		return halfSquaredError{d}
	}
	return newCrossEntropy(d, samples)
}
