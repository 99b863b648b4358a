package chart

import (
	"fmt"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// Histogram draws bars from zero to counts, bar i from edges[i] to edges[i+1].
// A bar has no place if its count is negative or has no place, or if its edges
// do not increase or have no place. There is one edge more than there are
// counts, or there is nothing.
func Histogram(edges, counts []float64, x, y Axis) *Drawing {
	y.Logarithmic = false
	var xs, ys extent
	ys.add(0)
	drawn, total := 0, 0.0
	for i, count := range counts {
		if hasBar(edges, counts, i, x) {
			xs.add(edges[i])
			xs.add(edges[i+1])
			ys.add(count)
			total += count
			drawn++
		}
	}
	if drawn == 0 {
		d := nothing(lineChartHeight, y, x)
		d.Undrawn = len(counts)
		return d
	}
	f := newFrame(lineChartHeight, 0, newScale(xs, x.Logarithmic, 0), newScale(ys, false, 0.05), x, y)
	for i, count := range counts {
		if !hasBar(edges, counts, i, x) {
			f.Undrawn++
			continue
		}
		left, right, top := f.x.at(edges[i]), f.x.at(edges[i+1]), f.y.at(count)
		if right-left > 3 {
			right-- // a gap between bars
		}
		f.add(Shape{
			Kind: Rect, Class: class("bar", 0),
			X: Coordinate(left), Y: Coordinate(top),
			Width: Coordinate(max(right-left, 0.3)), Height: Coordinate(f.bottom - top),
			Title: fmt.Sprintf("%s to %s: %s", number.Format(edges[i]), number.Format(edges[i+1]), number.Format(count)),
		})
	}
	f.Description = fmt.Sprintf("%d bars from %s to %s, %s in all.", drawn,
		number.Format(xs.low), number.Format(xs.high), number.Format(total))
	return f.Drawing
}

// hasBar says whether bar i has a place.
func hasBar(edges, counts []float64, i int, x Axis) bool {
	return HasPlace(edges[i], x.Logarithmic) && HasPlace(edges[i+1], x.Logarithmic) &&
		edges[i] < edges[i+1] && HasPlace(counts[i], false) && counts[i] >= 0
}
