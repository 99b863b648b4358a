package report

import (
	"math"
	"strconv"
)

// A Bin is the samples whose confidence, the probability of the predicted
// class, is in one range.
type Bin struct {
	// Confidence is the mean confidence and Accuracy the share of samples whose
	// predicted class is right, both in [0, 1]. They do not matter if Count is 0.
	Confidence, Accuracy float64
	// Count is the number of samples.
	Count int
}

// A Reliability is a diagram of accuracy over confidence.
type Reliability struct {
	Title, Caption string
	Bins           []Bin
}

// A Confusion is a table of true and predicted classes.
type Confusion struct {
	Title, Caption string
	// Counts has the number of samples: Counts[i][j] is of class i predicted as
	// class j. It is square.
	Counts [][]int
}

// className returns the name of a class, or the number if there is none.
func (r *Report) className(class int) string {
	if class >= 0 && class < len(r.Classes) {
		return r.Classes[class]
	}
	return strconv.Itoa(class)
}

// calibrationError returns the mean distance of accuracy from confidence over
// the samples of the bins that have a place, or false if there are no samples
// (Naeini et al., AAAI 2015, for the bins at hand).
func calibrationError(bins []Bin) (float64, bool) {
	sum, count := 0.0, 0.0
	for _, b := range bins {
		if b.Count > 0 && b.Confidence >= 0 && b.Confidence <= 1 && b.Accuracy >= 0 && b.Accuracy <= 1 {
			sum += float64(b.Count) * math.Abs(b.Accuracy-b.Confidence)
			count += float64(b.Count)
		}
	}
	return sum / count, count > 0
}
