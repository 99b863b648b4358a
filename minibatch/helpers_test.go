package minibatch

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// fixed is a proposal with known differences, which counts what it is asked.
type fixed struct {
	values []float64
	asked  []int // samples asked for in the order of asking, if not nil
}

func (f *fixed) Samples() int { return len(f.values) }

func (f *fixed) Differences(dst []float64, samples []int) error {
	for j, i := range samples {
		dst[j] = f.values[i]
	}
	if f.asked != nil {
		f.asked = append(f.asked, samples...)
	}
	return nil
}

// proposalOf returns n normal differences, shifted and scaled so that their
// mean is exactly −delta and their standard deviation exactly spread: with
// s = 1, the proposal has the given Δ.
func proposalOf(n int, delta, spread float64, source rand.Source) *fixed {
	normal := rand.New(source)
	values := make([]float64, n)
	var m moments
	for i := range values {
		values[i] = normal.NormFloat64()
	}
	m.add(values)
	deviation := math.Sqrt(m.deviations / float64(n))
	for i := range values {
		values[i] = (values[i]-m.mean)/deviation*spread - delta
	}
	return &fixed{values: values}
}

func barkerRate(delta float64) float64     { return 1 / (1 + math.Exp(-delta)) }
func metropolisRate(delta float64) float64 { return math.Min(1, math.Exp(delta)) }

// rateError returns by how many standard errors the acceptance rate of a test
// differs from expected, after a systematic error of slack is forgiven.
func rateError(t testing.TB, test Test, d Differences, expected, slack float64, draws int, source rand.Source) float64 {
	t.Helper()
	accepted := 0
	for range draws {
		decision, err := test.Decide(d, 1, source)
		require.NoError(t, err)
		if decision.Accepted {
			accepted++
		}
	}
	off := float64(accepted)/float64(draws) - expected
	// One more count in the variance keeps the error of a certain event finite.
	standardError := math.Sqrt((expected*(1-expected) + 1/float64(draws)) / float64(draws))
	return math.Copysign(math.Max(math.Abs(off)-slack, 0), off) / standardError
}

func newSource(stream uint64) rand.Source { return random.Source(20231, stream) }
