package correction

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/nnls"
)

func (g Grid) withDefaults() (Grid, error) {
	if g.Range == 0 {
		g.Range = 32
	}
	if !(g.Range > 0 && g.Range <= 100) {
		return g, fmt.Errorf("correction: Grid.Range = %v, want a number in (0, 100]", g.Range)
	}
	if g.Step == 0 {
		g.Step = min(0x1p-3, g.Range)
	}
	if !(g.Step >= 0x1p-10 && g.Step <= g.Range) {
		return g, fmt.Errorf("correction: Grid.Step = %v, want a number in [2^-10, Range = %v]", g.Step, g.Range)
	}
	if g.PointRange == 0 {
		g.PointRange = g.Range + 8
	}
	if !(g.PointRange >= g.Range && g.PointRange <= 200) {
		return g, fmt.Errorf("correction: Grid.PointRange = %v, want a number in [Range = %v, 200]", g.PointRange, g.Range)
	}
	if g.PointStep == 0 {
		g.PointStep = 0x1p-4
	}
	if !(g.PointStep >= 0x1p-10 && g.PointStep <= 1) {
		return g, fmt.Errorf("correction: Grid.PointStep = %v, want a number in [2^-10, 1]", g.PointStep)
	}
	if g.Rounds < 0 || g.Rounds > 1000 {
		return g, fmt.Errorf("correction: Grid.Rounds = %d, want 0 to 1000", g.Rounds)
	}
	if points, atoms := g.PointRange/g.PointStep, g.Range/g.Step; points*atoms > 1e7 {
		return g, fmt.Errorf("correction: Grid has %.0f points and %.0f atoms on each side, want a product of at most 10⁷", points, atoms)
	}
	return g, nil
}

// solveNonNegative fits by symmetry the positive half alone. The unknowns
// v_k are the weights of the pairs ±y_k; the equations are for the
// upper tails 1 − CDF at x_i > 0, where they are small and known to full
// relative precision (at x = 0 both are 1/2).
//
// Because Σ v = 1, the error Σ_k a_k v_k − b is Σ_k c_k v_k with
// c_k = a_k − b. Minimise ‖C v‖² + (Σ v − 1)² over v ≥ 0, without the
// constraint: for v = t·p with Σ p = 1 that is t²q + (t − 1)² with q = ‖C p‖²,
// whose minimum over t is q/(1 + q). It grows with q, so v/Σv is the
// minimiser of ‖C p‖² under the constraint, and no large penalty is needed.
func solveNonNegative(sigma float64, grid Grid) (*Distribution, error) {
	grid, err := grid.withDefaults()
	if err != nil {
		return nil, err
	}
	pairs := 1 + int(grid.Range/grid.Step+1e-9)
	points := int(grid.PointRange/grid.PointStep + 1e-9)
	differences := mat.NewDense(points, pairs, nil) // C
	for i := range points {
		x := float64(i+1) * grid.PointStep
		tail := logistic(-x)
		for k := range pairs {
			y := float64(k) * grid.Step
			differences.Set(i, k, 0.5*(normal((y-x)/sigma)+normal((-y-x)/sigma))-tail)
		}
	}
	weights, err := fitMinimax(differences, grid.Rounds)
	if err != nil {
		return nil, fmt.Errorf("correction: no solution for Sigma = %v: %w", sigma, err)
	}
	var y, w []float64
	for k := pairs - 1; k > 0; k-- {
		y = append(y, -float64(k)*grid.Step)
		w = append(w, weights[k]/2)
	}
	for k := range pairs {
		y = append(y, float64(k)*grid.Step)
		w = append(w, weights[k]/2)
	}
	w[pairs-1] = weights[0]
	return newDistribution(sigma, NonNegative, y, w)
}

// fitMinimax returns the p ≥ 0, Σ p = 1, for which the largest |(C p)_i| is
// about the smallest. It starts from least squares and then, as in Lawson's
// algorithm (Cline, Mathematics of Computation 26, 167 (1972)), multiplies the
// weight of each equation by its error, over and over, keeping the best
// solution met. Without rounds it is least squares alone.
func fitMinimax(c *mat.Dense, rounds int) ([]float64, error) {
	rows, cols := c.Dims()
	scaled := mat.NewDense(rows+1, cols, nil)
	b := make([]float64, rows+1)
	b[rows] = 1
	emphasis := make([]float64, rows) // the squares of the factors on the rows
	for i := range emphasis {
		emphasis[i] = 1
	}
	for k := range cols {
		scaled.Set(rows, k, 1)
	}
	var best []float64
	smallest := math.Inf(1)
	errors := mat.NewVecDense(rows, nil)
	for range rounds + 1 {
		for i, e := range emphasis {
			factor := math.Sqrt(e)
			for k := range cols {
				scaled.Set(i, k, factor*c.At(i, k))
			}
		}
		solution, err := nnls.Solve(scaled, b, nnls.Options{})
		if err != nil {
			return nil, err
		}
		p := mat.NewVecDense(cols, solution.X)
		p.ScaleVec(1/mat.Sum(p), p)
		errors.MulVec(c, p)
		if largest := mat.Norm(errors, math.Inf(1)); largest < smallest {
			smallest, best = largest, solution.X
		}
		total := 0.0
		for i := range emphasis {
			emphasis[i] *= math.Abs(errors.AtVec(i))
			total += emphasis[i]
		}
		if total == 0 {
			break
		}
		for i := range emphasis {
			emphasis[i] *= float64(rows) / total
		}
	}
	return best, nil
}
