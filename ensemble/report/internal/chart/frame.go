package chart

import (
	"fmt"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// An Axis says what a direction of a chart means.
type Axis struct {
	Label       string // with the unit; may be ""
	Logarithmic bool
}

// The spaces around the frame of a chart.
const (
	topSpace    = 26 // for the label of the vertical axis
	bottomSpace = 42 // for ticks and label of the horizontal axis
	rightSpace  = 12
	tickSpace   = 6 // between a tick's label and the frame
	lineHeight  = 15

	// lineChartHeight is the height of charts of lines and of bars.
	lineChartHeight = 250
)

// A frame is a drawing with axes.
type frame struct {
	*Drawing
	x, y                     scale
	left, right, top, bottom float64
}

// newFrame draws axes with the scales x and y in a drawing of a height. The
// frame leaves below units free under the horizontal axis's label.
func newFrame(height, below float64, x, y scale, xAxis, yAxis Axis) *frame {
	f := &frame{
		Drawing: &Drawing{Width: Width, Height: Coordinate(height)},
		x:       x, y: y,
		right:  Width - rightSpace,
		top:    topSpace,
		bottom: height - below - bottomSpace,
	}
	f.y.from, f.y.to = f.bottom, f.top
	yTicks, yPower := f.y.ticks(int((f.bottom - f.top) / 34))
	f.left = 8
	for _, t := range yTicks {
		f.left = max(f.left, textWidth(t.label, textSize)+tickSpace)
	}
	f.x.from, f.x.to = f.left, f.right
	f.drawVertical(yTicks)
	f.drawHorizontal(yAxis, yPower, xAxis)
	return f
}

// nothing returns a drawing for a chart without any value that has a place.
func nothing(height float64, yAxis, xAxis Axis) *Drawing {
	d := &Drawing{Width: Width, Height: Coordinate(height), Description: "Nothing to draw."}
	d.text("label", 0, 13, axisLabel(yAxis.Label, 0))
	d.text("tick middle", Width/2, height/2, "nothing to draw")
	d.segment("axis", 0, height-bottomSpace, Width, height-bottomSpace)
	d.text("label middle", Width/2, height-bottomSpace+35, axisLabel(xAxis.Label, 0))
	return d
}

// drawVertical draws the grid lines and labels of the vertical axis.
func (f *frame) drawVertical(ticks []tick) {
	last := f.bottom + 2*lineHeight
	for _, t := range ticks {
		y := f.y.at(t.value)
		f.segment("grid", f.left, y, f.right, y)
		if last-y >= lineHeight {
			f.text("tick end", f.left-tickSpace, y+4, t.label)
			last = y
		}
	}
}

// drawHorizontal draws the horizontal axis and the labels of both axes.
func (f *frame) drawHorizontal(yAxis Axis, yPower int, xAxis Axis) {
	count := 6
	ticks, power := f.x.ticks(count)
	for count > 2 && crowded(ticks, f.right-f.left) {
		count--
		ticks, power = f.x.ticks(count)
	}
	f.segment("axis", f.left, f.bottom, f.right, f.bottom)
	free := 0.0 // where the next label may start
	for _, t := range ticks {
		x, half := f.x.at(t.value), textWidth(t.label, textSize)/2
		f.segment("axis", x, f.bottom, x, f.bottom+4)
		center := min(max(x, half), Width-half)
		if center-half >= free {
			f.text("tick middle", center, f.bottom+17, t.label)
			free = center + half + 6
		}
	}
	f.text("label", 0, 13, axisLabel(yAxis.Label, yPower))
	f.text("label middle", (f.left+f.right)/2, f.bottom+35, axisLabel(xAxis.Label, power))
}

// crowded says whether the labels of ticks need more than a width.
func crowded(ticks []tick, width float64) bool {
	needed := 0.0
	for _, t := range ticks {
		needed += textWidth(t.label, textSize) + 10
	}
	return needed > width
}

// axisLabel returns the label of an axis whose ticks are in units of a power of
// ten, shortened to what a chart has room for.
func axisLabel(label string, power int) string {
	unit := ""
	if power != 0 {
		unit = fmt.Sprintf(" (×%s)", number.Power(power))
	}
	return shorten(label, textSize, Width-20-textWidth(unit, textSize)) + unit
}
