package report

// A Plot is lines in one frame.
type Plot struct {
	Title string
	// Caption says what is shown. It should say what the bands of lines are, if
	// they have any.
	Caption string
	X, Y    Axis
	Lines   []Line
}

// An Axis says what a direction of a chart means.
type Axis struct {
	// Label is the quantity and its unit.
	Label string
	// Logarithmic makes equal distances equal ratios. Numbers that are not
	// positive have no place on such an axis.
	Logarithmic bool
}

// A Line is points joined by straight lines in the order that they are given.
// A point without a place leaves a gap. Of many points closer than the eye can
// tell apart the extreme ones are drawn.
type Line struct {
	Name string
	// X and Y have the same length.
	X, Y []float64
	// Low and High are a band around the line, such as a confidence interval.
	// Both are nil or as long as X. A NaN leaves a gap, and infinities reach
	// to the end of the axis.
	Low, High []float64
}
