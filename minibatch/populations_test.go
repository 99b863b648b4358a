package minibatch

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A population is a distribution of differences.
type population struct {
	name     string
	skewness float64 // of the distribution; that of a population of N differs
	draw     func(*rand.Rand) float64
}

var (
	normalPopulation      = population{"normal", 0, func(r *rand.Rand) float64 { return r.NormFloat64() }}
	exponentialPopulation = population{"exponential", 2, func(r *rand.Rand) float64 { return r.ExpFloat64() }}
	logNormalPopulation   = population{"log-normal", 6, func(r *rand.Rand) float64 { return math.Exp(r.NormFloat64()) }}
	studentPopulation     = population{"Student t, 5 degrees of freedom", 0, func(r *rand.Rand) float64 {
		squares := 0.0
		for range 5 {
			z := r.NormFloat64()
			squares += z * z
		}
		return r.NormFloat64() / math.Sqrt(squares/5)
	}}
)

// differences returns n differences, shifted and scaled so that their mean is
// exactly 0 and their variance exactly 1, and their skewness.
func (p population) differences(n int, source rand.Source) (values []float64, skewness float64) {
	random := rand.New(source)
	values = make([]float64, n)
	for i := range values {
		values[i] = p.draw(random)
	}
	var m moments
	m.add(values)
	deviation := math.Sqrt(m.deviations / float64(n))
	for i, x := range values {
		z := (x - m.mean) / deviation
		values[i] = z
		skewness += z * z * z / float64(n)
	}
	return values, skewness
}

// sized is a proposal of known differences whose size changes. It is not a
// Scaler: a test has to find out.
type sized struct {
	values []float64
	size   float64 // factor of the values
	shift  float64 // added to the values times the size
	drawn  int     // samples asked for so far
}

func (p *sized) Samples() int { return len(p.values) }

func (p *sized) Differences(dst []float64, samples []int) error {
	for j, i := range samples {
		dst[j] = p.size*p.values[i] + p.shift
	}
	p.drawn += len(samples)
	return nil
}

// A rated acceptance is what many decisions on proposals say.
type rated struct {
	rate          float64 // accepted
	standardError float64
	batch         float64 // mean number of samples
}

// rate lets a test decide warmUp + decisions times, of which the last count.
// Before each, the proposal takes another size.
func rate(t testing.TB, test Test, p *sized, s float64, warmUp, decisions int, size func() float64, source rand.Source) rated {
	t.Helper()
	accepted := 0
	for i := range warmUp + decisions {
		if i == warmUp {
			accepted, p.drawn = 0, 0
		}
		p.size = size()
		decision, err := test.Decide(p, s, source)
		require.NoError(t, err)
		if decision.Accepted {
			accepted++
		}
	}
	n := float64(decisions)
	r := float64(accepted) / n
	return rated{r, math.Sqrt((r*(1-r) + 1/n) / n), float64(p.drawn) / n}
}

// alike and unequal are sizes of proposals.
func alike(*rand.Rand) float64     { return 1 }
func unequal(r *rand.Rand) float64 { return math.Exp(0.5 * r.NormFloat64()) }
