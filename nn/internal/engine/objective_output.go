package engine

import "github.com/trajens/trajens/data"

// output is one output of the network in place of a loss, so that its gradient is a
// row of the Jacobian.
type output struct{ number *int }

// NewOutput returns objectives that give the output whose number is stored at number,
// which may change between calls. They look at nothing that the dataset has besides
// inputs.
func NewOutput(number *int) NewObjective {
	return func(*data.Dataset, int) Objective { return output{number} }
}

// Losses implements Objective.
func (o output) Losses(dst []float64, outputs []float32, samples []int) {
	n := len(outputs) / max(len(samples), 1)
	for j := range samples {
		dst[j] = float64(outputs[j*n+*o.number])
	}
}

// Derive implements Objective.
func (o output) Derive(losses []float64, slopes, outputs []float32, samples []int) {
	n := len(outputs) / max(len(samples), 1)
	o.Losses(losses, outputs, samples)
	clear(slopes)
	for j := range samples {
		slopes[j*n+*o.number] = 1
	}
}
