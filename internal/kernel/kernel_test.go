package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stretchr/testify/require"
	"github.com/trajens/trajens/internal/random"
)

// tables are the implementations to test here: the twins, and all machine code
// that this build and processor have.
func tables() map[string]*table {
	t := map[string]*table{"twins": portable()}
	for _, m := range machines() {
		t[m.name] = m
	}
	return t
}

// on runs do with another table.
func on(t *table, do func()) {
	defer func(was *table) { active = was }(active)
	active = t
	do()
}

func newRand(seed ...uint64) *rand.Rand { return rand.New(random.Source(1, seed...)) }

// floats returns n normal numbers.
func floats(n int, seed uint64) []float32 {
	rng := newRand(seed)
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// guardWord stands before, after and in results that are not to be written.
// It is a NaN that no kernel makes.
var guardWord = math.Float32frombits(0x7fc0dead)

// guarded returns n numbers, all of them guard words, and a function that
// fails the test if one of the words beside them has changed.
func guarded(n int) ([]float32, func(t require.TestingT)) {
	const beside = 64
	all := make([]float32, n+2*beside)
	for i := range all {
		all[i] = guardWord
	}
	return all[beside : beside+n : beside+n], func(t require.TestingT) {
		for i, x := range all {
			if (i < beside || i >= beside+n) && !isGuard(x) {
				require.Failf(t, "write out of bounds", "at %d of %d", i-beside, n)
			}
		}
	}
}

func isGuard(x float32) bool { return math.Float32bits(x) == math.Float32bits(guardWord) }

// exact is a sum in float64, with what its roundings in float32 depend on.
type exact struct {
	sum, absolute float64 // Σ terms, Σ |terms|
	roundings     int     // that a term may go through
	written       bool
}

// bound is how far a sum in float32 may be from the exact one: each term goes
// through at most n roundings by relative 2⁻²⁴, so the sum is off by at most
// n·2⁻²⁴/(1 − n·2⁻²⁴)·Σ|terms| (Higham, Accuracy and Stability of Numerical
// Algorithms, 2nd edition, section 3.1).
func (e exact) bound() float64 {
	u := float64(e.roundings) * 0x1p-24
	return u / (1 - u) * e.absolute
}

// agrees says whether x is e, after max(floor, ·): max does not add to the
// error.
func (e exact) agrees(x, floor float32) bool {
	if !e.written {
		return isGuard(x)
	}
	want := max(e.sum, float64(floor))
	return math.Abs(float64(x)-want) <= e.bound()
}

// requireAgree compares results with the exact ones.
func requireAgree(t require.TestingT, want []exact, got []float32, floor float32, arguments string) {
	for i, e := range want {
		if !e.agrees(got[i], floor) {
			require.Failf(t, "wrong result", "%s\nat %d: got %v, want max(%v, %v) ± %v (written: %v)", arguments, i, got[i], floor, e.sum, e.bound(), e.written)
		}
	}
}

// class says what kind of number x is.
func class(x float64) string {
	switch {
	case x != x:
		return "NaN"
	case math.IsInf(x, 0):
		return fmt.Sprint(x)
	default:
		return "finite"
	}
}

// requireClasses fails if a number of got is not of the same kind as that of
// want.
func requireClasses(t require.TestingT, want, got []float32, arguments string) {
	for i, w := range want {
		if class(float64(w)) != class(float64(got[i])) {
			require.Failf(t, "wrong class", "%s\nat %d: got %v, want %v", arguments, i, got[i], w)
		}
	}
}

// requireSame fails if two results differ in a bit; all NaN are the same, but
// for guard words.
func requireSame(t require.TestingT, want, got []float32, arguments string) {
	require.Len(t, got, len(want))
	for i, w := range want {
		if isGuard(w) != isGuard(got[i]) || math.Float32bits(w) != math.Float32bits(got[i]) && (w == w || got[i] == got[i]) {
			require.Failf(t, "not the same", "%s\nat %d: got %v, want %v", arguments, i, got[i], w)
		}
	}
}

// specials are what spoils sums.
var specials = []float32{float32(math.NaN()), float32(math.Inf(1)), negativeInfinity, 0}

// spoil replaces a few numbers by special ones.
func spoil(rng *rand.Rand, x []float32, n int) {
	for range n {
		x[rng.IntN(len(x))] = specials[rng.IntN(len(specials))]
	}
}
