package metrics

import (
	"fmt"
	"math"
	"slices"
)

// A Detection says how well scores tell samples out of distribution from
// samples in it. More means further out: scores are uncertainties, such as the
// entropy, the mutual information or the negative confidence (Hendrycks and
// Gimpel, arXiv 1610.02136). No threshold separates samples of equal score.
type Detection struct {
	levels  []level // from the largest score to the smallest
	in, out float64 // numbers of samples
}

// A level is how many samples have one score.
type level struct{ score, in, out float64 }

// NewDetection returns the detection by the scores of samples in distribution and
// out of it, at least one of each. Infinities are scores, NaN is an error. The
// slices are not kept.
func NewDetection(in, out []float64) (*Detection, error) {
	if len(in) == 0 || len(out) == 0 {
		return nil, fmt.Errorf("metrics: %d samples in distribution and %d out of it, want at least 1 of each", len(in), len(out))
	}
	if err := checkScores("score in distribution", in); err != nil {
		return nil, err
	}
	if err := checkScores("score out of distribution", out); err != nil {
		return nil, err
	}
	levels := make([]level, 0, len(in)+len(out))
	for _, score := range in {
		levels = append(levels, level{score, 1, 0})
	}
	for _, score := range out {
		levels = append(levels, level{score, 0, 1})
	}
	slices.SortFunc(levels, func(x, y level) int { return ascending(y.score, x.score) })
	distinct := levels[:0]
	for _, l := range levels {
		if last := len(distinct) - 1; last >= 0 && distinct[last].score == l.score {
			distinct[last].in += l.in
			distinct[last].out += l.out
			continue
		}
		distinct = append(distinct, l)
	}
	return &Detection{distinct, float64(len(in)), float64(len(out))}, nil
}

// AUROC returns the area under the receiver operating characteristic, which is
// the probability that a sample out of distribution has a larger score than one
// in distribution, plus half of that of an equal score (Mann and Whitney): 0 to
// 1, 1/2 for scores that say nothing.
func (d *Detection) AUROC() float64 {
	sum, below := 0.0, d.in
	for _, l := range d.levels {
		below -= l.in
		sum += l.out * (below + l.in/2)
	}
	return sum / d.in / d.out
}

// AUPROut returns the average precision of finding samples out of distribution,
// those of large score: Σ_k (R_k − R_{k−1}) P_k over the distinct scores, with
// recall R and precision P, without interpolation as in scikit-learn. It is
// above 0 and at most 1; scores that say nothing have the share of samples out
// of distribution.
func (d *Detection) AUPROut() float64 { return averagePrecision(d.levels, d.out) }

// AUPRIn returns the average precision of finding samples in distribution, those
// of small score.
func (d *Detection) AUPRIn() float64 { return averagePrecision(reversed(d.levels), d.in) }

// averagePrecision takes out as positive.
func averagePrecision(levels []level, positives float64) float64 {
	sum, found, wrong := 0.0, 0.0, 0.0
	for _, l := range levels {
		found += l.out
		wrong += l.in
		sum += l.out / positives * (found / (found + wrong))
	}
	return sum
}

// FPROut returns the share of samples in distribution that are taken as out, at
// the largest threshold of the score at which at least a share tpr of the
// samples out of distribution is: 0 to 1, of which 0 is best. OpenOOD reports it at
// tpr = 0.95 (Yang et al., arXiv 2210.07242). tpr is above 0 to 1.
func (d *Detection) FPROut(tpr float64) (float64, error) {
	return falsePositives(d.levels, d.in, d.out, tpr)
}

// FPRIn returns the share of samples out of distribution that are taken as in, at
// the smallest threshold at which at least a share tpr of the samples in
// distribution is: 0 to 1, of which 0 is best. Liang et al. report it at tpr = 0.95
// (arXiv 1706.02690). tpr is above 0 to 1.
func (d *Detection) FPRIn(tpr float64) (float64, error) {
	return falsePositives(reversed(d.levels), d.out, d.in, tpr)
}

// falsePositives takes out as positive.
func falsePositives(levels []level, in, out, tpr float64) (float64, error) {
	if !(tpr > 0 && tpr <= 1) {
		return math.NaN(), fmt.Errorf("metrics: tpr = %v, want above 0 to 1", tpr)
	}
	found, wrong := 0.0, 0.0
	for _, l := range levels {
		found += l.out
		wrong += l.in
		if found/out >= tpr {
			break
		}
	}
	return wrong / in, nil
}

// reversed returns the levels for the search of samples in distribution.
func reversed(levels []level) []level {
	other := make([]level, len(levels))
	for i, l := range levels {
		other[len(levels)-1-i] = level{-l.score, l.out, l.in}
	}
	return other
}
