package descent

import (
	"cmp"
	"fmt"
	"math"

	"github.com/trajens/trajens/internal/kernel"
)

// An Optimizer turns gradients into steps. It is for one run at a time.
type Optimizer interface {
	// Start forgets earlier steps and prepares for a number of parameters. The
	// error says that a setting is out of its range.
	Start(params int) error

	// Step changes params, given the gradient there, which has the same length
	// and is not to be changed, and the learning rate. Neither is kept.
	Step(params, gradient []float32, rate float64)
}

// SGD is stochastic gradient descent. Its zero value is the plain one. As in
// PyTorch (torch.optim.SGD), with momentum μ and weight decay λ,
//
//	g ← ∇L + λθ,  v ← μv + g,  θ ← θ − rate · v,
//
// where v starts as the first g; with Nesterov's variant θ ← θ − rate · (g + μv).
type SGD struct {
	// Momentum is μ, in [0, 1).
	Momentum float64
	// Nesterov selects Nesterov's variant, which needs a momentum.
	Nesterov bool
	// WeightDecay is λ, finite and at least 0.
	WeightDecay float64

	velocity []float32
	started  bool
	kernel   kernel.Momentum
}

// Start prepares for a number of parameters.
func (s *SGD) Start(params int) error {
	if !(s.Momentum >= 0 && s.Momentum < 1) {
		return fmt.Errorf("descent: SGD.Momentum = %v, want a number in [0, 1)", s.Momentum)
	}
	if s.Nesterov && s.Momentum == 0 {
		return fmt.Errorf("descent: SGD.Nesterov is set, but Momentum = 0")
	}
	if err := checkDecay("SGD", s.WeightDecay); err != nil {
		return err
	}
	s.velocity, s.started = make([]float32, params), false
	return nil
}

// Step changes the parameters.
func (s *SGD) Step(params, gradient []float32, rate float64) {
	checkLengths(len(params), len(gradient), len(s.velocity))
	k := &s.kernel
	k.Params, k.Gradient, k.Velocity = params, gradient, s.velocity
	k.Decay, k.Keep, k.Step, k.Now, k.Ahead = float32(s.WeightDecay), float32(s.Momentum), float32(rate), 0, 1
	if !s.started {
		k.Keep, s.started = 0, true
	}
	if s.Nesterov {
		k.Now, k.Ahead = 1, float32(s.Momentum)
	}
	k.Run()
	k.Params, k.Gradient = nil, nil // the caller's slices are not kept
}

// Adam is the method of Kingma and Ba (arXiv 1412.6980), with the weight decay
// of Loshchilov and Hutter (AdamW, arXiv 1711.05101). Its zero value has the
// defaults of both papers. As in PyTorch (torch.optim.AdamW), with weight decay λ,
//
//	θ ← θ − rate · λθ
//	m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²
//	θ ← θ − rate · (m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε).
type Adam struct {
	// Beta1 and Beta2 are β₁ and β₂, in (0, 1). 0: 0.9 and 0.999.
	Beta1, Beta2 float64
	// Epsilon is ε, finite and positive. 0: 1e-8.
	Epsilon float64
	// WeightDecay is λ, finite and at least 0.
	WeightDecay float64

	mean, square []float32
	// The settings with the defaults filled in.
	beta1, beta2, epsilon float64
	power1, power2        float64 // β₁ᵗ and β₂ᵗ
	kernel                kernel.Adam
}

// Start prepares for a number of parameters.
func (a *Adam) Start(params int) error {
	a.beta1, a.beta2, a.epsilon = cmp.Or(a.Beta1, 0.9), cmp.Or(a.Beta2, 0.999), cmp.Or(a.Epsilon, 1e-8)
	for _, beta := range []struct {
		name  string
		value float64
	}{{"Beta1", a.beta1}, {"Beta2", a.beta2}} {
		if !(beta.value > 0 && beta.value < 1) {
			return fmt.Errorf("descent: Adam.%s = %v, want a number in (0, 1)", beta.name, beta.value)
		}
	}
	if !(a.epsilon > 0) || math.IsInf(a.epsilon, 1) {
		return fmt.Errorf("descent: Adam.Epsilon = %v, want a finite number > 0", a.epsilon)
	}
	if err := checkDecay("Adam", a.WeightDecay); err != nil {
		return err
	}
	a.mean, a.square = make([]float32, params), make([]float32, params)
	a.power1, a.power2 = 1, 1
	return nil
}

// Step changes the parameters.
func (a *Adam) Step(params, gradient []float32, rate float64) {
	checkLengths(len(params), len(gradient), len(a.mean))
	a.power1 *= a.beta1
	a.power2 *= a.beta2
	k := &a.kernel
	k.Params, k.Gradient, k.Mean, k.Square = params, gradient, a.mean, a.square
	k.Beta1, k.Rest1 = float32(a.beta1), float32(1-a.beta1)
	k.Beta2, k.Rest2 = float32(a.beta2), float32(1-a.beta2)
	k.Keep = float32(1 - rate*a.WeightDecay)
	k.Step = float32(rate / (1 - a.power1))
	k.Scale = float32(1 / math.Sqrt(1-a.power2))
	k.Epsilon = float32(a.epsilon)
	k.Run()
	k.Params, k.Gradient = nil, nil // the caller's slices are not kept
}

func checkDecay(of string, decay float64) error {
	if !(decay >= 0) || math.IsInf(decay, 1) {
		return fmt.Errorf("descent: %s.WeightDecay = %v, want a finite number ≥ 0", of, decay)
	}
	return nil
}

func checkLengths(params, gradient, state int) {
	if params != state || gradient != state {
		panic("descent: numbers of parameters differ from those of Start")
	}
}
