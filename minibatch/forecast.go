package minibatch

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A forecast is what past decisions tell of the next one: how much its
// differences vary, how unequal proposals are in that, and how skewed and
// heavy-tailed differences are. Differences are in units of the proposal's scale
// (Scaler). Its fields are means over decisions, of which it forgets the older
// ones, as a chain changes.
type forecast struct {
	decisions int     // learned from
	variance  float64 // of the sample variances v
	square    float64 // of v²
	third     float64 // of the squares of the third cumulants, less what chance adds for normal differences
	fourth    float64 // of the fourth central moments
	inverse   float64 // of 1/b
	product   float64 // of the product of the variances of two halves of the draws

	population float64 // 1/N, 0 for draws with replacement: no part of the state
	next       outlook // of a term of a proposal of scale 1, for s = 1; noOutlook before the first
}

const (
	// remembered is how many decisions a forecast remembers.
	remembered = 1024
	// few decisions do not tell that proposals are alike.
	few = 32
	// settling is how many decisions change the outlook at once; later every
	// glance-th does, as it takes time to compute.
	settling, glance = 256, 16
	// mostUnequal bounds how unequal proposals are taken to be.
	mostUnequal = 4
)

// learn takes in the terms of a decision on a proposal of the given scale, and the
// product of the variances of two halves of them.
func (f *forecast) learn(drawn *shape, product, scale float64) {
	b := float64(drawn.n)
	if b < 4 {
		return
	}
	unit := 1 / scale
	square := unit * unit
	v := drawn.variance() * square
	third := drawn.third() * square * unit
	fourth := drawn.fourth() * square * square
	if !(v*v*v+third*third+fourth+product*square*square < math.Inf(1)) {
		return // differences so large that their powers overflow
	}
	f.decisions++
	gain := gainOf(f.decisions, remembered)
	f.variance += gain * (v - f.variance)
	f.square += gain * (v*v - f.square)
	f.third += gain * (third*third - 6*v*v*v/b - f.third)
	f.fourth += gain * (fourth - f.fourth)
	f.inverse += gain * (1/b - f.inverse)
	f.product += gain * (product*square*square - f.product)
	if f.decisions < settling || f.decisions%glance == 0 {
		f.next = f.look()
	}
}

// gainOf returns the weight of the n-th number in a running mean that remembers
// so many. What came in the very beginning, when nothing was known, is forgotten
// sooner than in a plain mean.
func gainOf(n, remembered int) float64 {
	return max(min(1, 3/float64(n+2)), 1/float64(remembered))
}

// An outlook is what a forecast says of one decision.
type outlook struct {
	variance float64 // expected of a term −s dᵢ
	unequal  float64 // variance of that variance between proposals, relative to its square
	skewness float64 // its magnitude
	kurtosis float64 // 3 for normal differences
}

// outlook returns what is known of the terms −s dᵢ of a proposal of the given
// scale before any is drawn.
func (f *forecast) outlook(s, scale float64) outlook {
	if f.decisions == 0 {
		return noOutlook
	}
	o := f.next
	o.variance *= s * s * scale * scale
	return o
}

// noOutlook is the outlook of one who knows nothing.
var noOutlook = outlook{unequal: mostUnequal, kurtosis: 3}

// look returns the outlook for a proposal of scale 1 and s = 1.
func (f *forecast) look() outlook {
	if !(f.variance > 0) || !(f.square > 0) {
		return noOutlook
	}
	o := outlook{variance: f.variance}
	// Sample variances v differ between proposals, and by chance: E v² is
	// σ⁴ [1 + (κ − 1)/b], but chance makes the halves of a batch of N differ to
	// opposite sides, so that the mean of their product is σ⁴ [1 − (κ − 1)/N].
	chance := max(0, f.square-f.product) / f.inverse // σ⁴ (κ − 1)
	squared := f.product + chance*f.population       // σ⁴
	o.kurtosis = max(1, f.fourth/f.square)
	if squared > 0 {
		o.kurtosis = max(o.kurtosis, 1+chance/squared)
	}
	o.skewness = math.Sqrt(max(0, f.third) / (f.variance * f.square))
	o.unequal = min(max(0, squared/(f.variance*f.variance)-1), mostUnequal)
	if f.decisions < few {
		o.unequal = max(o.unequal, 1)
	}
	return o
}

// chance returns the relative variance of the sample variance of n terms.
func (o *outlook) chance(n int) float64 { return (o.kurtosis - 1) / float64(n) }

// mixed returns the variance that is expected, with what the draws say in its
// place as far as they have the weight own.
func (o *outlook) mixed(own, drawn float64) float64 { return (1-own)*o.variance + own*drawn }

// weight returns the weight, in the best linear estimate of a variance, of the
// sample variance of n terms against what was expected of it with the given
// relative variance.
func (o *outlook) weight(unknown float64, n int) float64 {
	if unknown == 0 {
		return 0
	}
	return unknown / (unknown + (1+unknown)*o.chance(n))
}

// forecastBytes is the length of a forecast's state.
const forecastBytes = 11 * 8

func (f *forecast) append(state []byte) []byte {
	state = binary.LittleEndian.AppendUint64(state, uint64(f.decisions))
	for _, x := range f.numbers() {
		state = binary.LittleEndian.AppendUint64(state, math.Float64bits(*x))
	}
	return state
}

func (f *forecast) restore(state []byte) error {
	if len(state) != forecastBytes {
		return fmt.Errorf("minibatch: the state of a test has %d bytes, want %d", len(state), forecastBytes)
	}
	g := forecast{population: f.population}
	g.decisions = int(binary.LittleEndian.Uint64(state))
	for i, x := range g.numbers() {
		*x = math.Float64frombits(binary.LittleEndian.Uint64(state[8*(i+1):]))
		if *x-*x != 0 || *x < 0 && x != &g.third {
			return fmt.Errorf("minibatch: number %d in the state of a test is %v", i, *x)
		}
	}
	if g.decisions < 0 {
		return fmt.Errorf("minibatch: the state of a test has %d decisions", g.decisions)
	}
	*f = g
	return nil
}

// numbers returns the part of the state that is not a whole number.
func (f *forecast) numbers() []*float64 {
	return []*float64{
		&f.variance, &f.square, &f.third, &f.fourth, &f.inverse, &f.product,
		&f.next.variance, &f.next.unequal, &f.next.skewness, &f.next.kurtosis,
	}
}
