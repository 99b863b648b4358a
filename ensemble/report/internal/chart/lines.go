package chart

import (
	"fmt"
	"math"
	"strings"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// Series is the number of colors that lines take in turn.
const Series = 6

// maxMarked is the number of points up to which each point of a line is marked.
const maxMarked = 24

// maxWide is the number of corners up to which a line is wide. One with more is
// likely to be noisy and would hide what is behind it.
const maxWide = 200

// A Line is points joined by straight lines, with a band from Low to High if
// those are not nil. All slices have the same length.
type Line struct {
	Name      string
	X, Y      []float64
	Low, High []float64
}

// A Range is numbers that an axis must show.
type Range []float64

// Lines draws lines in one frame. The vertical axis shows also the numbers of
// cover that have a place, so that several charts have the same axis. A line
// has a gap where a point has no place.
func Lines(lines []Line, x, y Axis, cover Range) *Drawing {
	var xs extent
	for _, l := range lines {
		for i, v := range l.X {
			if HasPlace(v, x.Logarithmic) && HasPlace(l.Y[i], y.Logarithmic) {
				xs.add(v)
			}
		}
	}
	if !xs.any {
		d := nothing(lineChartHeight, y, x)
		for _, l := range lines {
			d.Undrawn += len(l.X)
		}
		return d
	}
	ys := vertical(cover, y.Logarithmic)
	for _, v := range Extremes(lines, y) {
		ys.add(v)
	}
	f := newFrame(lineChartHeight, 0, newScale(xs, x.Logarithmic, 0.02), newScale(ys, y.Logarithmic, 0.05), x, y)
	for i, l := range lines {
		f.drawBand(l, i)
	}
	var words []string
	for i, l := range lines {
		f.drawLine(l, i)
		words = append(words, describe(l, x, y))
	}
	f.Description = strings.Join(words, " ")
	return f.Drawing
}

// vertical returns the extent of those of the numbers that have a place.
func vertical(numbers []float64, logarithmic bool) extent {
	var e extent
	for _, v := range numbers {
		if HasPlace(v, logarithmic) {
			e.add(v)
		}
	}
	return e
}

// Extremes returns the least and the greatest number that the vertical axis of
// the lines must show, or nothing if there is none.
func Extremes(lines []Line, y Axis) Range {
	var e extent
	for _, l := range lines {
		for _, values := range [][]float64{l.Y, l.Low, l.High} {
			if own := vertical(values, y.Logarithmic); own.any {
				e.add(own.low)
				e.add(own.high)
			}
		}
	}
	if !e.any {
		return nil
	}
	return Range{e.low, e.high}
}

// class returns the class of a shape that belongs to a line.
func class(shape string, series int) string {
	return fmt.Sprintf("%s s%d", shape, series%Series+1)
}

// drawLine draws the pieces of a line between its gaps.
func (f *frame) drawLine(l Line, series int) {
	marked := len(l.X) <= maxMarked
	var piece []corner
	finish := func() {
		f.drawPiece(piece, series, marked)
		piece = nil
	}
	for i, x := range l.X {
		if !HasPlace(x, f.x.logarithmic) || !HasPlace(l.Y[i], f.y.logarithmic) {
			f.Undrawn++
			finish()
			continue
		}
		piece = append(piece, corner{f.x.at(x), f.y.at(l.Y[i])})
	}
	finish()
	if !marked {
		return
	}
	for i, x := range l.X {
		if HasPlace(x, f.x.logarithmic) && HasPlace(l.Y[i], f.y.logarithmic) {
			f.mark(f.x.at(x), f.y.at(l.Y[i]), series, pointTitle(l, i))
		}
	}
}

// drawPiece draws a piece of a line, one that is a single point as a mark.
func (f *frame) drawPiece(piece []corner, series int, marked bool) {
	if len(piece) == 1 && !marked {
		f.mark(piece[0].x, piece[0].y, series, "")
	}
	if len(piece) < 2 {
		return
	}
	piece = thin(piece)
	shape := "line"
	if len(piece) > maxWide {
		shape = "line fine"
	}
	var p path
	for i, c := range piece {
		if i == 0 {
			p.moveTo(c.x, c.y)
		} else {
			p.lineTo(c.x, c.y)
		}
	}
	f.add(Shape{Kind: Path, Class: class(shape, series), Path: p.String()})
}

func (f *frame) mark(x, y float64, series int, title string) {
	f.add(Shape{Kind: Circle, Class: class("dot", series), X: Coordinate(x), Y: Coordinate(y), Radius: 3, Title: title})
}

// drawBand fills the space between Low and High. An end of the band beyond the
// axis is drawn at the end of the axis.
func (f *frame) drawBand(l Line, series int) {
	if l.Low == nil || l.High == nil {
		return
	}
	var lower, upper []corner
	finish := func() {
		f.fill(lower, upper, series)
		lower, upper = nil, nil
	}
	for i, x := range l.X {
		if !HasPlace(x, f.x.logarithmic) || math.IsNaN(l.Low[i]) || math.IsNaN(l.High[i]) {
			finish()
			continue
		}
		lower = append(lower, corner{f.x.at(x), f.y.clip(l.Low[i])})
		upper = append(upper, corner{f.x.at(x), f.y.clip(l.High[i])})
	}
	finish()
}

// fill fills the space between two lines from left to right. A band of one
// point is a vertical line.
func (f *frame) fill(lower, upper []corner, series int) {
	if len(lower) == 0 {
		return
	}
	if len(lower) == 1 {
		f.segment(class("whisker", series), lower[0].x, lower[0].y, upper[0].x, upper[0].y)
		return
	}
	lower, upper = thin(lower), thin(upper)
	var p path
	p.moveTo(upper[0].x, upper[0].y)
	for _, c := range upper[1:] {
		p.lineTo(c.x, c.y)
	}
	for i := len(lower) - 1; i >= 0; i-- {
		p.lineTo(lower[i].x, lower[i].y)
	}
	p.close()
	f.add(Shape{Kind: Path, Class: class("band", series), Path: p.String()})
}

// pointTitle says in words what one point of a line is.
func pointTitle(l Line, i int) string {
	value := number.Format(l.Y[i])
	if l.Low != nil && l.High != nil {
		v, low, high := number.Estimate(l.Y[i], l.Low[i], l.High[i])
		value = fmt.Sprintf("%s (%s to %s)", v, low, high)
	}
	at := number.Format(l.X[i]) + ": " + value
	if l.Name == "" {
		return at
	}
	return l.Name + ", " + at
}

// describe says in words where a line begins and ends.
func describe(l Line, x, y Axis) string {
	name := l.Name
	if name == "" {
		name = "Line"
	}
	first, last, count := -1, -1, 0
	for i := range l.X {
		if HasPlace(l.X[i], x.Logarithmic) && HasPlace(l.Y[i], y.Logarithmic) {
			if first < 0 {
				first = i
			}
			last = i
			count++
		}
	}
	switch count {
	case 0:
		return name + ": no points."
	case 1:
		return fmt.Sprintf("%s: one point, %s at %s.", name, number.Format(l.Y[first]), number.Format(l.X[first]))
	}
	return fmt.Sprintf("%s: %d points, from %s at %s to %s at %s.", name, count,
		number.Format(l.Y[first]), number.Format(l.X[first]), number.Format(l.Y[last]), number.Format(l.X[last]))
}
