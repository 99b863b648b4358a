package report

// A Gallery is images with predictions.
type Gallery struct {
	Title, Caption string
	Images         []Image
}

// An Image is a gray image with what the members of an ensemble say about it.
type Image struct {
	// Width and Height are in pixels, at least 1 each and at most 4096.
	Width, Height int
	// Pixels are row-major from the upper left corner, Width × Height, from
	// 0 (black) to 1 (white). Others are shown as the nearest of these, NaN as
	// black.
	Pixels []float32
	// True is the true class, negative if there is none.
	True int
	// Predicted is the class predicted by the ensemble, negative if there is
	// none.
	Predicted int
	// Votes has the number of members that predict class i. The page shows
	// the classes with most votes.
	Votes []int
	// Note is a short text, such as the entropy of the prediction. It may be "".
	Note string
}
