package engine

import (
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// A directional computes the derivative of each sample's loss at a reference in
// a direction, for blocks of samples and one goroutine at a time. It goes
// forward and backward through the stages as a differentiator does, but forms no
// gradients where there is a shorter way: a dense layer of slopes g, inputs x and
// a direction D of its weights has the part ⟨g, D·x⟩. Through a sparse first stage
// it goes forward alone, with tangents, and slopes that come backward meet them:
// at a convolution after it, where few sums have a slope, else at its output.
type directional struct {
	differentiator
	references []*reference
	first      *tangentStage // a sparse first stage, or nil
	product    kernel.Inner
}

// A reference is a model and a direction, for each of the stages.
type reference struct {
	stages []referenceStage
	sparse bool // for a sparse first stage
}

// A referenceStage is the part of a reference that one stage has. A reference
// stays the same over many calls, and so does what is packed of it.
type referenceStage struct {
	model stageModel

	// The direction: of a dense layer as the kernels take it, of a convolution
	// in the order of its gradient.
	direction packed
	ordered   []float32
}

// newDirectional returns a directional for blocks of at most the plan's size,
// whose inputs that are not zero are in lists if these are not nil.
func newDirectional(p *gradientPlan, d *data.Dataset, objective Objective, lists *lists) *directional {
	e := &directional{differentiator: *newDifferentiator(p, d, objective, nil)}
	if lists != nil {
		e.first = newTangentStage(p.sparse, lists, e.stages[0])
	}
	return e
}

// newDirectionalPlan returns how to compute derivatives in directions for the
// blocks of a plan for losses.
func newDirectionalPlan(base *plan) *gradientPlan {
	p := newGradientPlan(base)
	p.together = base.blockSize
	return p
}

// setReferences takes over the references and directions of a call, and reports
// whether lists are needed.
func (e *directional) setReferences(models, directions [][]float32) (sparse bool) {
	for len(e.references) < len(models) {
		e.references = append(e.references, &reference{stages: make([]referenceStage, len(e.stages))})
	}
	for k, model := range models {
		r := e.references[k]
		r.sparse = e.first != nil && r.stages[0].setSparse(e.first.plan, model, directions[k])
		sparse = sparse || r.sparse
		for i, s := range e.stages {
			if s.plan.from < s.plan.to && !(i == 0 && r.sparse) {
				r.stages[i].set(e, s, model, directions[k])
			}
		}
	}
	return sparse
}

// setSparse packs a reference and a direction for a sparse first stage, and
// reports whether both are finite, without which the stage cannot be sparse.
func (r *referenceStage) setSparse(p *sparsePlan, model, direction []float32) bool {
	s := p.stage
	r.model.packed.update(model[s.from:s.to], s, &p.packing)
	r.direction.update(direction[s.from:s.to], s, &p.packing)
	return r.model.packed.sparse && r.direction.sparse
}

func (r *referenceStage) set(e *directional, s *gradientStage, model, direction []float32) {
	s.setModel(&r.model, model)
	if s.plan.kind == KindDense {
		r.direction.update(direction[s.plan.from:s.plan.to], s.plan.stagePlan, nil)
		return
	}
	from, to := s.plan.place()
	places := e.plan.params[from:to]
	r.ordered = slices.Grow(r.ordered[:0], len(places))[:len(places)]
	for i, place := range places {
		if place >= 0 {
			r.ordered[i] = direction[place]
		}
	}
}

// derive writes the derivatives of the losses of a block at a reference. It is
// NaN where the loss is not finite.
func (e *directional) derive(dst []float64, k int, samples []int) {
	r := e.references[k]
	if r.sparse {
		e.first.forward(&r.stages[0], len(samples))
		e.deriveRest(dst, k, samples)
		return
	}
	e.load(samples)
	e.deriveFrom(0, dst, k, samples)
}

// deriveRest does what derive does where a sparse first stage has been computed.
func (e *directional) deriveRest(dst []float64, k int, samples []int) {
	e.deriveFrom(1, dst, k, samples)
}

// deriveFrom does what derive does from a stage on.
func (e *directional) deriveFrom(first int, dst []float64, k int, samples []int) {
	r := e.references[k]
	for i, s := range e.stages {
		s.model = &r.stages[i].model
	}
	e.forwardFrom(first, samples)
	for j, loss := range e.losses[:len(samples)] {
		dst[j] = loss - loss // 0 or NaN
	}
	for i := len(e.stages) - 1; i >= first; i-- {
		s := e.stages[i]
		if b, ok := s.layer.(*convSparseBackward); ok && r.sparse && i == 1 {
			if s.plan.active {
				s.deactivate(len(dst))
			}
			b.meet(s, e.first.tangents, dst, r.stages[i].ordered)
			return
		}
		if s.plan.active {
			s.deactivate(len(samples))
		}
		switch layer := s.layer.(type) {
		case nil:
			s.toInputs(len(samples))
		case *denseBackward:
			layer.addDerivatives(s, dst, &r.stages[i].direction)
			layer.toInputs(s, 0, len(samples))
		default:
			e.addDerivatives(s, dst, r.stages[i].ordered)
		}
	}
	if r.sparse {
		e.first.addDerivatives(dst)
	}
}

// addDerivatives adds the part of a convolution: it has few weights, and the
// gradient of one sample is soon formed.
func (e *directional) addDerivatives(s *gradientStage, dst []float64, direction []float32) {
	from, to := s.plan.place()
	gradient, places := e.gradient[from:to], e.plan.params[from:to]
	for j := range dst {
		s.layer.backward(s, e.gradient, j, j+1)
		if !s.plan.dense {
			k := &e.product
			k.X, k.Y = gradient, direction
			k.Run()
			dst[j] += float64(k.Sum)
			continue
		}
		sum := 0.0
		for i, v := range gradient {
			if places[i] >= 0 { // others may be anything
				sum += float64(v) * float64(direction[i])
			}
		}
		dst[j] += sum
	}
}
