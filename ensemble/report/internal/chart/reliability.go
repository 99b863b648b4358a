package chart

import (
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// A Bin is samples of about the same confidence.
type Bin struct {
	Confidence, Accuracy float64 // means over the samples, in [0, 1]
	Count                int
}

// The sizes of the strip of sample counts below a reliability diagram.
const (
	stripHeight = 34
	stripSpace  = 64 // with its label
)

// hasPlace says whether the bin can be drawn. One that is empty cannot be.
func (b Bin) hasPlace() bool {
	return b.Count > 0 && inUnit(b.Confidence) && inUnit(b.Accuracy)
}

func inUnit(v float64) bool { return v >= 0 && v <= 1 }

// Reliability draws for each bin the accuracy over the confidence, its 95%
// interval and its distance from the diagonal, and below the numbers of
// samples. Empty bins are left out and not counted as undrawn.
func Reliability(bins []Bin) *Drawing {
	unit := extent{low: 0, high: 1, any: true}
	f := newFrame(382, stripSpace, newScale(unit, false, 0), newScale(unit, false, 0),
		Axis{Label: "confidence"}, Axis{Label: "accuracy"})
	f.segment("diagonal", f.x.at(0), f.y.at(0), f.x.at(1), f.y.at(1))
	var drawn []Bin
	for _, b := range bins {
		if b.hasPlace() {
			drawn = append(drawn, b)
		} else if b.Count != 0 {
			f.Undrawn++
		}
	}
	for _, b := range drawn {
		x := f.x.at(b.Confidence)
		f.segment("gap", x, f.y.at(b.Confidence), x, f.y.at(b.Accuracy))
		low, high := wilson(b.Accuracy, b.Count)
		f.segment(class("whisker", 0), x, f.y.at(low), x, f.y.at(high))
	}
	for _, b := range drawn {
		f.mark(f.x.at(b.Confidence), f.y.at(b.Accuracy), 0, binTitle(b))
	}
	f.drawStrip(drawn)
	f.Description = describeBins(drawn)
	return f.Drawing
}

// drawStrip draws the numbers of samples as bars.
func (f *frame) drawStrip(bins []Bin) {
	if len(bins) == 0 {
		return
	}
	most := 0
	places := make([]float64, len(bins))
	for i, b := range bins {
		most = max(most, b.Count)
		places[i] = f.x.at(b.Confidence)
	}
	slices.Sort(places)
	width := (f.right-f.left)/14 - 1
	for i := 1; i < len(places); i++ {
		width = min(width, places[i]-places[i-1]-1)
	}
	width = max(width, 1.5)
	bottom := float64(f.Height) - 4
	f.text("label", f.left, bottom-stripHeight-8, fmt.Sprintf("samples in each bin, at most %s", number.Fixed(float64(most), 0)))
	for _, b := range bins {
		height := max(stripHeight*float64(b.Count)/float64(most), 0.75)
		left := min(max(f.x.at(b.Confidence)-width/2, f.left), f.right-width)
		f.add(Shape{
			Kind: Rect, Class: "bar quiet",
			X: Coordinate(left), Y: Coordinate(bottom - height), Width: Coordinate(width), Height: Coordinate(height),
			Title: binTitle(b),
		})
	}
	f.segment("axis", f.left, bottom, f.right, bottom)
}

// wilson returns the 95% interval of a share that was seen in n samples
// (Wilson, JASA 22, 1927).
func wilson(share float64, n int) (low, high float64) {
	const z = 1.959964
	count := float64(n)
	center := (share + z*z/(2*count)) / (1 + z*z/count)
	half := z / (1 + z*z/count) * math.Sqrt(share*(1-share)/count+z*z/(4*count*count))
	return max(center-half, 0), min(center+half, 1)
}

func binTitle(b Bin) string {
	return fmt.Sprintf("confidence %s, accuracy %s, %s samples",
		number.Fixed(b.Confidence, 3), number.Fixed(b.Accuracy, 3), number.Fixed(float64(b.Count), 0))
}

// describeBins says in words how far the bins are from the diagonal.
func describeBins(bins []Bin) string {
	over, under := 0, 0
	for _, b := range bins {
		switch {
		case b.Accuracy < b.Confidence:
			over++
		case b.Accuracy > b.Confidence:
			under++
		}
	}
	return fmt.Sprintf("%d bins with samples; in %d the accuracy is below the confidence, in %d above.", len(bins), over, under)
}
