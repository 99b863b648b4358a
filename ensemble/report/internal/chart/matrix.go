package chart

import (
	"fmt"
	"math"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

const (
	maxCell   = 56 // the largest side of a cell
	maxName   = 92 // the largest width of a class's name beside the matrix
	smallText = 9  // the smallest text that is written
	maxTitled = 60 // classes up to which pointing at a cell shows what it is
	matrixTop = 26 // for the line that says what rows and columns are

	// The opacities of a cell from which black is the color of a count that is
	// read best, in light and dark schemes, and from which it is the color of
	// the page.
	mediumFrom  = 0.6
	inverseFrom = 0.85
)

// A matrix is a drawing of square cells with names at rows and columns.
type matrix struct {
	*Drawing
	names     []string
	counts    [][]int
	cell      float64
	left, top float64 // of the first cell
	numbers   float64 // the size of the counts, 0: not written
}

// Matrix draws counts, a row for each true class, as cells whose shade is
// a share of the row: of the diagonal the share itself, of others its square root.
// There are as many names as rows and columns.
func Matrix(names []string, counts [][]int) *Drawing {
	m := newMatrix(names, counts)
	m.drawNames()
	right, total := 0.0, 0.0
	for i, row := range counts {
		sum := 0.0
		for _, n := range row {
			sum += float64(max(n, 0))
		}
		for j, n := range row {
			m.drawCell(i, j, n, sum)
		}
		right += float64(max(row[i], 0))
		total += sum
	}
	m.Description = fmt.Sprintf("%d classes, %s samples, %s of them right.", len(names), number.Format(total), number.Format(right))
	return m.Drawing
}

// newMatrix decides how large the cells and the texts are.
func newMatrix(names []string, counts [][]int) *matrix {
	m := &matrix{Drawing: &Drawing{Width: Width}, names: names, counts: counts}
	widest := 0.0
	for _, name := range names {
		widest = max(widest, textWidth(shorten(name, textSize, maxName), textSize))
	}
	m.left = widest + tickSpace
	m.cell = min(maxCell, (Width-2-m.left)/float64(max(len(names), 1)))
	m.top = matrixTop + lineHeight
	if widest > m.cell-2 && len(names) > 0 {
		m.top = matrixTop + widest + 4 // names of columns are upright
	}
	m.Height = Coordinate(m.top + m.cell*float64(len(names)) + 4)
	m.numbers = m.countSize()
	return m
}

// countSize returns the size of text at which the largest count fits into
// a cell, or 0 if there is none.
func (m *matrix) countSize() float64 {
	widest := 0.0
	for _, row := range m.counts {
		for _, n := range row {
			widest = max(widest, textWidth(fmt.Sprint(n), 1))
		}
	}
	size := math.Floor(min(textSize, (m.cell-3)/max(widest, 0.5), m.cell/1.3))
	if size < smallText {
		return 0
	}
	return size
}

// drawNames writes the names of the classes, or every few of them.
func (m *matrix) drawNames() {
	m.text("label", 0, 13, "rows: true class, columns: predicted class")
	size := math.Floor(min(max(m.cell, smallText), textSize))
	every := int(math.Ceil(size / m.cell))
	tick := fmt.Sprintf("tick size-%.0f", size)
	upright := m.top > matrixTop+lineHeight
	for i := 0; i < len(m.names); i += max(every, 1) {
		name := shorten(m.names[i], textSize, maxName)
		middle := (float64(i) + 0.5) * m.cell
		m.text(tick+" end", m.left-tickSpace, m.top+middle+size/3, name)
		if upright {
			m.add(Shape{Kind: Text, Class: tick, X: Coordinate(m.left + middle + size/3), Y: Coordinate(m.top - tickSpace), Text: name, Upright: true})
		} else {
			m.text(tick+" middle", m.left+middle, m.top-tickSpace, name)
		}
	}
}

// drawCell draws one cell of a row with a sum. Cells without samples are pale,
// and left out if there is no space between cells.
func (m *matrix) drawCell(i, j, n int, sum float64) {
	if n < 0 {
		m.Undrawn++
		return
	}
	side := m.cell
	if m.cell >= 8 {
		side-- // a gap between cells
	} else if n == 0 {
		return
	}
	x, y := m.left+float64(j)*m.cell, m.top+float64(i)*m.cell
	s := Shape{
		Kind: Rect, Class: "cell empty",
		X: Coordinate(x), Y: Coordinate(y), Width: Coordinate(side), Height: Coordinate(side),
	}
	text := "count none"
	if n > 0 {
		text = shade(&s, i == j, float64(n)/sum)
		if len(m.names) <= maxTitled {
			s.Title = fmt.Sprintf("true %s, predicted %s: %d, %s of the row", m.names[i], m.names[j], n, number.Percent(float64(n)/sum))
		}
	}
	m.add(s)
	if m.numbers > 0 {
		m.text(fmt.Sprintf("%s size-%.0f", text, m.numbers), x+side/2, y+side/2+0.35*m.numbers, fmt.Sprint(n))
	}
}

// shade fills a cell that has a share of its row, and returns the class of its
// count.
func shade(cell *Shape, right bool, share float64) (count string) {
	cell.Class = "cell right"
	if !right {
		cell.Class = "cell wrong"
		share = math.Sqrt(share)
	}
	cell.Shaded, cell.Opacity = true, Coordinate(0.12+0.88*share)
	switch {
	case cell.Opacity >= inverseFrom:
		return "count inverse"
	case cell.Opacity >= mediumFrom:
		return "count medium"
	}
	return "count"
}
