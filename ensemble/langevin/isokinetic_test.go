package langevin

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
)

// turnByHand integrates du = −(1 − u uᵀ)∇E/(d − 1) dt and dK/(d − 1) = −u·∇E/(d − 1) dt in
// many steps of the midpoint rule.
func turnByHand(u, gradient []float64, time float64) (after []float64, kinetic float64) {
	const steps = 20_000
	d := float64(len(u) - 1)
	after = append([]float64(nil), u...)
	slope := func(u []float64) (du []float64, dk float64) {
		along := floats.Dot(u, gradient)
		du = make([]float64, len(u))
		for i := range du {
			du[i] = -(gradient[i] - along*u[i]) / d
		}
		return du, -along / d
	}
	for range steps {
		du, _ := slope(after)
		middle := append([]float64(nil), after...)
		floats.AddScaled(middle, time/steps/2, du)
		du, dk := slope(middle)
		floats.AddScaled(after, time/steps, du)
		kinetic += dk * time / steps
	}
	return after, kinetic
}

func TestTurnSolvesItsEquation(t *testing.T) {
	normal := rand.New(rand.NewPCG(1, 2))
	for _, d := range []int{2, 3, 10} {
		for _, beta := range []float64{1, 3} {
			u, gradient, scale := make([]float64, d), make([]float32, d), make([]float32, d)
			draw(u, nil, normal)
			force := make([]float64, d)
			for i := range gradient {
				gradient[i] = float32(2 * normal.NormFloat64())
				scale[i] = float32(math.Exp(normal.NormFloat64()))
				force[i] = beta * float64(gradient[i])
			}
			const time = 0.7
			want, wantKinetic := turnByHand(u, force, time)
			got := append([]float64(nil), u...)
			kinetic := turn(got, gradient, nil, beta*time/float64(d-1))
			assert.InDeltaSlice(t, want, got, 1e-6)
			assert.InDelta(t, wantKinetic, kinetic, 1e-6)
			assert.InDelta(t, 1, floats.Norm(got, 2), 1e-12)

			// Where the coordinates have units the gradient is that in those units.
			for i := range force {
				force[i] *= float64(scale[i])
			}
			want, wantKinetic = turnByHand(u, force, time)
			kinetic = turn(u, gradient, scale, beta*time/float64(d-1))
			assert.InDeltaSlice(t, want, u, 1e-6)
			assert.InDelta(t, wantKinetic, kinetic, 1e-6)
		}
	}
}

// A turn of any strength leaves a direction.
func TestTurnsAreFinite(t *testing.T) {
	for _, gradient := range [][]float32{{0, 0}, {1e-30, 0}, {1e18, 1e18}, {-3e38, 3e38}, {3e38, 0}} {
		u := []float64{1, 0}
		kinetic := turn(u, gradient, nil, 1)
		assert.InDelta(t, 1, floats.Norm(u, 2), 1e-6, "%v", gradient)
		assert.Zero(t, kinetic-kinetic, "%v", gradient)
	}
}

// isokineticStep makes a step of the minimal-norm integrator in float64 and returns its
// energy error.
func isokineticStep(model target, theta, u []float64, time float64) float64 {
	d := len(theta)
	at, gradient := make([]float32, d), make([]float32, d)
	evaluate := func() float64 {
		for i, x := range theta {
			at[i] = float32(x)
		}
		return model.Gradient(gradient, at, []int{0})
	}
	strength := time / float64(d-1)
	before := evaluate()
	kinetic := turn(u, gradient, nil, minimalNorm*strength)
	move(theta, u, nil, time/2)
	evaluate()
	kinetic += turn(u, gradient, nil, (1-2*minimalNorm)*strength)
	move(theta, u, nil, time/2)
	after := evaluate()
	kinetic += turn(u, gradient, nil, minimalNorm*strength)
	return after - before + float64(d-1)*kinetic
}

// The integrator is of second order, the energy error of a step of third, and a step back
// from where one ends leads to where it began.
func TestIsokineticIntegrator(t *testing.T) {
	model := conditioned(10, 16)
	const starts = 400
	normal := rand.New(rand.NewPCG(5, 6))
	squares := func(time float64) (sum float64) {
		theta, u := make([]float64, 10), make([]float64, 10)
		for range starts {
			for i, sigma := range model {
				theta[i] = sigma * normal.NormFloat64()
			}
			draw(u, nil, normal)
			before := append([]float64(nil), theta...)
			e := isokineticStep(model, theta, u, time)
			floats.Scale(-1, u)
			back := isokineticStep(model, theta, u, time)
			require.InDelta(t, -e, back, 1e-5)
			require.InDeltaSlice(t, before, theta, 1e-5)
			sum += e * e
		}
		return sum
	}
	order := math.Log2(squares(0.4)/squares(0.2)) / 2
	t.Logf("the energy error goes with the power %.2f of the step", order)
	assert.InDelta(t, 3, order, 0.15)
}

// A refreshed direction has the mean e^(−time/length) along the one before, to the order
// of 1/d, for any time.
func TestRefreshForgets(t *testing.T) {
	const d, draws = 400, 4000
	for _, time := range []float64{0.1, 1} {
		normal := rand.New(rand.NewPCG(7, 8))
		sum, squares := 0.0, 0.0
		u, v := make([]float32, d), make([]float32, d)
		for range draws {
			draw(u, nil, normal)
			copy(v, u)
			refresh(v, nil, d, time, 1, normal)
			along := 0.0
			for i := range u {
				along += float64(u[i]) * float64(v[i])
			}
			sum += along
			squares += along * along
		}
		mean := sum / draws
		deviation := math.Sqrt((squares/draws - mean*mean) / draws)
		assert.InDelta(t, math.Exp(-time), mean, 4*deviation+1.0/d)
	}
	u := []float32{0.6, 0, 0.8}
	refresh(u, []float32{1, 0, 1}, 2, 1, 1, rand.New(rand.NewPCG(1, 1)))
	require.Zero(t, u[1], "a coordinate that is kept has moved")
	assert.InDelta(t, 1, math.Hypot(float64(u[0]), float64(u[2])), 1e-6)
}

// The moments that the tests of samplers expect are those of the targets, as independent
// draws have them.
func TestTargetsHaveTheirMoments(t *testing.T) {
	var normal *rand.Rand // each target's own: maps have no order
	g := conditioned(5, 100)
	f := funnel{dimensions: 5, spread: 1}
	b := banana{bend: 0.5, width: 0.5}
	for name, c := range map[string]struct {
		target
		draw func(params []float32)
	}{
		"gaussian": {g, func(p []float32) {
			for i, sigma := range g {
				p[i] = float32(sigma * normal.NormFloat64())
			}
		}},
		"funnel": {f, func(p []float32) {
			v := f.spread * normal.NormFloat64()
			p[0] = float32(v)
			for i := range p[1:] {
				p[i+1] = float32(math.Exp(v/2) * normal.NormFloat64())
			}
		}},
		"banana": {b, func(p []float32) {
			x := normal.NormFloat64()
			p[0], p[1] = float32(x), float32(b.bend*(x*x-1)+b.width*normal.NormFloat64())
		}},
	} {
		normal = rand.New(rand.NewPCG(9, 10))
		means, variances := c.expected()
		const draws = 400_000
		sums, squares, fourths := make([]float64, len(means)), make([]float64, len(means)), make([]float64, len(means))
		values, params := make([]float64, len(means)), make([]float32, c.Params())
		for range draws {
			c.draw(params)
			c.functions(values, params)
			for k, v := range values {
				square := (v - means[k]) * (v - means[k])
				sums[k] += v / draws
				squares[k] += square / draws
				fourths[k] += square * square / draws
			}
		}
		for k := range means {
			assert.InDelta(t, means[k], sums[k], 4*math.Sqrt(variances[k]/draws), "%s, function %d", name, k)
			deviation := math.Sqrt((fourths[k] - squares[k]*squares[k]) / draws)
			assert.InDelta(t, variances[k], squares[k], 4*deviation, "%s, function %d", name, k)
		}
		slopeAgrees(t, c.target, name)
	}
}

// slopeAgrees compares the gradient with differences of the loss.
func slopeAgrees(t *testing.T, c target, name string) {
	params := make([]float32, c.Params())
	for i := range params {
		params[i] = 0.5 + 0.1*float32(i)
	}
	gradient, other := make([]float32, len(params)), make([]float32, len(params))
	c.Gradient(gradient, params, []int{0})
	for i := range params {
		const h = 1.0 / 256
		at := params[i]
		params[i] = at + h
		up := c.Gradient(other, params, []int{0})
		params[i] = at - h
		down := c.Gradient(other, params, []int{0})
		params[i] = at
		assert.InEpsilon(t, (up-down)/(2*h), float64(gradient[i]), 1e-3, "%s, slope %d", name, i)
	}
}
