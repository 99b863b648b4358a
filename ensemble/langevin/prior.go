package langevin

import (
	"fmt"
	"strings"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/null"
)

// A Prior is V, the part of U that is not the loss: the negative logarithm of a prior's
// density up to a constant, or a potential that keeps parameters where they are wanted.
// It does not scale with S, but with β.
//
// One with a method Validate(params int) error has it called by NewChain. One with a
// method String() string is told by it from others when a checkpoint is read.
type Prior interface {
	// AddGradient adds the gradient of V at params to dst, which has the same length,
	// and returns V. It must not keep its arguments, nor change params, nor allocate.
	AddGradient(dst, params []float32) float64
}

// Priors is the sum of several priors: the product of their densities.
type Priors []Prior

// AddGradient implements Prior.
func (p Priors) AddGradient(dst, params []float32) (v float64) {
	for _, prior := range p {
		v += prior.AddGradient(dst, params)
	}
	return v
}

// Validate returns an error if one of them is nil or has a field out of its range.
func (p Priors) Validate(params int) error {
	for i, prior := range p {
		if prior == nil {
			return fmt.Errorf("langevin: Priors[%d] is nil", i)
		}
		if err := checkPrior(fmt.Sprintf("Priors[%d]", i), prior, params); err != nil {
			return err
		}
	}
	return nil
}

// String returns the priors in words.
func (p Priors) String() string {
	texts := make([]string, len(p))
	for i, prior := range p {
		texts[i] = checkpoint.Describe(prior)
	}
	return strings.Join(texts, " + ")
}

// checkPrior returns what is wrong with a prior.
func checkPrior(name string, prior Prior, params int) error {
	if prior == nil {
		return nil
	}
	if null.Is(prior) {
		return fmt.Errorf("langevin: %s is a nil %T", name, prior)
	}
	if v, ok := prior.(interface{ Validate(params int) error }); ok {
		return v.Validate(params)
	}
	return nil
}

// checkCenter returns an error unless there are as many finite numbers as parameters,
// or none.
func checkCenter(name string, center []float32, params int) error {
	if center != nil && len(center) != params {
		return fmt.Errorf("langevin: %s has %d numbers, want the number of parameters, %d", name, len(center), params)
	}
	if i := notFinite(center); i >= 0 {
		return fmt.Errorf("langevin: %s[%d] = %v, want a finite number", name, i, center[i])
	}
	return nil
}

// at returns a number of a center, 0 if there is none.
func at(center []float32, i int) float64 {
	if center == nil {
		return 0
	}
	return float64(center[i])
}
