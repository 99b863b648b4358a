package diagnostics

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

func normalSource(stream ...uint64) *rand.Rand { return rand.New(random.Source(19, stream...)) }

// autoregressive fills a stationary AR(1) series of unit variance whose exact
// τ_int is tau: its coefficient is a = (τ−1)/(τ+1).
func autoregressive(series []float64, tau float64, normal *rand.Rand) {
	a := (tau - 1) / (tau + 1)
	innovation := math.Sqrt(1 - a*a)
	x := normal.NormFloat64()
	for i := range series {
		series[i] = x
		x = a*x + innovation*normal.NormFloat64()
	}
}

// sample gathers independent values of one statistic.
type sample struct{ n, mean, deviations float64 }

func (s *sample) add(x float64) {
	s.n++
	step := x - s.mean
	s.mean += step / s.n
	s.deviations += step * (x - s.mean)
}

func (s *sample) deviation() float64     { return math.Sqrt(s.deviations / (s.n - 1)) }
func (s *sample) standardError() float64 { return s.deviation() / math.Sqrt(s.n) }
