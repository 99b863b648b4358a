package langevin_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/ensemble/langevin"
)

// A linear map of (θ, p, η), where η is the noise of the minibatch that the gradient in
// hand is of, with what noise it adds.
type linear struct{ m, q *mat.Dense }

func newLinear() linear {
	return linear{mat.NewDense(3, 3, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}), mat.NewDense(3, 3, nil)}
}

// then does another map, and adds noise of a variance to the variable at.
func (l linear) then(m []float64, at int, variance float64) linear {
	step := mat.NewDense(3, 3, m)
	var next, noise mat.Dense
	next.Mul(step, l.m)
	noise.Product(step, l.q, step.T())
	noise.Set(at, at, noise.At(at, at)+variance)
	return linear{&next, &noise}
}

// exact returns βE[p²]/m and βhE[θ²] of a scheme after whole steps, for U = hθ²/2 with a
// gradient hθ + η, where η is of variance noise and new with each evaluation.
func exact(scheme string, h, step, friction, beta, mass, noise float64) (momentum, theta float64) {
	// The order of evaluations: at a B that follows an A, also over the end of a step.
	l, current := newLinear(), strings.LastIndex(scheme, "B") > strings.LastIndex(scheme, "A")
	for _, letter := range scheme {
		t := step / float64(strings.Count(scheme, string(letter)))
		switch letter {
		case 'A':
			l, current = l.then([]float64{1, t / mass, 0, 0, 1, 0, 0, 0, 1}, 0, 0), false
		case 'B':
			if !current {
				l, current = l.then([]float64{1, 0, 0, 0, 1, 0, 0, 0, 0}, 2, noise), true
			}
			l = l.then([]float64{1, 0, 0, -t * h, 1, -t, 0, 0, 1}, 0, 0)
		case 'O':
			c := math.Exp(-friction * t)
			l = l.then([]float64{1, 0, 0, 0, c, 0, 0, 0, 1}, 1, (1-c*c)*mass/beta)
		}
	}
	c := stationary(l.m, l.q)
	return beta * c.At(1, 1) / mass, beta * h * c.At(0, 0)
}

// The known results: closed forms, and for GLA1 numbers to the digits given.
func TestExactValues(t *testing.T) {
	for _, e := range []float64{0.05, 0.5, 1.5} {
		for _, h := range []float64{0.3, 1.2} {
			shift := e * e * h / 4
			momentum, theta := exact("BAOAB", h, e, 0.7, 1, 1, 0)
			assert.InDelta(t, 1-shift, momentum, 1e-9)
			assert.InDelta(t, 1, theta, 1e-9)
			for _, scheme := range []string{"BABO", "OBABO"} {
				momentum, theta = exact(scheme, h, e, 0.7, 1, 1, 0)
				assert.InDelta(t, 1, momentum, 1e-9)
				assert.InDelta(t, 1/(1-shift), theta, 1e-9)
			}
		}
	}
	for e, want := range map[float64][2]float64{0.05: {1.00058, 0.97624}, 0.1: {1.002155, 0.954925}, 0.2: {1.007453, 0.919477}} {
		momentum, theta := exact("BAO", 1, e, 1, 1, 1, 0)
		assert.InDelta(t, want[0], momentum, 5e-6)
		assert.InDelta(t, want[1], theta, 5e-6)
	}
}

// Every scheme has its exact discrete stationary variances, at any settings.
func TestSplittingsOfHarmonicLoss(t *testing.T) {
	const n = 3000
	for _, test := range []struct {
		sampler              langevin.Sampler
		scheme               string
		h, step, gamma, beta float64
		mass                 float64
	}{
		{langevin.BAOAB{Step: 0.5, Friction: 1}, "BAOAB", 1, 0.5, 1, 1, 1},
		{langevin.BAOAB{Step: 1.2, Friction: 3, Masses: equal(n, 2)}, "BAOAB", 2, 1.2, 3, 0.4, 2},
		{langevin.OBABO{Step: 0.8, Friction: 1}, "OBABO", 1, 0.8, 1, 2, 1},
		{langevin.GLA1{Step: 0.1, Friction: 1}, "BAO", 1, 0.1, 1, 1, 1},
		{langevin.GLA1{Step: 0.2, Friction: 1, Masses: equal(n, 0.5)}, "BAO", 1, 0.2, 1, 3, 0.5},
		{langevin.GLA2{Step: 0.8, Friction: 1}, "BABO", 1, 0.8, 1, 1, 1},
		{langevin.Splitting{Scheme: "ABOBA", Step: 0.8, Friction: 1}, "ABOBA", 1, 0.8, 1, 1, 1},
	} {
		t.Run(fmt.Sprintf("%T e=%v", test.sampler, test.step), func(t *testing.T) {
			chain := newChain(t, langevin.Config{Sampler: test.sampler, Beta: test.beta}, newHarmonic(1, 0, equal(n, float32(test.h))...))
			momentum, theta := exact(test.scheme, test.h, test.step, test.gamma, test.beta, test.mass, 0)
			squares, kinetic := moments(t, chain, int(20/test.step), int(400/test.step))
			squares.check(t, "E[θ²]", theta/(test.beta*test.h), 0.005)
			kinetic.check(t, "E[p²]", momentum*test.mass/test.beta, 0.005)
		})
	}
}

// One gradient a step, after the first.
func TestGradientsOfSplittings(t *testing.T) {
	for scheme, want := range map[string]int{"BAOAB": 101, "OBABO": 101, "BAO": 100, "BABO": 101, "ABOBA": 100, "BABAO": 200} {
		chain := newChain(t, langevin.Config{Sampler: langevin.Splitting{Scheme: scheme, Step: 0.1}, Batch: 2}, newHarmonic(4, 1, 1))
		run(t, chain, 100)
		assert.Equal(t, want, chain.Stats().Gradients, scheme)
		assert.Equal(t, 2*want, chain.Stats().Samples, scheme)
	}
}

func TestSplittingErrors(t *testing.T) {
	for text, sampler := range map[string]langevin.Sampler{
		`Splitting.Scheme = "BAB", want the letters A, B and O`: langevin.Splitting{Scheme: "BAB"},
		`Splitting.Scheme = "BAOX" has other letters`:           langevin.Splitting{Scheme: "BAOX"},
		"BAOAB.Step = -1, want a finite number > 0":             langevin.BAOAB{Step: -1},
		"OBABO.Step = NaN":                              langevin.OBABO{Step: math.NaN()},
		"GLA1.Friction = +Inf":                          langevin.GLA1{Friction: math.Inf(1)},
		"GLA2.Friction = -0.5":                          langevin.GLA2{Friction: -0.5},
		"BAOAB.Masses has 2 numbers":                    langevin.BAOAB{Masses: []float32{1, 2}},
		"BAOAB.Masses[0] = 0, want a finite number > 0": langevin.BAOAB{Masses: []float32{0}},
	} {
		_, err := langevin.NewChain(langevin.Config{Sampler: sampler}, newHarmonic(1, 0, 1))
		require.ErrorContains(t, err, text)
	}
}
