package moves

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// A point is the gradient and the mean loss over all samples at a model.
type point struct {
	live     bool
	model    []float32 // a copy
	gradient []float32
	loss     float64
	// saved is the checksum of the model of a point that a checkpoint did not keep. 0:
	// none.
	saved uint64
}

// points evaluates gradients over all samples, and keeps those of the current models.
// They depend on the models alone, so that a chain that has lost them goes on as it
// would have with them.
type points struct {
	gradient Gradient
	samples  []int // all
	current  []point
	proposed []point // of the models of a proposal, in their order
}

func newPoints(gradient Gradient, tau, width int) *points {
	p := &points{gradient: gradient, samples: make([]int, gradient.Samples()), current: make([]point, tau), proposed: make([]point, width)}
	for i := range p.samples {
		p.samples[i] = i
	}
	return p
}

// price is that of one point, in losses.
func (p *points) price() float64 { return gradientPrice * float64(len(p.samples)) }

// evaluate makes to the point of a model, and says whether its gradient and loss are
// finite.
func (p *points) evaluate(to *point, model []float32) bool {
	if to.model == nil {
		to.model, to.gradient = make([]float32, len(model)), make([]float32, len(model))
	}
	copy(to.model, model)
	to.loss = p.gradient.Gradient(to.gradient, model, p.samples)
	to.live = to.loss-to.loss == 0 && finite(to.gradient)
	return to.live
}

// at makes current the point of a model at a time, if it is not that already. cost is
// what a chain pays that was never interrupted.
func (p *points) at(time int, model []float32) (ok bool, cost float64) {
	to := &p.current[time]
	if to.live && sameBits(to.model, model) {
		return true, 0
	}
	if to.saved == 0 || to.saved != checksum(model) {
		cost = p.price()
	}
	to.saved = 0
	return p.evaluate(to, model), cost
}

// accept makes the proposed points of the models from a time on current.
func (p *points) accept(first int) {
	for k := range p.proposed {
		p.current[first+k], p.proposed[k] = p.proposed[k], p.current[first+k]
	}
}

// sameBits says whether models are the same, zeros with their signs included.
func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// checksum returns a checksum of a model (FNV-1a), never 0.
func checksum(model []float32) uint64 {
	sum := uint64(14695981039346656037)
	for _, x := range model {
		sum = (sum ^ uint64(math.Float32bits(x))) * 1099511628211
	}
	return max(sum, 1)
}

// MarshalBinary returns of which models there are points. The points themselves are
// computed anew, without a charge, so that statistics do not depend on interruptions.
func (p *points) MarshalBinary() ([]byte, error) {
	data := make([]byte, 0, 8*len(p.current))
	for k := range p.current {
		sum := p.current[k].saved
		if p.current[k].live {
			sum = checksum(p.current[k].model)
		}
		data = binary.BigEndian.AppendUint64(data, sum)
	}
	return data, nil
}

// UnmarshalBinary restores what MarshalBinary returned.
func (p *points) UnmarshalBinary(data []byte) error {
	if len(data) != 8*len(p.current) {
		return fmt.Errorf("moves: the state of a Hamiltonian has %d bytes, want %d", len(data), 8*len(p.current))
	}
	for k := range p.current {
		p.current[k].live, p.current[k].saved = false, binary.BigEndian.Uint64(data[8*k:])
	}
	return nil
}
