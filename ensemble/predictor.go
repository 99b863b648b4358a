package ensemble

import (
	"errors"
	"fmt"

	"github.com/trajens/trajens/nn"
)

// A Predictor says what a committee says of one input after the other: the way
// with the least latency, for a service or a small device. It keeps the members'
// parameters in the order of the processor's kernels, which takes about four
// times their memory. It may be used by one goroutine at a time; several
// goroutines have one each.
type Predictor struct {
	committee *Committee
	prepared  *nn.Prepared
	outputs   []float32 // members × outputs
	size      int       // of an input
}

// NewPredictor returns a predictor of the committee.
func (c *Committee) NewPredictor() *Predictor {
	size := 1
	for _, n := range c.net.InputShape() {
		size *= n
	}
	return &Predictor{c, c.net.Prepare(c.members), make([]float32, c.Len()*c.net.Outputs()), size}
}

// Predict writes what Committee.Predict returns of an input to dst, bit for bit.
// It reuses the slices of dst, so that it does not allocate after the first call
// with the same dst. After an error dst is as it was before.
func (p *Predictor) Predict(dst *Prediction, input []float32) error {
	if dst == nil {
		return errors.New("ensemble: the prediction to write to is nil")
	}
	if len(input) != p.size {
		return p.committee.checkInput(input)
	}
	for i, x := range input {
		if x-x != 0 {
			return fmt.Errorf("ensemble: number %d of the input is %v, want a finite number", i, x)
		}
	}
	p.prepared.Outputs(p.outputs, input)
	for i, y := range p.outputs {
		if y-y != 0 {
			return fmt.Errorf("ensemble: member %d gives %v, want finite outputs", i/p.committee.net.Outputs(), y)
		}
	}
	dst.set(p.committee, p.outputs)
	return nil
}
