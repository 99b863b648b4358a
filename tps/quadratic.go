package tps

import (
	"fmt"
	"hash/fnv"
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Quadratic is a model of the mean loss L that is quadratic in some directions and
// constant in all others,
//
//	Q(θ) = Σₖ aₖ/2 · (vₖ·(θ − θ*) + gₖ/aₖ)²,
//
// such as the leading eigenvectors of the Hessian at a trained network give (package
// [github.com/trajens/trajens/nn/hessian]). Nothing has to be right about it: the
// further it is from L, the more is rejected.
type Quadratic struct {
	// Center is θ*, of P numbers.
	Center []float32
	// Curvatures are aₖ, positive.
	Curvatures []float64
	// Directions are vₖ, of P numbers each, orthonormal.
	Directions [][]float64
	// Slopes are gₖ, the slopes of L at the center in the directions. nil: all 0.
	Slopes []float64
}

// String says what it is in short.
func (q *Quadratic) String() string {
	sum := fnv.New64a()
	for k, a := range q.Curvatures {
		slope := 0.0
		if q.Slopes != nil {
			slope = q.Slopes[k]
		}
		fmt.Fprintf(sum, "%x %x %x;", a, slope, q.Directions[k])
	}
	return fmt.Sprintf("surrogate(%d directions with checksum %016x at %016x)", len(q.Directions), sum.Sum64(), checksum(q.Center))
}

// Validate returns an error that says what is wrong for models of so many parameters. A
// nil Quadratic is none, and right.
func (q *Quadratic) Validate(params int) error {
	if q == nil {
		return nil
	}
	if len(q.Center) != params {
		return fmt.Errorf("tps: Quadratic.Center has %d numbers, want the number of parameters, %d", len(q.Center), params)
	}
	for i, x := range q.Center {
		if x-x != 0 {
			return fmt.Errorf("tps: Quadratic.Center[%d] = %v, want a finite number", i, x)
		}
	}
	n := len(q.Directions)
	if n < 1 || n > params || len(q.Curvatures) != n || q.Slopes != nil && len(q.Slopes) != n {
		return fmt.Errorf("tps: Quadratic has %d Directions, %d Curvatures and %d Slopes, want as many of each, 1 to %d, or no Slopes",
			n, len(q.Curvatures), len(q.Slopes), params)
	}
	for k, a := range q.Curvatures {
		if !(a > 0) || math.IsInf(a, 1) {
			return fmt.Errorf("tps: Quadratic.Curvatures[%d] = %v, want a finite number > 0", k, a)
		}
		if q.Slopes != nil && q.Slopes[k]-q.Slopes[k] != 0 {
			return fmt.Errorf("tps: Quadratic.Slopes[%d] = %v, want a finite number", k, q.Slopes[k])
		}
	}
	return q.checkOrthonormal(params)
}

// checkOrthonormal returns an error unless the directions are orthonormal to six
// digits.
func (q *Quadratic) checkOrthonormal(params int) error {
	for k, v := range q.Directions {
		if len(v) != params {
			return fmt.Errorf("tps: Quadratic.Directions[%d] has %d numbers, want the number of parameters, %d", k, len(v), params)
		}
		for j, w := range q.Directions[:k+1] {
			product := floats.Dot(v, w)
			if j == k {
				product--
			}
			if !(math.Abs(product) < 1e-6) {
				return fmt.Errorf("tps: Quadratic.Directions %d and %d are not orthonormal: their product is off by %.2g", j, k, product)
			}
		}
	}
	return nil
}
