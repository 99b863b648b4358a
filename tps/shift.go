package tps

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// RigidShift moves all models of the trajectory by the same vector, a step of a
// random walk. The differences between models, all that a walk with a flat prior
// weighs, stay: it moves the slowest mode of a long trajectory. It costs the losses
// of all models.
type RigidShift struct {
	// Step is the standard deviation of a coordinate of the step, positive and at
	// most 10³⁰.
	Step float64
	// Fraction is the share of the coordinates that are moved, in (0, 1]. 0: all.
	Fraction float64
	// Surrogate is a quadratic model of the mean loss, as that of Autoregressive. In
	// its directions the step is one towards what it says, and no wider than the
	// distribution there. Fraction cannot be set then. nil: none.
	Surrogate *Quadratic
}

// String returns the move and its options.
func (m RigidShift) String() string {
	text := fmt.Sprintf("shift(step %v, fraction %v", m.Step, m.fraction())
	if m.Surrogate != nil {
		text += fmt.Sprintf(", %v", m.Surrogate)
	}
	return text + ")"
}

func (m RigidShift) fraction() float64 {
	if m.Fraction == 0 {
		return 1
	}
	return m.Fraction
}

// Proposer implements Move.
func (m RigidShift) Proposer(target Target) (Proposer, error) {
	params := target.Losses.Params()
	if err := checkWidth("RigidShift.Step", m.Step); err != nil {
		return nil, err
	}
	fraction := m.fraction()
	if !(fraction > 0 && fraction <= 1) {
		return nil, fmt.Errorf("tps: RigidShift.Fraction = %v, want a number in (0, 1]", m.Fraction)
	}
	if m.Surrogate != nil && fraction < 1 {
		return nil, fmt.Errorf("tps: RigidShift has a Surrogate and changes some of the coordinates, want all")
	}
	if err := m.Surrogate.Validate(params); err != nil {
		return nil, err
	}
	s := &shift{path: target.Path, step: m.Step, coordinates: newCoordinates(nil, fraction, params), by: make([]float64, params)}
	s.coordinates.inOrder(params)
	if m.Surrogate != nil {
		var err error
		if s.surrogate, err = newSurrogate(m.Surrogate, &s.path, target.Tau); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// shift is the proposer of RigidShift.
type shift struct {
	path        Path
	step        float64
	coordinates *coordinates
	surrogate   *surrogate // nil: none
	by          []float64
}

// Propose implements Proposer.
func (s *shift) Propose(p *Proposal) error {
	p.Kind = Shift
	p.Coordinates = s.coordinates.draw(p.Source)
	normal := rand.New(p.Source)
	for _, i := range p.Coordinates {
		s.by[i] = s.step * normal.NormFloat64()
	}
	if s.surrogate != nil {
		s.surrogate.steer(p, s.by, s.step)
	}
	for t := range p.Current.Len() {
		model := p.Proposed.Model(t)
		for _, i := range p.Coordinates {
			model[i] = float32(float64(model[i]) + s.by[i])
		}
	}
	if s.surrogate != nil {
		s.surrogate.weigh(p)
	}
	p.Known += s.path.priorRatio(p)
	return nil
}

// steer replaces the steep components of a rigid shift, normal numbers of standard
// deviation step, by those of an autoregressive step with respect to the surrogate,
// which pulls the mean of τ models to its center with the precision τ s aₖ.
func (s *surrogate) steer(p *Proposal, by []float64, step float64) {
	tau := p.Current.Len()
	s.projectCurrent(p, 0, tau)
	s.multiply(s.along, by)
	for k, a := range s.curvatures {
		mean := 0.0
		for t := range tau {
			mean += s.projections[t].along[k] / float64(tau)
		}
		precision := float64(tau) * math.Max(p.S, 0) * a
		fresh := math.Min(1, step*math.Sqrt(precision))
		if fresh == 0 {
			s.along[k] = 0
			continue
		}
		keep := math.Sqrt(1 - fresh*fresh)
		noise := s.along[k] / step
		s.along[k] = (1-keep)*(s.centers[k]-mean) + fresh/math.Sqrt(precision)*noise - s.along[k]
	}
	blas64.Gemv(blas.Trans, 1, s.directions, blas64.Vector{N: len(s.along), Inc: 1, Data: s.along}, 1, blas64.Vector{N: len(by), Inc: 1, Data: by})
}

// Sizes implements Tunable.
func (s *shift) Sizes() []Size { return []Size{{"Step", s.step, largestSigma}} }

// SetSize implements Tunable.
func (s *shift) SetSize(_ int, value float64) { s.step = value }
