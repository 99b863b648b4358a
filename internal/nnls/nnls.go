package nnls

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Options control Solve. The zero value is a good choice.
type Options struct {
	// Tolerance is the largest dual value g_j, relative to ‖a_j‖ ‖A x − b‖
	// with a_j the column of A, that counts as zero, in [0, 1): the cosine of
	// the angle between the column and the residual. 0 means 2⁻⁴⁶, about
	// 1.4e-14.
	Tolerance float64
	// MaxIterations limits how many times an unknown is made positive.
	// 0 means ten times the number of unknowns, and at least 100.
	MaxIterations int
}

// A Solution holds what Solve found.
type Solution struct {
	X          []float64 // one non-negative number for each column of A
	Dual       []float64 // Aᵀ(b − A x), from the A and b that were given
	Norm       float64   // ‖A x − b‖₂
	Iterations int       // how many times an unknown was made positive
}

// A NotConvergedError says that the limit of iterations was reached. The
// solution that comes with it is non-negative, but not the best.
type NotConvergedError struct {
	Iterations int     // the limit
	Norm       float64 // ‖A x − b‖₂ of the last iterate
}

func (e *NotConvergedError) Error() string {
	return fmt.Sprintf("nnls: not converged after %d iterations, residual norm %g", e.Iterations, e.Norm)
}

const (
	defaultTolerance = 0x1p-46
	// A residual smaller than this part of b is taken as zero.
	negligible = 0x1p-50
	// A column is taken as dependent on the positive ones if less than this
	// part of it is orthogonal to them: about a hundred rounding errors, as in
	// Lawson and Hanson's program.
	dependent = 100 * 0x1p-52
	// An iteration that lowers the residual norm by less than this part of it
	// makes no progress but that of rounding.
	progress = 0x1p-50
	// How often the answer is checked by factoring anew. More is no use: when
	// the residual is not far above rounding errors, each factorisation may
	// find another column that is better by a rounding error.
	maxRefactorings = 3
)

// Solve returns the x ≥ 0 that minimises ‖A x − b‖₂. A must have at least one
// row and one column, b as many elements as A has rows, and both must be
// finite. Neither is changed or kept. If A has dependent columns, there are
// many solutions, of which one is returned.
//
// The error is a *NotConvergedError if Options.MaxIterations was reached; the
// solution is then the last iterate. It is nil with any other error.
func Solve(a mat.Matrix, b []float64, options Options) (*Solution, error) {
	if a == nil {
		return nil, errors.New("nnls: the matrix is nil")
	}
	rows, cols := a.Dims()
	if rows == 0 || cols == 0 {
		return nil, errors.New("nnls: the matrix is empty")
	}
	if len(b) != rows {
		return nil, fmt.Errorf("nnls: %d elements in b for %d rows", len(b), rows)
	}
	if !(options.Tolerance >= 0 && options.Tolerance < 1) {
		return nil, fmt.Errorf("nnls: Tolerance = %v, want a number in [0, 1)", options.Tolerance)
	}
	if options.MaxIterations < 0 {
		return nil, fmt.Errorf("nnls: MaxIterations = %d, want at least 0", options.MaxIterations)
	}
	if options.Tolerance == 0 {
		options.Tolerance = defaultTolerance
	}
	if options.MaxIterations == 0 {
		options.MaxIterations = max(100, 10*cols)
	}
	for i, v := range b {
		if v-v != 0 {
			return nil, fmt.Errorf("nnls: element %d of b is %v, want a finite number", i, v)
		}
	}
	columns := make([]float64, rows*cols)
	for j := range cols {
		for i := range rows {
			v := a.At(i, j)
			if v-v != 0 {
				return nil, fmt.Errorf("nnls: element (%d, %d) of A is %v, want a finite number", i, j, v)
			}
			columns[j*rows+i] = v
		}
	}
	return newSolver(columns, b, options).run()
}

// A solver works on a scaled problem: the columns and b are multiplied by
// powers of two that bring their norms into [1/2, 1), so that no product can
// overflow. That is exact, and changes x and the dual by powers of two alone.
type solver struct {
	options   Options
	a, b      []float64 // A by columns
	exponents []int     // column j was divided by 2^exponents[j]
	exponentB int
	factor    *factor
	norms     []float64 // ‖a_j‖
	normB     float64
	x         []float64
	z         []float64 // the unconstrained solution for the positive unknowns
	barred    []bool    // unknowns that were tried and brought no progress
	iteration int
}

// newSolver takes columns, which it scales, and a copy of b.
func newSolver(columns, b []float64, options Options) *solver {
	rows := len(b)
	cols := len(columns) / rows
	s := &solver{
		options:   options,
		a:         columns,
		b:         slices.Clone(b),
		exponents: make([]int, cols),
		norms:     make([]float64, cols),
		x:         make([]float64, cols),
		z:         make([]float64, 0, min(rows, cols)),
		barred:    make([]bool, cols),
	}
	s.normB, s.exponentB = scale(s.b)
	for j := range cols {
		s.norms[j], s.exponents[j] = scale(columns[j*rows : (j+1)*rows])
	}
	s.factor = newFactor(s.a, s.b)
	return s
}

// scale divides v by the power of two that brings its norm into [1/2, 1), and
// returns that norm and the exponent.
func scale(v []float64) (norm float64, exponent int) {
	_, exponent = math.Frexp(floats.Norm(v, math.Inf(1)))
	for i := range v {
		v[i] = math.Ldexp(v[i], -exponent)
	}
	norm, more := math.Frexp(floats.Norm(v, 2))
	for i := range v {
		v[i] = math.Ldexp(v[i], -more)
	}
	return norm, exponent + more
}

func (s *solver) run() (*Solution, error) {
	best := s.normB
	fresh := true // no column has entered since all were factored together
	refactorings := 0
	for {
		j := s.choose()
		if j < 0 {
			if fresh || refactorings == maxRefactorings {
				return s.solution(), nil
			}
			// Many updates leave rounding errors behind. Factor the positive
			// columns anew and see whether the answer still stands.
			s.refactor()
			refactorings++
			clear(s.barred)
			fresh = true
			best = s.factor.residual()
			continue
		}
		if s.iteration == s.options.MaxIterations {
			solution := s.solution()
			return solution, &NotConvergedError{Iterations: s.iteration, Norm: solution.Norm}
		}
		s.iteration++
		s.factor.enter(j)
		s.descend()
		// Every step lowers the residual, in exact arithmetic. One that does
		// not could come round again for ever, so its unknown is barred until
		// another one has made progress.
		if norm := s.factor.residual(); norm < best*(1-progress) {
			best = norm
			fresh = false
			clear(s.barred)
		} else {
			s.barred[j] = true
		}
	}
}

// choose returns the unknown that lowers the residual most if it enters, or
// -1 if none lowers it. Its squared norm falls by gain² (if nothing becomes
// negative then). Lawson and Hanson choose the largest dual instead, which
// between nearly dependent columns takes many more steps.
func (s *solver) choose() int {
	residual := s.factor.residual()
	if residual <= negligible*s.normB {
		return -1
	}
	at, steepest := -1, 0.0
	for j, norm := range s.norms {
		if s.barred[j] || norm == 0 || s.factor.isPassive[j] {
			continue
		}
		if dual := s.factor.dual(j); dual > s.options.Tolerance*residual*norm {
			tail := s.factor.tail(j)
			if gain := dual / tail; gain > steepest && tail > dependent*norm {
				at, steepest = j, gain
			}
		}
	}
	return at
}

// descend goes from x towards the least-squares solution for the positive
// unknowns. At each bound that it meets, it makes the unknown zero and
// changes direction.
func (s *solver) descend() {
	for len(s.factor.passive) > 0 {
		s.z = s.factor.solve(s.z)
		step, blocked := 1.0, -1
		for k, j := range s.factor.passive {
			if s.z[k] > 0 {
				continue
			}
			length := 0.0
			if s.x[j] > 0 {
				length = s.x[j] / (s.x[j] - s.z[k])
			}
			if length < step || blocked < 0 {
				step, blocked = length, k
			}
		}
		if blocked < 0 {
			for k, j := range s.factor.passive {
				s.x[j] = s.z[k]
			}
			return
		}
		for k, j := range s.factor.passive {
			s.x[j] += step * (s.z[k] - s.x[j])
		}
		s.x[s.factor.passive[blocked]] = 0
		for k := len(s.factor.passive) - 1; k >= 0; k-- {
			if j := s.factor.passive[k]; !(s.x[j] > 0) {
				s.x[j] = 0
				s.factor.leave(k)
			}
		}
	}
}

func (s *solver) refactor() {
	passive := slices.Clone(s.factor.passive)
	s.factor = newFactor(s.a, s.b)
	for _, j := range passive {
		if s.factor.tail(j) > dependent*s.norms[j] {
			s.factor.enter(j)
		} else {
			s.x[j] = 0
		}
	}
	s.descend()
}

// solution returns the present x, its dual and its residual, in the scale of
// the problem that was given.
func (s *solver) solution() *Solution {
	rows := len(s.b)
	residual := slices.Clone(s.b)
	for j, x := range s.x {
		if x > 0 {
			floats.AddScaled(residual, -x, s.a[j*rows:(j+1)*rows])
		}
	}
	solution := &Solution{
		X:          make([]float64, len(s.x)),
		Dual:       make([]float64, len(s.x)),
		Norm:       math.Ldexp(floats.Norm(residual, 2), s.exponentB),
		Iterations: s.iteration,
	}
	for j, x := range s.x {
		solution.X[j] = math.Ldexp(x, s.exponentB-s.exponents[j])
		solution.Dual[j] = math.Ldexp(floats.Dot(s.a[j*rows:(j+1)*rows], residual), s.exponentB+s.exponents[j])
	}
	return solution
}
