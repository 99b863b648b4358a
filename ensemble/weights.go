package ensemble

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Weights returns a copy of the weights of the members, divided by their sum, or nil
// if all are equal.
func (c *Committee) Weights() []float64 { return slices.Clone(c.weights) }

// weight returns the weight of a member. The sum of all is c.total.
func (c *Committee) weight(member int) float64 {
	if c.weights == nil {
		return 1
	}
	return c.weights[member]
}

// voters returns the members whose weight is not zero.
func (c *Committee) voters() []int {
	var voters []int
	for i := range c.members {
		if c.weight(i) > 0 {
			voters = append(voters, i)
		}
	}
	return voters
}

// weightRounding is how far from 1 rounding may put the sum of normalized weights, for
// each of them: two divisions and two sums, each within 2⁻⁵³.
const weightRounding = 0x1p-51

// normalize returns the weights of n members divided by their sum, and the sum of
// the result, which is 1 up to rounding. Of equal weights it returns nil and n.
// Weights that it has returned it returns unchanged, so that a committee has the
// same ones after any number of files.
func normalize(weights []float64, n int) (normalized []float64, total float64, err error) {
	if weights == nil {
		return nil, float64(n), nil
	}
	if len(weights) != n {
		return nil, 0, fmt.Errorf("ensemble: %d weights for %d members", len(weights), n)
	}
	for i, w := range weights {
		if !(w >= 0 && w <= math.MaxFloat64) {
			return nil, 0, fmt.Errorf("ensemble: weight %d is %v, want a finite number of at least 0", i, w)
		}
	}
	most := slices.Max(weights)
	if most == 0 {
		return nil, 0, errors.New("ensemble: all weights are zero, want at least one above")
	}
	if slices.Min(weights) == most {
		return nil, float64(n), nil
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	if math.Abs(sum-1) <= float64(n)*weightRounding {
		return slices.Clone(weights), sum, nil
	}
	normalized, sum = make([]float64, n), 0
	for i, w := range weights {
		normalized[i] = w / most // so that the sum cannot overflow
		sum += normalized[i]
	}
	for i := range normalized {
		normalized[i] /= sum
		total += normalized[i]
	}
	return normalized, total, nil
}
