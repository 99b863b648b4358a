package minibatch

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// minBatches is the smallest sample that the p-value's formula is for.
const minBatches = 8

// NormalityConfig says which minibatches CheckNormality looks at.
type NormalityConfig struct {
	// Batch is b, the size of a minibatch, from 1 to an eighth of the number
	// of samples.
	Batch int
	// FinitePopulation divides by s_d·√((1 − b/N)/b), the standard deviation
	// of a mean of b samples drawn without replacement, which is what they
	// are. The default is s_d/√b, as in the paper. It rescales Standardized;
	// the test statistic does not depend on it.
	FinitePopulation bool
}

// A Normality tells how normal the means over minibatches are.
type Normality struct {
	// Batch is b.
	Batch int
	// Standardized holds the mean of each of the ⌊N/b⌋ minibatches, less the
	// mean over all the data, over its expected standard deviation.
	Standardized []float64
	// Mean and Deviation are the mean and the standard deviation (with the
	// divisor ⌊N/b⌋ − 1) of Standardized. The expected square of Deviation is
	// exactly 1 without FinitePopulation, whatever the data: that the means
	// repel each other makes up for their smaller variance.
	Mean, Deviation float64
	// AndersonDarling is the Anderson–Darling statistic A² of Standardized
	// against a normal distribution of estimated mean and variance, times
	// Stephens's factor 1 + 0.75/n + 2.25/n² for samples of n.
	AndersonDarling float64
	// PValue is the probability of a statistic as large as this or larger if
	// the means are normal. From 0.01 to 0.5 it is right to 5 % of itself for
	// 20 minibatches or more, to 15 % for eight, as measured by simulation;
	// smaller ones are extrapolated, and never below 10⁻¹⁹⁰.
	PValue float64
	// Bound is Seita's bound on the error of the distribution function of the
	// mean of b samples, from the moments of all the data: NormalityError of
	// all differences times √(N/b).
	Bound float64
}

// CheckNormality tests the assumption of the adaptive test that the mean over
// a minibatch is normal. The differences are ℓᵢ(Θ′) − ℓᵢ(Θ) of one proposal
// over all N samples, as tps.Chain.ProposalDifferences writes them; they are
// neither changed nor kept. A random permutation from source splits them into
// ⌊N/b⌋ disjoint minibatches. Source: Mair, Causer and Garrahan, arXiv
// 2306.13442, appendix C and figure 4.
//
// The test is that of Anderson and Darling for unknown mean and variance
// (Stephens, J. Am. Stat. Assoc. 69, 730, 1974; p-values by D'Agostino and
// Stephens, Goodness-of-Fit Techniques, 1986, table 4.9). Mean and variance
// are known here, but the minibatches are disjoint, so that their means add up
// to the total and repel each other: if the data are normal they are
// independent normal numbers less a common one. A common shift does not change
// a statistic that estimates the mean; one with known parameters would be
// wrong. Nor is anything lost: the split fixes the mean and the variance
// whatever the data are, only the shape is in question.
//
// The error names a configuration out of its range, or a difference that is
// not finite, or says that all are equal.
func CheckNormality(differences []float64, source rand.Source, config NormalityConfig) (*Normality, error) {
	if source == nil {
		return nil, fmt.Errorf("minibatch: the source is nil")
	}
	n, b := len(differences), config.Batch
	if n < minBatches || n > maxSamples {
		return nil, fmt.Errorf("minibatch: %d differences, want %d to %d", n, minBatches, maxSamples)
	}
	if b < 1 || b > n/minBatches {
		return nil, fmt.Errorf("minibatch: Batch = %d, want 1 to an eighth of the number of differences, %d", b, n/minBatches)
	}
	for i, d := range differences {
		if d-d != 0 {
			return nil, fmt.Errorf("minibatch: the difference of sample %d is %v, want a finite number", i, d)
		}
	}
	var all moments
	if !all.add(differences) || all.deviations-all.deviations != 0 {
		return nil, fmt.Errorf("minibatch: the differences are too large for their variance")
	}
	if !(all.deviations > 0) {
		return nil, fmt.Errorf("minibatch: all differences are %v, which have no distribution", differences[0])
	}

	deviation := math.Sqrt(all.variance() / float64(b))
	if config.FinitePopulation {
		deviation *= math.Sqrt(1 - float64(b)/float64(n))
	}
	means := batchMeans(differences, b, source)
	for k := range means {
		means[k] = (means[k] - all.mean) / deviation
	}
	var m moments
	if !m.add(means) || !(m.deviations > 0) {
		return nil, fmt.Errorf("minibatch: all minibatches of %d have the same mean", b)
	}
	check := &Normality{
		Batch:        b,
		Standardized: means,
		Mean:         m.mean,
		Deviation:    math.Sqrt(m.variance()),
		Bound:        NormalityError(differences) * math.Sqrt(float64(n)/float64(b)),
	}
	check.AndersonDarling = andersonDarling(means, check.Mean, check.Deviation)
	check.PValue = andersonDarlingPValue(check.AndersonDarling)
	return check, nil
}

// batchMeans returns the means of ⌊N/b⌋ disjoint random minibatches.
func batchMeans(differences []float64, b int, source rand.Source) []float64 {
	n := len(differences)
	means := make([]float64, n/b)
	order := random.NewDeck(n).Draw(len(means)*b, source)
	for k := range means {
		sum := 0.0
		for _, i := range order[k*b : (k+1)*b] {
			sum += differences[i]
		}
		means[k] = sum / float64(b)
	}
	return means
}

// Histogram writes the density of Standardized in len(dst) bins of equal width
// from low to high to dst, to compare with the standard normal density. What
// is outside of the range is left out, and counts in the normalization.
// Histogram panics if low is not below high.
func (n *Normality) Histogram(dst []float64, low, high float64) {
	if !(low < high) {
		panic("minibatch: a histogram needs a range")
	}
	clear(dst)
	width := (high - low) / float64(len(dst))
	share := 1 / (float64(len(n.Standardized)) * width)
	for _, z := range n.Standardized {
		if z >= low && z < high {
			dst[min(int((z-low)/width), len(dst)-1)] += share
		}
	}
}
