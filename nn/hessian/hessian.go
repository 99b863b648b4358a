package hessian

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/nn/descent"
)

// Config configures New. The zero value works.
type Config struct {
	// Samples are those over which the loss is the mean. They are copied. nil:
	// all.
	Samples []int
	// Step is ε, the distance in parameter space over which gradients are
	// compared, finite and positive. 0: 10⁻³ times the norm of the parameters,
	// and at least 10⁻³.
	Step float64
}

// A Hessian is the matrix of second derivatives of the mean loss at a point. The
// matrix is never formed, only multiplied with vectors. A Hessian is for one
// goroutine.
type Hessian struct {
	gradient      descent.Gradient
	at            []float32 // the point
	samples       []int
	step          float64
	ahead, behind []float32 // points at a distance of step to both sides
	// The gradients at these two points.
	gradientAhead, gradientBehind []float32
}

// New returns the Hessian at params, which are copied.
func New(gradient descent.Gradient, params []float32, config Config) (*Hessian, error) {
	if null.Is(gradient) {
		return nil, errors.New("hessian: gradient is nil")
	}
	if len(params) != gradient.Params() || len(params) == 0 {
		return nil, fmt.Errorf("hessian: params has %d numbers, want those of the model, %d", len(params), gradient.Params())
	}
	squares := 0.0
	for i, p := range params {
		if p-p != 0 {
			return nil, fmt.Errorf("hessian: params[%d] = %v, want a finite number", i, p)
		}
		squares += float64(p) * float64(p)
	}
	samples, err := config.samples(gradient.Samples())
	if err != nil {
		return nil, err
	}
	if config.Step == 0 {
		config.Step = 1e-3 * max(1, math.Sqrt(squares))
	}
	if !(config.Step > 0) || math.IsInf(config.Step, 1) {
		return nil, fmt.Errorf("hessian: Step = %v, want a finite number > 0", config.Step)
	}
	n := len(params)
	return &Hessian{
		gradient: gradient, at: slices.Clone(params), samples: samples, step: config.Step,
		ahead: make([]float32, n), behind: make([]float32, n),
		gradientAhead: make([]float32, n), gradientBehind: make([]float32, n),
	}, nil
}

// samples returns the samples of the loss, of n that there are.
func (c Config) samples(n int) ([]int, error) {
	if c.Samples == nil {
		if n < 1 {
			return nil, errors.New("hessian: there are no samples")
		}
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	if len(c.Samples) == 0 {
		return nil, errors.New("hessian: Samples is empty")
	}
	for _, i := range c.Samples {
		if i < 0 || i >= n {
			return nil, fmt.Errorf("hessian: Samples has %d, want 0 to %d", i, n-1)
		}
	}
	return slices.Clone(c.Samples), nil
}

// Len returns the number of parameters, the order of the matrix.
func (h *Hessian) Len() int { return len(h.at) }

// Product writes the product of the Hessian H with the vector v to dst. Both
// have the length Len. A product costs two gradients:
//
//	H v ≈ ‖v‖/2ε · (∇L(θ + εv/‖v‖) − ∇L(θ − εv/‖v‖)).
//
// The error has a part of second order in ε and one of the gradients' rounding
// errors over ε: with the default step some 10⁻⁴ of the largest eigenvalue times
// ‖v‖ in all. A network with ReLU has a Hessian almost everywhere only. The
// product is then that of its mean over the interval between the two points.
func (h *Hessian) Product(dst, v []float64) {
	if len(dst) != len(h.at) || len(v) != len(h.at) {
		panic("hessian: length of a vector is not the number of parameters")
	}
	norm := floats.Norm(v, 2)
	if norm == 0 {
		clear(dst)
		return
	}
	scale := h.step / norm
	for i, x := range v {
		d := scale * x
		h.ahead[i], h.behind[i] = float32(float64(h.at[i])+d), float32(float64(h.at[i])-d)
	}
	h.gradient.Gradient(h.gradientAhead, h.ahead, h.samples)
	h.gradient.Gradient(h.gradientBehind, h.behind, h.samples)
	for i := range dst {
		dst[i] = (float64(h.gradientAhead[i]) - float64(h.gradientBehind[i])) / (2 * scale)
	}
}
