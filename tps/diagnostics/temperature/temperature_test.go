package temperature

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/diagnostics"
)

// requireWithin checks that an estimate is within 4 of its standard errors of what was expected,
// and that these are small enough to notice an error of 1 %.
func requireWithin(t *testing.T, expected, scale float64, e diagnostics.Estimate) {
	t.Helper()
	require.Less(t, e.StandardError, 0.0025*scale)
	require.Less(t, math.Abs(e.Score(expected)), 4.0, "%v, expected %v", e, expected)
}

// Independent states of the exact distribution, with masses and a center.
func TestExactStates(t *testing.T) {
	const temperature, states = 0.7, 20_000
	curvatures := []float64{0.1, 1, 3, 20}
	masses := []float64{0.5, 1, 2, 10}
	mean := []float32{5, -3, 2, 1}
	inverse := make([]float32, len(masses))
	for i, m := range masses {
		inverse[i] = float32(1 / m)
	}
	centered, err := New(4, Config{InverseMasses: inverse, Center: mean})
	require.NoError(t, err)
	plain, err := New(4, Config{InverseMasses: inverse})
	require.NoError(t, err)
	normal := rand.New(random.Source(1))
	theta, p, gradient := make([]float32, 4), make([]float32, 4), make([]float32, 4)
	for range states {
		for i := range theta {
			d := math.Sqrt(temperature/curvatures[i]) * normal.NormFloat64()
			theta[i] = mean[i] + float32(d)
			gradient[i] = float32(curvatures[i] * d)
			p[i] = float32(math.Sqrt(temperature*masses[i]) * normal.NormFloat64())
		}
		centered.Add(theta, p, gradient)
		plain.Add(theta, p, gradient)
	}
	reading := centered.Read()
	require.Equal(t, states, reading.States)
	theory := temperature * math.Sqrt(2.0/4/states) // of kinetic and of centered virial
	require.InEpsilon(t, theory, reading.Kinetic.StandardError, 0.1)
	require.InEpsilon(t, theory, reading.Virial.StandardError, 0.1)
	kinetic, virial, inertia := reading.Scores(temperature)
	for _, score := range []float64{kinetic, virial, inertia} {
		require.Less(t, math.Abs(score), 4.0)
	}
	// Another center leaves the mean and adds to the error.
	require.Less(t, math.Abs(plain.Read().Virial.Score(temperature)), 4.0)
	require.Greater(t, plain.Read().Virial.StandardError, 2*theory)
}

// A step e of BAOAB leaves exactly T(1 − e²h/4m) of the kinetic temperature and all of the
// virial one, with correlated states (Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34).
func TestBAOAB(t *testing.T) {
	const temperature, curvature, mass, step, friction, steps = 2.0, 3.0, 2.0, 0.5, 1.0, 300_000
	thermometer, err := New(8, Config{InverseMasses: []float32{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}})
	require.NoError(t, err)
	normal := rand.New(random.Source(2))
	var theta, p, gradient [8]float32
	keep := math.Exp(-friction * step)
	noise := math.Sqrt((1 - keep*keep) * mass * temperature)
	for n := range steps {
		for i := range theta {
			x, q := float64(theta[i]), float64(p[i])
			q -= step / 2 * curvature * x
			x += step / 2 * q / mass
			q = keep*q + noise*normal.NormFloat64()
			x += step / 2 * q / mass
			q -= step / 2 * curvature * x
			theta[i], p[i], gradient[i] = float32(x), float32(q), float32(curvature*x)
		}
		if n >= 100 {
			thermometer.Add(theta[:], p[:], gradient[:])
		}
	}
	reading := thermometer.Read()
	requireWithin(t, temperature*(1-step*step*curvature/mass/4), temperature, reading.Kinetic)
	requireWithin(t, temperature, temperature, reading.Virial)
	require.Less(t, math.Abs(reading.Inertia.Score(0)), 4.0)
	kinetic, _, _ := reading.Scores(temperature)
	require.Less(t, kinetic, -4.0, "control: the error of the step is noticed")
}

// The potential θ⁴/4 has a Laplacian that changes, here with the noise of an estimate.
func TestConfigurational(t *testing.T) {
	const temperature, states = 0.6, 1_200_000
	source := random.Source(3)
	normal := rand.New(source)
	gamma := distuv.Gamma{Alpha: 0.25, Beta: 1, Src: source} // θ⁴/4T
	squares, laplacians := make([]float64, states), make([]float64, states)
	for i := range squares {
		theta2 := math.Sqrt(4 * temperature * gamma.Rand())
		squares[i] = theta2 * theta2 * theta2
		laplacians[i] = 3*theta2 + normal.NormFloat64()
	}
	estimate := Configurational(squares, laplacians)
	requireWithin(t, temperature, temperature, estimate)
	// The error is that of the mean over many runs.
	scores := 0.0
	const runs = 400
	for r := range runs {
		part := states / runs
		score := Configurational(squares[r*part:(r+1)*part], laplacians[r*part:(r+1)*part]).Score(temperature)
		scores += score * score / runs
	}
	require.InDelta(t, 1, scores, 4*math.Sqrt(2.0/runs)+0.05)

	require.True(t, math.IsNaN(Configurational([]float64{1}, []float64{1}).Mean))
	require.True(t, math.IsNaN(Configurational([]float64{1, math.NaN()}, []float64{1, 2}).Mean))
	require.Panics(t, func() { Configurational([]float64{1}, nil) })
}

func TestMerge(t *testing.T) {
	normal := rand.New(random.Source(4))
	all, _ := New(3, Config{})
	parts := [2]*Thermometer{}
	for k := range parts {
		parts[k], _ = New(3, Config{})
		for range 64 {
			theta := []float32{float32(normal.NormFloat64()), 1, 2}
			p := []float32{float32(normal.NormFloat64()), 0, 1}
			all.Add(theta, p, theta)
			parts[k].Add(theta, p, theta)
		}
	}
	parts[0].Merge(parts[1])
	require.InDelta(t, all.Read().Kinetic.Mean, parts[0].Read().Kinetic.Mean, 1e-12)
	require.InDelta(t, all.Read().Virial.Mean, parts[0].Read().Virial.Mean, 1e-12)
	require.InDelta(t, all.Read().Inertia.Mean, parts[0].Read().Inertia.Mean, 1e-12)
	require.Equal(t, 128, parts[0].Read().States)
	other, _ := New(4, Config{})
	require.Panics(t, func() { all.Merge(other) })
}

func TestLeftOut(t *testing.T) {
	thermometer, err := New(1, Config{})
	require.NoError(t, err)
	thermometer.Add([]float32{2}, nil, []float32{3})
	thermometer.Add([]float32{2}, nil, []float32{3})
	reading := thermometer.Read()
	require.Equal(t, diagnostics.Estimate{Mean: 6}, reading.Virial)
	require.True(t, math.IsNaN(reading.Kinetic.Mean) && math.IsNaN(reading.Inertia.Mean))
	require.Equal(t, 2, reading.States)
	thermometer.Add([]float32{1}, []float32{1}, []float32{float32(math.NaN())})
	require.True(t, math.IsNaN(thermometer.Read().Virial.Mean))
}

func TestErrors(t *testing.T) {
	nan := float32(math.NaN())
	for says, call := range map[string]func() (*Thermometer, error){
		"temperature: params = 0, want at least 1":                  func() (*Thermometer, error) { return New(0, Config{}) },
		"Config.InverseMasses has 1 numbers, want one for each":     func() (*Thermometer, error) { return New(2, Config{InverseMasses: []float32{1}}) },
		"Config.InverseMasses[1] = 0, want a finite number > 0":     func() (*Thermometer, error) { return New(2, Config{InverseMasses: []float32{1, 0}}) },
		"Config.InverseMasses[0] = NaN, want a finite number > 0":   func() (*Thermometer, error) { return New(1, Config{InverseMasses: []float32{nan}}) },
		"Config.Center has 3 numbers, want one for each of 2 param": func() (*Thermometer, error) { return New(2, Config{Center: []float32{1, 2, 3}}) },
		"Config.Center[0] = NaN, want a finite number":              func() (*Thermometer, error) { return New(1, Config{Center: []float32{nan}}) },
	} {
		_, err := call()
		require.ErrorContains(t, err, says)
	}
	thermometer, _ := New(2, Config{})
	require.Panics(t, func() { thermometer.Add([]float32{1}, nil, nil) })
	require.Panics(t, func() { thermometer.Add([]float32{1, 2}, []float32{1}, nil) })
	require.Panics(t, func() { thermometer.Add([]float32{1, 2}, nil, []float32{1}) })
}

func TestNotAllocate(t *testing.T) {

	thermometer, _ := New(2, Config{InverseMasses: []float32{1, 2}, Center: []float32{1, 2}})
	x := []float32{1, 2}
	require.Zero(t, testing.AllocsPerRun(100, func() { thermometer.Add(x, x, x) }))
}
