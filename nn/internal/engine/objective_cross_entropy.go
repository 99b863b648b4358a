package engine

import (
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// crossEntropy is −ln softmax(outputs) at the label.
type crossEntropy struct {
	data    *data.Dataset
	labels  []int32 // of a block
	softmax kernel.Softmax
	powers  []float64 // of one sample, the exponentials of its outputs
}

// NewCrossEntropy returns the cross-entropy on a dataset with labels, for blocks
// of at most so many samples.
func NewCrossEntropy(d *data.Dataset, samples int) Objective {
	return &crossEntropy{data: d, labels: make([]int32, samples), powers: make([]float64, d.Classes()), softmax: kernel.Softmax{
		Others: make([]float64, samples), Gaps: make([]float64, samples), Classes: d.Classes(),
	}}
}

// Losses implements Objective.
func (o *crossEntropy) Losses(dst []float64, outputs []float32, samples []int) {
	for j, i := range samples {
		o.labels[j] = int32(o.data.Label(i))
	}
	k := &o.softmax
	k.Logits, k.Labels = outputs, o.labels[:len(samples)]
	k.Run()
	for j := range dst {
		if others := k.Others[j]; others != others {
			dst[j] = overflow(outputs[j*k.Classes:][:k.Classes])
		} else {
			dst[j] = fromGap(k.Gaps[j], others)
		}
	}
}

// Derive writes softmax − 1 at the label, softmax elsewhere. It sums in the
// order of the classes and by the library's exponential function, on every
// processor: a gradient does not cost much more for it, and a loss may differ
// from that of Losses by a rounding.
func (o *crossEntropy) Derive(losses []float64, slopes, outputs []float32, samples []int) {
	n := len(o.powers)
	for j, i := range samples {
		losses[j] = o.derive(slopes[j*n:][:n], outputs[j*n:][:n], i)
	}
}

// derive does it for one sample.
func (o *crossEntropy) derive(slopes, outputs []float32, sample int) float64 {
	label, top := o.data.Label(sample), outputs[0]
	var difference float32 // NaN if a logit is not finite
	for _, z := range outputs {
		difference += z - z
		top = max(top, z)
	}
	// The label's own probability is near one where it matters how far it is
	// from it: so the others are summed apart.
	others := 0.0
	for k, z := range outputs {
		o.powers[k] = math.Exp(float64(z) - float64(top))
		if k != label {
			others += o.powers[k]
		}
	}
	all := others + o.powers[label]
	for k, power := range o.powers {
		slopes[k] = float32(power / all)
	}
	slopes[label] = float32(-others / all)
	return fromGap(float64(top)-float64(outputs[label]), others) + float64(difference)
}

// fromGap returns the loss where the label's logit is so far from the largest,
// and the others' exponentials, relative to that of the largest, sum to others.
func fromGap(gap, others float64) float64 {
	if gap == 0 {
		return math.Log1p(others) // keeps its digits where the loss is small
	}
	return gap + math.Log(others+math.Exp(-gap))
}
