package minibatch

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// Full is a test on all samples: the Barker test or the Metropolis test. Both
// sample the target exactly; Metropolis accepts more. It owns scratch memory:
// use one for each goroutine.
type Full struct {
	name        string
	accept      func(delta float64, source rand.Source) bool
	order       []int // 0 … N−1
	differences []float64
}

// fullBlock is how many samples a full-data test evaluates at a time: enough
// to make the calls' cost small, few enough to stay in the L1 cache.
const fullBlock = 1024

const maxSamples = random.MaxDeck

// NewBarker returns the test that accepts with probability 1/(1 + e^−Δ), for
// data of the given number of samples, at least 1.
func NewBarker(samples int) (*Full, error) { return newFull("barker", samples, barker) }

// NewMetropolis returns the test that accepts with probability min(1, e^Δ),
// for data of the given number of samples, at least 1.
func NewMetropolis(samples int) (*Full, error) { return newFull("metropolis", samples, metropolis) }

func newFull(name string, samples int, accept func(float64, rand.Source) bool) (*Full, error) {
	if err := checkSamples(samples, 8); err != nil {
		return nil, err
	}
	f := &Full{name: name, accept: accept, order: make([]int, samples), differences: make([]float64, min(samples, fullBlock))}
	for i := range f.order {
		f.order[i] = i
	}
	return f, nil
}

// String returns the name of the test.
func (f *Full) String() string { return f.name }

// Samples returns the number of samples that the test is for.
func (f *Full) Samples() int { return len(f.order) }

// Clone returns the same test with scratch memory of its own, for another
// goroutine.
func (f *Full) Clone() Test {
	clone := *f // the order is only read
	clone.differences = make([]float64, len(f.differences))
	return &clone
}

// Decide evaluates the samples in their order until all are read or a loss is
// infinite, none if s is 0. It panics if d has another number of samples than
// the test is for.
func (f *Full) Decide(d Differences, s float64, source rand.Source) (Decision, error) {
	n := len(f.order)
	checkDifferences(d, n)
	if s == 0 {
		delta := offsetOf(d)
		return Decision{Accepted: f.accept(delta, source), By: FullData, Delta: delta}, nil
	}
	var all moments
	for from := 0; from < n; from += fullBlock {
		samples := f.order[from:min(from+fullBlock, n)]
		differences := f.differences[:len(samples)]
		if err := d.Differences(differences, samples); err != nil {
			return Decision{}, err
		}
		if !all.add(differences) {
			return infinite(differences, samples, from+len(samples))
		}
	}
	delta := offsetOf(d) - s*all.mean
	return Decision{Accepted: f.accept(delta, source), By: FullData, Samples: n, Delta: delta}, nil
}

// Known decides by a Δ that is known, with probability min(1, e^Δ): for moves that
// have evaluated all samples themselves.
func Known(delta float64, source rand.Source) Decision {
	return Decision{Accepted: metropolis(delta, source), By: FullData, Delta: delta}
}

// metropolis accepts with probability min(1, e^Δ).
func metropolis(delta float64, source rand.Source) bool {
	return delta >= 0 || random.Open(source) < math.Exp(delta)
}

// logistic returns a standard logistic variable.
func logistic(source rand.Source) float64 {
	u := random.Open(source)
	return math.Log(u / (1 - u))
}
