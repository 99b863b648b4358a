package diagnostics

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// SplitRHat returns the potential scale reduction R̂ of at least one chain, each
// split into halves, so that a drift within chains shows like a disagreement
// between them (Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, section
// 11.4). With m halves of n values, W being the mean of their variances and B
// the variance of their means times n,
//
//	R̂ = √((n−1)/n + B/(nW)).
//
// It falls to 1 as the chains forget where they began. Below 1.1 was the
// book's limit; Vehtari et al. advise 1.01.
//
// Chains of different lengths are cut to their last values, as many as the
// shortest has; of an odd number the middle one is left out. R̂ is NaN if
// halves have fewer than 2 values or a value is not finite, and if all values
// are equal; it is +Inf if each half is constant but not all are equal.
func SplitRHat(chains [][]float64) float64 { return rHat(split(chains)) }

// RankRHat returns the rank-normalized R̂ of Vehtari et al. (Bayesian Analysis
// 16, 667 (2021), section 4): the larger of SplitRHat of the values' normal
// scores, which exists for any distribution, and of the scores of their
// distances to the median, which also sees chains that agree in the mean but
// not in the spread. Lengths and NaN are as for SplitRHat. The cost is that of
// sorting all values.
func RankRHat(chains [][]float64) float64 {
	halves := split(chains)
	bulk := rHat(normalScores(halves))
	tail := rHat(normalScores(folded(halves)))
	return max(bulk, tail) // NaN if one is
}

// split returns the halves of the chains, as views, nil if they are too short.
func split(chains [][]float64) [][]float64 {
	if len(chains) == 0 {
		return nil
	}
	shortest := len(chains[0])
	for _, chain := range chains {
		shortest = min(shortest, len(chain))
	}
	half := shortest / 2
	if half < 2 {
		return nil
	}
	halves := make([][]float64, 0, 2*len(chains))
	for _, chain := range chains {
		chain = chain[len(chain)-shortest:]
		halves = append(halves, chain[:half], chain[shortest-half:])
	}
	return halves
}

func rHat(halves [][]float64) float64 {
	if len(halves) == 0 {
		return math.NaN()
	}
	n, m := float64(len(halves[0])), float64(len(halves))
	means := make([]float64, len(halves))
	within := 0.0
	for k, half := range halves {
		means[k] = meanOf(half)
		for _, x := range half {
			within += (x - means[k]) * (x - means[k])
		}
	}
	within /= m * (n - 1)
	grand, between := meanOf(means), 0.0 // B/n
	for _, mean := range means {
		between += (mean - grand) * (mean - grand)
	}
	between /= m - 1
	return math.Sqrt((n-1)/n + between/within)
}

// folded returns |x − median| of all values.
func folded(halves [][]float64) [][]float64 {
	all := slices.Sorted(concatenated(halves))
	if len(all) == 0 {
		return nil
	}
	middle := len(all) / 2
	median := all[middle]
	if len(all)%2 == 0 {
		median = all[middle-1]/2 + median/2
	}
	dst := make([][]float64, len(halves))
	for k, half := range halves {
		dst[k] = make([]float64, len(half))
		for i, x := range half {
			dst[k][i] = math.Abs(x - median)
		}
	}
	return dst
}

func concatenated(halves [][]float64) func(func(float64) bool) {
	return func(yield func(float64) bool) {
		for _, half := range halves {
			for _, x := range half {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// normalScores replaces each value by Φ⁻¹((r − 3/8)/(S + 1/4)), r being its rank
// among all S values, 1 … S, ties sharing the mean of theirs (Blom 1958;
// Vehtari et al.). A value that is not finite has no rank: all are NaN then.
func normalScores(halves [][]float64) [][]float64 {
	type place struct{ half, index int }
	var order []place
	finite := true
	dst := make([][]float64, len(halves))
	for k, half := range halves {
		dst[k] = make([]float64, len(half))
		for i, x := range half {
			order = append(order, place{k, i})
			finite = finite && x-x == 0
		}
	}
	value := func(p place) float64 { return halves[p.half][p.index] }
	slices.SortFunc(order, func(p, q place) int { return cmp.Compare(value(p), value(q)) })
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && value(order[to]) == value(order[from]) {
			to++
		}
		rank := float64(from+1+to) / 2
		score := math.NaN()
		if finite {
			score = distuv.UnitNormal.Quantile((rank - 0.375) / (float64(len(order)) + 0.25))
		}
		for _, p := range order[from:to] {
			dst[p.half][p.index] = score
		}
		from = to
	}
	return dst
}
