package chart

import (
	"fmt"
	"math"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

const (
	maxCell     = 56  // the largest side of a cell
	maxName     = 92  // the largest width of a class's name beside the matrix
	smallText   = 9   // the smallest text that is written
	maxTitled   = 60  // classes up to which pointing at a cell shows what it is
	matrixTop   = 26  // for the line that says what rows and columns are
	inverseFrom = 0.6 // the opacity from which a count is written in the other color
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
	class := fmt.Sprintf("tick size-%.0f", size)
	upright := m.top > matrixTop+lineHeight
	for i := 0; i < len(m.names); i += max(every, 1) {
		name := shorten(m.names[i], textSize, maxName)
		middle := (float64(i) + 0.5) * m.cell
		m.text(class+" end", m.left-tickSpace, m.top+middle+size/3, name)
		if upright {
			m.add(Shape{Kind: Text, Class: class, X: Coordinate(m.left + middle + size/3), Y: Coordinate(m.top - tickSpace), Text: name, Upright: true})
		} else {
			m.text(class+" middle", m.left+middle, m.top-tickSpace, name)
		}
	}
}

// drawCell draws one cell of a row with a sum. Cells without samples are empty.
func (m *matrix) drawCell(i, j, n int, sum float64) {
	x, y := m.left+float64(j)*m.cell, m.top+float64(i)*m.cell
	if n < 0 {
		m.Undrawn++
		return
	}
	gap := 1.0
	if m.cell < 8 {
		gap = 0
	}
	s := Shape{
		Kind: Rect, Class: "cell empty",
		X: Coordinate(x), Y: Coordinate(y), Width: Coordinate(m.cell - gap), Height: Coordinate(m.cell - gap),
	}
	text := "count none"
	if n > 0 {
		s.Shaded = true
		s.Class, text = "cell right", "count"
		opacity := float64(n) / sum
		if i != j {
			s.Class = "cell wrong"
			opacity = math.Sqrt(opacity)
		}
		s.Opacity = Coordinate(0.06 + 0.94*opacity)
		if s.Opacity >= inverseFrom {
			text = "count inverse"
		}
		if len(m.names) <= maxTitled {
			s.Title = fmt.Sprintf("true %s, predicted %s: %d, %s of the row", m.names[i], m.names[j], n, number.Percent(float64(n)/sum))
		}
	} else if gap == 0 {
		return
	}
	m.add(s)
	if m.numbers > 0 {
		m.text(fmt.Sprintf("%s size-%.0f", text, m.numbers), x+(m.cell-gap)/2, y+(m.cell-gap)/2+0.35*m.numbers, fmt.Sprint(n))
	}
}
