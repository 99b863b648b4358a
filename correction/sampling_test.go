package correction

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/internal/random"
)

// A fit says how well samples of N(0, σ_c²) + X_corr agree with the logistic.
type fit struct {
	distance           float64 // largest difference of the CDFs at 4095 quantiles
	critical           float64 // the distance that a perfect sampler exceeds once in 10⁶ times
	mean, square, four float64 // in standard errors, the moments of order 1, 2 and 4
}

func measure(d *Distribution, samples int, stream uint64) fit {
	const bins = 4096
	source := random.Source(3, stream)
	normals := rand.New(random.Source(4, stream))
	var counts [bins]int
	var sum, square, fourth float64
	for range samples {
		x := d.Sigma()*normals.NormFloat64() + d.Rand(source)
		counts[min(int(bins/(1+math.Exp(-x))), bins-1)]++
		sum += x
		square += x * x
		fourth += x * x * x * x
	}
	f := fit{critical: math.Sqrt(math.Log(2/1e-6) / 2 / float64(samples))}
	below := 0
	for i, n := range counts {
		below += n
		f.distance = max(f.distance, math.Abs(float64(below)/float64(samples)-float64(i+1)/bins))
	}
	// The moments of the logistic: |B_2k| (2^2k − 2) π^2k with the Bernoulli
	// numbers B_2 = 1/6, B_4 = −1/30, B_8 = −1/30.
	m2 := math.Pow(math.Pi, 2) * 2 / 6
	m4 := math.Pow(math.Pi, 4) * 14 / 30
	m8 := math.Pow(math.Pi, 8) * 254 / 30
	n := float64(samples)
	f.mean = sum / n / math.Sqrt(m2/n)
	f.square = (square/n - m2) / math.Sqrt((m4-m2*m2)/n)
	f.four = (fourth/n - m4) / math.Sqrt((m8-m4*m4)/n)
	return f
}

// With 4·10⁷ samples, one percent too much of the variance of X_corr shifts
// the CDF by about 6.5e-4, one and a half times the critical distance, and the
// variance by 25 standard errors.
const manySamples = 40_000_000

func TestSumIsLogistic(t *testing.T) {
	for i, test := range []struct {
		sigma   float64
		samples int
	}{{0.8, 4_000_000}, {1, manySamples}, {1.1, 4_000_000}, {1.3, manySamples}} {
		if testing.Short() {
			test.samples = 4_000_000
		}
		d := solve(t, Config{Sigma: test.sigma})
		f := measure(d, test.samples, uint64(i))
		t.Logf("σ_c = %v: %+v", test.sigma, f)
		assert.Less(t, f.distance, f.critical+d.MaxCDFError())
		assert.Less(t, math.Abs(f.mean), 4.0)
		assert.Less(t, math.Abs(f.square), 4.0)
		assert.Less(t, math.Abs(f.four), 4.0)
	}
}

// Negative controls: what the test above must notice, it notices.
func TestSumIsNotLogistic(t *testing.T) {
	d := solve(t, Config{Sigma: 1})
	f := measure(scaled(t, d, 1.01), manySamples, 10)
	t.Logf("1 %% too much variance: %+v", f)
	assert.Greater(t, f.distance, 1.3*f.critical)
	assert.Greater(t, f.square, 8.0)

	// The wrong table for the noise: σ_c = 1 with that of 1.1.
	other := solve(t, Config{Sigma: 1.1})
	f = measure(fromAtoms(t, 1, other.Atoms(), other.Weights()), 4_000_000, 11)
	assert.Greater(t, f.distance, 3*f.critical)
	assert.Less(t, f.square, -8.0)

	// No correction at all.
	f = measure(fromAtoms(t, 1, []float64{0}, []float64{1}), 4_000_000, 12)
	assert.Greater(t, f.distance, 10*f.critical)
}

// The deterministic tests notice it too, and better: the CDF itself.
func TestCDFNoticesWrongVariance(t *testing.T) {
	d := solve(t, Config{Sigma: 1})
	assert.Greater(t, scaled(t, d, 1.01).MaxCDFError(), 1000*d.MaxCDFError())
	assert.Greater(t, scaled(t, d, 1.0001).MaxCDFError(), 50*d.MaxCDFError())
}
