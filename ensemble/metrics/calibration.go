package metrics

import "math"

// Reliability returns the reliability diagram of the predictions: by confidence,
// how often the predicted class is the label (Guo et al., arXiv 1706.04599).
func (c *Classification) Reliability(binning Binning) (Reliability, error) {
	binning, err := binning.withDefaults()
	if err != nil {
		return nil, err
	}
	return binning.diagram(c.outcomes()), nil
}

// outcomes are the confidences and whether the predictions were right.
func (c *Classification) outcomes() []outcome {
	outcomes := make([]outcome, c.Len())
	correct := c.CorrectPerSample()
	for i, confidence := range c.ConfidencePerSample() {
		outcomes[i] = outcome{confidence, correct[i]}
	}
	return outcomes
}

// ECE returns the expected calibration error with 15 bins of equal width, as Guo
// et al. have it (arXiv 1706.04599, eq. 3): 0 to 1, of which 0 is best. For
// other bins see Reliability.
func (c *Classification) ECE() float64 {
	return Binning{Bins: DefaultBins}.diagram(c.outcomes()).ECE()
}

// AdaptiveECE returns the expected calibration error with 15 bins of equal mass,
// which hold as many samples each, as Nixon et al. propose (arXiv 1904.01685):
// 0 to 1, of which 0 is best. For other bins see Reliability.
func (c *Classification) AdaptiveECE() float64 {
	return Binning{Bins: DefaultBins, EqualMass: true}.diagram(c.outcomes()).ECE()
}

// ClasswiseReliability returns one reliability diagram for each class: by the
// probability of the class, how often the class is the label. All samples count
// in each, whatever their predicted class is.
func (c *Classification) ClasswiseReliability(binning Binning) ([]Reliability, error) {
	binning, err := binning.withDefaults()
	if err != nil {
		return nil, err
	}
	return c.classwise(binning), nil
}

func (c *Classification) classwise(binning Binning) []Reliability {
	diagrams := make([]Reliability, c.classes)
	outcomes := make([]outcome, c.Len())
	for class := range diagrams {
		for i, label := range c.labels {
			outcomes[i] = outcome{confidence: probability(c.LogProbabilities(i)[class])}
			if label == class {
				outcomes[i].value = 1
			}
		}
		diagrams[class] = binning.diagram(outcomes)
	}
	return diagrams
}

// ClasswiseECE returns the mean over the classes of the expected calibration
// error of the class's probability, with 15 bins of equal width: 0 to 1, of
// which 0 is best. Nixon et al. call it static calibration error
// (arXiv 1904.01685), Kull et al. classwise ECE (arXiv 1910.12656).
// For other bins see ClasswiseReliability; with equal mass the mean is Nixon's
// adaptive calibration error.
func (c *Classification) ClasswiseECE() float64 {
	sum := 0.0
	for _, diagram := range c.classwise(Binning{Bins: DefaultBins}) {
		sum += diagram.ECE()
	}
	return sum / float64(c.classes)
}

// A Reliability is a reliability diagram, its bins from low to high confidence.
type Reliability []Bin

// A Bin is the samples whose confidence is in one interval.
type Bin struct {
	// Low and High are the ends of the interval (Low, High], to which the first
	// bin adds its lower end. Of bins of equal mass, Low and High are the
	// smallest and the largest confidence in the bin, NaN if it is empty.
	Low, High float64
	// Count is the number of samples.
	Count int
	// Confidence is the mean confidence of the samples, and Accuracy the share
	// of those that are right. They are NaN if the bin is empty.
	Confidence, Accuracy float64
}

// ECE returns the expected calibration error, the mean over the samples of
// |Accuracy − Confidence| of their bin: 0 to 1, of which 0 is best. Empty bins
// do not count.
func (r Reliability) ECE() float64 {
	sum, count := 0.0, 0
	for _, bin := range r {
		if bin.Count > 0 {
			sum += float64(bin.Count) * math.Abs(bin.Accuracy-bin.Confidence)
			count += bin.Count
		}
	}
	return sum / float64(count)
}

// MaximumError returns the largest |Accuracy − Confidence| of a bin that is not
// empty: 0 to 1 (the MCE of Guo et al., arXiv 1706.04599, eq. 5).
func (r Reliability) MaximumError() float64 {
	worst := math.NaN()
	for _, bin := range r {
		if difference := math.Abs(bin.Accuracy - bin.Confidence); !(difference <= worst) && bin.Count > 0 {
			worst = difference
		}
	}
	return worst
}
