package moves

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/tps"
)

// quadratic returns the loss of a line as a quadratic model of it, with the steepest of
// the two directions or both, curvatures that are too large by a factor, and a center
// that is off and makes up for it by slopes.
func (l line) quadratic(directions int, factor float64) *tps.Quadratic {
	var eigen mat.EigenSym
	eigen.Factorize(l.Hessian, true)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	off := []float64{0.2, -0.1}
	q := &tps.Quadratic{Center: []float32{float32(l.Minimizer[0] + off[0]), float32(l.Minimizer[1] + off[1])}}
	for k := 1; k >= 2-directions; k-- {
		v, a := mat.Col(nil, k, &vectors), factor*l.Eigenvalues[k]
		q.Curvatures, q.Directions = append(q.Curvatures, a), append(q.Directions, v)
		q.Slopes = append(q.Slopes, a*(v[0]*off[0]+v[1]*off[1]))
	}
	return q
}

// With the whole loss as its surrogate, the motion is exact for any step, of one model
// and of a whole trajectory.
func TestSurrogateIsIntegratedExactly(t *testing.T) {
	l := newLine(t, 16)
	for name, path := range pathsOfTests {
		for _, whole := range []bool{false, true} {
			for _, tau := range []int{1, 2, 7} {
				t.Run(fmt.Sprintf("%s τ=%d whole=%v", name, tau, whole), func(t *testing.T) {
					off := 0.0
					for _, surrogate := range []*tps.Quadratic{l.quadratic(2, 1), nil} {
						h, p := mover(t, path, tau, 300, Hamiltonian{Step: 0.6, Steps: 3, Whole: whole, Surrogate: surrogate})
						for range 20 {
							p.Known, p.MeanLosses = 0, nil
							require.NoError(t, h.Propose(p))
							if surrogate != nil {
								assert.InDelta(t, 0, p.Known, 5e-3) // s = 300 and float32
							}
							off = math.Max(off, math.Abs(p.Known))
							copy(p.Current.Values(), p.Proposed.Values())
						}
					}
					assert.Greater(t, off, 0.1, "without the surrogate it is not")
				})
			}
		}
	}
}

// Whatever the surrogate, the chain is exact.
func TestSurrogateLeavesTheMeanLoss(t *testing.T) {
	l := newLine(t, 16)
	move := func(surrogate *tps.Quadratic, whole bool) func(Gradient) tps.Move {
		return func(g Gradient) tps.Move {
			return Hamiltonian{Gradient: g, Step: 0.5, Steps: 3, Whole: whole, Surrogate: surrogate}
		}
	}
	for _, c := range []lineCase{
		{1, 100, prior, false, 0, move(l.quadratic(2, 1), false), 60},
		{3, 100, nil, false, 0, move(l.quadratic(1, 1.5), false), 60},
		{4, 300, prior, true, 0, move(l.quadratic(2, 0.6), true), 30},
		{8, 300, nil, false, 0, move(l.quadratic(1, 1), true), 15},
	} {
		t.Run(c.String(), func(t *testing.T) {
			steps := 1000 * c.steps
			if *long {
				steps *= 30
			}
			ratio, e := c.run(t, steps)
			assert.Less(t, e, 0.025)
			assert.LessOrEqual(t, math.Abs(ratio-1), bound+4*e)
		})
	}
}

// A wrong surrogate is an error, and one in the settings tells chains apart.
func TestSurrogateOfHamiltonian(t *testing.T) {
	l := newLine(t, 16)
	q := l.quadratic(2, 1)
	q.Directions[1] = q.Directions[0]
	_, err := Hamiltonian{Gradient: l.gradients, Surrogate: q}.Proposer(tps.Target{Tau: 2, Path: pathsOfTests["flat"], Losses: l.losses()})
	require.ErrorContains(t, err, "are not orthonormal")
	a, b := Hamiltonian{Surrogate: l.quadratic(2, 1)}, Hamiltonian{Surrogate: l.quadratic(2, 2)}
	require.NotEqual(t, a.String(), b.String())
	require.NotEqual(t, a.String(), Hamiltonian{}.String())
}
