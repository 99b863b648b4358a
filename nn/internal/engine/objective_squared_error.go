package engine

import "github.com/trajens/trajens/data"

// halfSquaredError is half the sum of squared differences to real targets.
type halfSquaredError struct{ data *data.Dataset }

// NewHalfSquaredError returns half the squared error on a dataset with real
// targets.
func NewHalfSquaredError(d *data.Dataset, _ int) Objective { return halfSquaredError{d} }

// Losses implements Objective.
func (o halfSquaredError) Losses(dst []float64, outputs []float32, samples []int) {
	n := o.data.Outputs()
	for j, i := range samples {
		target := o.data.Target(i)
		sum := 0.0
		for k, y := range outputs[j*n:][:n] {
			r := float64(y) - float64(target[k])
			sum += r * r
		}
		dst[j] = sum / 2
	}
}

// Derive implements Objective.
func (o halfSquaredError) Derive(losses []float64, slopes, outputs []float32, samples []int) {
	n := o.data.Outputs()
	for j, i := range samples {
		target, slopes := o.data.Target(i), slopes[j*n:][:n]
		loss := 0.0
		for k, y := range outputs[j*n:][:n] {
			r := float64(y) - float64(target[k])
			slopes[k] = float32(r)
			loss += r * r / 2
		}
		losses[j] = loss
	}
}
