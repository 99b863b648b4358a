package metrics

import (
	"fmt"
	"math"
	"sort"
)

// PITPerSample returns the probability integral transform of each target, P(Y ≤
// y) of its mixture: 0 to 1, and uniform if the mixtures are the truth (Dawid,
// Journal of the Royal Statistical Society A 147 (1984)). Of point masses it is
// the share of weight up to y, which is not uniform.
func (r *Regression) PITPerSample() []float64 {
	pit := make([]float64, r.Len())
	eachSample(r.Len(), func(i int) { pit[i], _ = r.cdf(i, r.targets[i]) })
	return pit
}

// QuantileCalibration returns, for each level of 0 to 1, the share of targets
// that are up to the mixture's quantile of that level, which is the level if
// all is well: the calibration curve of Kuleshov et al. (arXiv 1807.00263). It
// is counted as the share of PIT values up to the level, or above it by less than
// 1e-12, since weights are rounded.
func (r *Regression) QuantileCalibration(levels []float64) ([]float64, error) {
	for i, level := range levels {
		if !(level >= 0 && level <= 1) {
			return nil, fmt.Errorf("metrics: levels[%d] = %v, want 0 to 1", i, level)
		}
	}
	return r.calibration(levels), nil
}

func (r *Regression) calibration(levels []float64) []float64 {
	pit := r.PITPerSample()
	sort.Float64s(pit)
	shares := make([]float64, len(levels))
	for i, level := range levels {
		count := sort.Search(len(pit), func(k int) bool { return pit[k] > level+edge })
		shares[i] = float64(count) / float64(len(pit))
	}
	return shares
}

// QuantileCalibrationError returns the mean of |share − level| of
// QuantileCalibration over the levels 0.01, 0.02 to 0.99: 0 to 1/2, of which 0
// is best (the mean absolute calibration error of Chung et al., arXiv
// 2109.10254). Targets drawn from the mixtures themselves have about 0.3/√n.
func (r *Regression) QuantileCalibrationError() float64 {
	levels := make([]float64, 99)
	for i := range levels {
		levels[i] = float64(i+1) / 100
	}
	sum := 0.0
	for i, share := range r.calibration(levels) {
		sum += math.Abs(share - levels[i])
	}
	return sum / float64(len(levels))
}

// CoveredPerSample returns 1 where the target is in the central interval of a
// probability in (0, 1), its ends included, else 0.
func (r *Regression) CoveredPerSample(probability float64) ([]float64, error) {
	low, high, err := r.IntervalPerSample(probability)
	if err != nil {
		return nil, err
	}
	covered := make([]float64, r.Len())
	for i, y := range r.targets {
		if low[i] <= y && y <= high[i] {
			covered[i] = 1
		}
	}
	return covered, nil
}

// Coverage returns the share of targets in the central intervals of a
// probability in (0, 1), which is that probability if all is well, and the mean
// width of the intervals in units of the target, of which less is better at the
// same share.
func (r *Regression) Coverage(probability float64) (share, width float64, err error) {
	low, high, err := r.IntervalPerSample(probability)
	if err != nil {
		return math.NaN(), math.NaN(), err
	}
	for i, y := range r.targets {
		if low[i] <= y && y <= high[i] {
			share++
		}
		width += high[i] - low[i]
	}
	n := float64(r.Len())
	return share / n, width / n, nil
}
