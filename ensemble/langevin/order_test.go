package langevin_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/langevin"
)

// The measured orders of convergence, for a harmonic loss: GLA1 has 1; BAOAB and GLA2
// have 2, and no error in θ or p.
func TestOrders(t *testing.T) {
	const n = 2500
	measure := func(scheme string, step float64) (theta, momentum estimate) {
		chain := newChain(t, langevin.Config{Sampler: langevin.Splitting{Scheme: scheme, Step: step, Friction: 1}, S: 1}, newHarmonic(1, 0, equal(n, 1)...))
		return moments(t, chain, int(20/step), int(1000/step))
	}
	for _, test := range []struct {
		name, scheme string
		step         float64
		momentum     bool // the error is that of p, not of θ
		order        float64
	}{
		{"GLA1", "BAO", 0.2, false, 1},
		{"GLA2", "BABO", 0.8, false, 2},
		{"OBABO", "OBABO", 0.8, false, 2},
		{"BAOAB", "BAOAB", 0.8, true, 2},
	} {
		var errors, relative [2]float64
		for k, step := range []float64{test.step, test.step / 2} {
			theta, momentum := measure(test.scheme, step)
			biased, other := theta, momentum
			if test.momentum {
				biased, other = momentum, theta
			}
			if test.scheme != "BAO" {
				other.check(t, test.name+", the unbiased one", 1, 0.005)
			}
			errors[k], relative[k] = math.Abs(biased.mean-1), biased.err/math.Abs(biased.mean-1)
		}
		order := math.Log2(errors[0] / errors[1])
		uncertainty := math.Hypot(relative[0], relative[1]) / math.Ln2
		t.Logf("%s: order %.2f ± %.2f", test.name, order, uncertainty)
		assert.Less(t, uncertainty, 0.07)
		assert.InDelta(t, test.order, order, 0.3)
	}
}
