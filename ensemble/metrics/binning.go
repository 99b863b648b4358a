package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Binning says how confidences are put in bins. The zero value has 15 bins of
// equal width.
type Binning struct {
	// Bins is the number of bins, 1 to 1,000,000. 0: 15.
	Bins int
	// EqualMass gives each bin as many samples as the next, or one more in the
	// first bins if the division leaves a remainder. If samples of the same
	// confidence fall in several bins, each bin takes the same share of right
	// ones among them, so that the order of samples does not matter.
	//
	// By default bins have equal width, as EqualWidthBin has them.
	EqualMass bool
}

// DefaultBins is the number of bins of the zero Binning.
const DefaultBins = 15

const mostBins = 1_000_000

// edge is how far a probability may be above an end that it is taken as on.
const edge = 1e-12

func (b Binning) withDefaults() (Binning, error) {
	b.Bins = cmp.Or(b.Bins, DefaultBins)
	if b.Bins < 1 || b.Bins > mostBins {
		return b, fmt.Errorf("metrics: Bins = %d, want 1 to %d, or 0 for %d", b.Bins, mostBins, DefaultBins)
	}
	return b, nil
}

// An outcome is a confidence and what came of it: 1 for right and 0 for wrong, or a
// loss.
type outcome struct{ confidence, value float64 }

// diagram puts outcomes in bins. It may sort them.
func (b Binning) diagram(outcomes []outcome) Reliability {
	if b.EqualMass {
		return b.equalMass(outcomes)
	}
	diagram := make(Reliability, b.Bins)
	for _, o := range outcomes {
		diagram[EqualWidthBin(o.confidence, b.Bins)].add(o)
	}
	for i := range diagram {
		diagram[i].Low, diagram[i].High = b.end(i), b.end(i+1)
		diagram[i].finish()
	}
	return diagram
}

func (b Binning) end(i int) float64 { return float64(i) / float64(b.Bins) }

// EqualWidthBin returns which of some bins of equal width, at least 1, a confidence of
// 0 to 1 is in: bin b of B is (b/B, (b+1)/B], and the first has 0, too. A confidence
// within 1e-12 above an end is taken as on it, since the exponential of a logarithm may
// have been rounded up.
func EqualWidthBin(confidence float64, bins int) int {
	bin := min(int(confidence*float64(bins)), bins-1)
	for bin > 0 && confidence <= float64(bin)/float64(bins)+edge {
		bin--
	}
	return bin
}

func (b Binning) equalMass(outcomes []outcome) Reliability {
	sortByConfidence(outcomes)
	for rest := outcomes; len(rest) > 0; {
		var tied []outcome
		tied, rest = cutTies(rest)
		sum := 0.0
		for _, o := range tied {
			sum += o.value
		}
		for i := range tied {
			tied[i].value = sum / float64(len(tied))
		}
	}
	diagram := make(Reliability, b.Bins)
	size, remainder := len(outcomes)/b.Bins, len(outcomes)%b.Bins
	for i := range diagram {
		count := size
		if i < remainder {
			count++
		}
		bin := &diagram[i]
		bin.Low, bin.High = math.NaN(), math.NaN()
		if count > 0 {
			bin.Low, bin.High = outcomes[0].confidence, outcomes[count-1].confidence
		}
		for _, o := range outcomes[:count] {
			bin.add(o)
		}
		outcomes = outcomes[count:]
		bin.finish()
	}
	return diagram
}

// sortByConfidence sorts outcomes from low to high confidence, none of them NaN.
func sortByConfidence(outcomes []outcome) {
	slices.SortFunc(outcomes, func(x, y outcome) int { return ascending(x.confidence, y.confidence) })
}

// ascending compares numbers that are not NaN.
func ascending(x, y float64) int {
	if x < y {
		return -1
	}
	if x > y {
		return 1
	}
	return 0
}

// cutTies cuts sorted outcomes after the first ones of the same confidence.
func cutTies(outcomes []outcome) (tied, rest []outcome) {
	end := 1
	for end < len(outcomes) && outcomes[end].confidence == outcomes[0].confidence {
		end++
	}
	return outcomes[:end], outcomes[end:]
}

// add sums, until finish divides.
func (b *Bin) add(o outcome) {
	b.Count++
	b.Confidence += o.confidence
	b.Accuracy += o.value
}

func (b *Bin) finish() {
	b.Confidence /= float64(b.Count) // 0/0 is NaN
	b.Accuracy /= float64(b.Count)
}
