package engine

import (
	"math"

	"github.com/trajens/trajens/data"
)

// An Objective says how far the outputs of a network are from what they should
// be for the samples of one dataset. A further loss is one more type that does
// so. It may have scratch memory: one goroutine at a time uses it.
type Objective interface {
	// Losses writes the loss of each of a block of samples, whose outputs follow
	// one another. An output that is not finite makes what overflow says.
	Losses(dst []float64, outputs []float32, samples []int)

	// Derive writes the loss of each of a block of samples, and its derivatives with
	// respect to each of the outputs in the order of these. An output that is not
	// finite makes the loss not finite, and then the derivatives do not matter.
	Derive(losses []float64, slopes, outputs []float32, samples []int)
}

// NewObjective returns an objective on a dataset, for blocks of at most so many
// samples.
type NewObjective func(d *data.Dataset, samples int) Objective

// overflow returns the loss for outputs that are not all finite: NaN if one of
// them is, else +Inf.
func overflow(outputs []float32) float64 {
	for _, v := range outputs {
		if v != v {
			return math.NaN()
		}
	}
	return math.Inf(1)
}
