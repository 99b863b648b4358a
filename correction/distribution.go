package correction

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"

	"gonum.org/v1/gonum/floats"
)

// A Distribution is the distribution of X_corr: atoms y_k with probabilities
// w_k, made for a normal noise of standard deviation Sigma. It never changes
// and may be used by several goroutines at once.
//
// Every weight is a multiple of 2⁻⁵³ (about 1e-16), so that their sum is
// exactly one, in whatever order it is taken, and Rand can draw from exactly
// these weights.
type Distribution struct {
	sigma      float64
	method     Method
	atoms      []float64 // increasing
	weights    []float64 // positive
	cumulative []float64 // cumulative[k] = w_0 + … + w_{k−1}, len(atoms)+1 of them
	alias      alias
	maxError   func() float64
}

// FromAtoms returns the distribution with the given atoms and weights for a
// normal noise of standard deviation sigma, in [0.01, 10]. It need not be a
// good correction: MaxCDFError says how good it is.
//
// Atoms must be in [−10⁶, 10⁶], weights finite and not negative, with a sum
// within 1e-9 of one; they are divided by it and rounded to multiples of 2⁻⁵³.
// Atoms may be in any order; equal ones are joined, and those whose weight rounds to
// zero are left out. Both slices are copied.
func FromAtoms(sigma float64, atoms, weights []float64) (*Distribution, error) {
	return newDistribution(sigma, Custom, atoms, weights)
}

func newDistribution(sigma float64, method Method, atoms, weights []float64) (*Distribution, error) {
	if !(sigma >= 0.01 && sigma <= 10) {
		return nil, fmt.Errorf("correction: sigma = %v, want a number in [0.01, 10]", sigma)
	}
	if len(atoms) == 0 {
		return nil, errors.New("correction: no atoms")
	}
	if len(weights) != len(atoms) {
		return nil, fmt.Errorf("correction: %d weights for %d atoms", len(weights), len(atoms))
	}
	for k, y := range atoms {
		if !(math.Abs(y) <= 1e6) {
			return nil, fmt.Errorf("correction: atom %d is %v, want a number in [-1e6, 1e6]", k, y)
		}
		if w := weights[k]; !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("correction: weight %d is %v, want a finite number that is not negative", k, w)
		}
	}
	total := floats.SumCompensated(weights)
	if !(math.Abs(total-1) <= 1e-9) {
		return nil, fmt.Errorf("correction: the sum of the weights is %v, want 1 within 1e-9", total)
	}
	sorted, units := quantize(atoms, weights, total)
	d := &Distribution{
		sigma:      sigma,
		method:     method,
		atoms:      sorted,
		weights:    make([]float64, len(units)),
		cumulative: make([]float64, len(units)+1),
		alias:      newAlias(sorted, units),
	}
	for k, n := range units {
		d.weights[k] = float64(n) * 0x1p-53
		d.cumulative[k+1] = d.cumulative[k] + d.weights[k]
	}
	d.maxError = sync.OnceValue(d.findMaxError)
	return d, nil
}

// quantize returns the atoms in increasing order, without repetition, and
// their weights in units of 2⁻⁵³, all positive and of sum 2⁵³. What rounding
// leaves over goes to the heaviest atom, or to it and its mirror image if the
// distribution is symmetric.
func quantize(atoms, weights []float64, total float64) (sorted []float64, units []uint64) {
	order := make([]int, len(atoms))
	for k := range order {
		order[k] = k
	}
	sort.SliceStable(order, func(i, j int) bool { return atoms[order[i]] < atoms[order[j]] })
	for _, k := range order {
		n := uint64(math.RoundToEven(weights[k] / total * 0x1p53))
		y := atoms[k] + 0 // makes −0 a 0
		if last := len(sorted) - 1; last >= 0 && sorted[last] == y {
			units[last] += n
			continue
		}
		sorted = append(sorted, y)
		units = append(units, n)
	}
	rest := int64(1 << 53)
	heaviest := 0
	for k, n := range units {
		rest -= int64(n)
		if n > units[heaviest] {
			heaviest = k
		}
	}
	if mirror := len(units) - 1 - heaviest; mirror != heaviest && symmetric(sorted, units) {
		if rest%2 != 0 { // then there is an atom at zero, of odd weight
			units[len(units)/2]++
			rest--
		}
		rest /= 2
		units[mirror] += uint64(rest)
	}
	units[heaviest] += uint64(rest)

	kept := 0
	for k, n := range units {
		if n > 0 {
			sorted[kept], units[kept] = sorted[k], n
			kept++
		}
	}
	return sorted[:kept], units[:kept]
}

// symmetric reports whether X and −X have the same distribution, exactly.
func symmetric(atoms []float64, units []uint64) bool {
	for i, j := 0, len(atoms)-1; i <= j; i, j = i+1, j-1 {
		if atoms[i] != -atoms[j] || units[i] != units[j] {
			return false
		}
	}
	return true
}

// Sigma returns σ_c, the standard deviation of the normal noise that the
// distribution is made for.
func (d *Distribution) Sigma() float64 { return d.sigma }

// Method returns how the distribution was found.
func (d *Distribution) Method() Method { return d.method }

// Atoms returns a copy of the values that X_corr can take, in increasing
// order.
func (d *Distribution) Atoms() []float64 { return slices.Clone(d.atoms) }

// Weights returns a copy of the probabilities of Atoms, all positive.
func (d *Distribution) Weights() []float64 { return slices.Clone(d.weights) }

// Variance returns the variance of X_corr. For a good correction it is near
// π²/3 − Sigma², what the logistic has more than the normal noise.
func (d *Distribution) Variance() float64 {
	mean := floats.Dot(d.atoms, d.weights)
	sum := 0.0
	for k, y := range d.atoms {
		sum += d.weights[k] * (y - mean) * (y - mean)
	}
	return sum
}

// CDF returns P(N(0, Sigma²) + X_corr ≤ x), to within about 1e-15, and with
// as many digits in the lower tail. CDF(−Inf) is 0, CDF(Inf) is 1 and CDF(NaN)
// is NaN.
func (d *Distribution) CDF(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	// Farther than 39 standard deviations from x the normal CDF is 0 or 1 in
	// float64.
	from := sort.SearchFloat64s(d.atoms, x-39*d.sigma)
	sum := d.cumulative[from]
	for k := from; k < len(d.atoms) && d.atoms[k] < x+39*d.sigma; k++ {
		sum += d.weights[k] * normal((x-d.atoms[k])/d.sigma)
	}
	return min(sum, 1)
}

// survival returns 1 − CDF(x), with as many digits in the upper tail.
func (d *Distribution) survival(x float64) float64 {
	from := sort.SearchFloat64s(d.atoms, x+39*d.sigma)
	sum := 1 - d.cumulative[from]
	for k := from - 1; k >= 0 && d.atoms[k] > x-39*d.sigma; k-- {
		sum += d.weights[k] * normal((d.atoms[k]-x)/d.sigma)
	}
	return min(sum, 1)
}
