package chart

import (
	"math"
	"strconv"
	"strings"
)

// Width is the width of a chart's frame. Texts are 12 units high, so that
// a chart shown at its own size, on a phone or as one of three columns, is
// easy to read.
const Width = 360

// A Drawing is shapes in a frame from (0, 0), the upper left corner, to
// (Width, Height).
type Drawing struct {
	Width, Height Coordinate
	Shapes        []Shape // later ones cover earlier ones

	// Description says in words what is to be seen, for those who cannot see it.
	Description string
	// Undrawn is the number of values left out because they have no place.
	Undrawn int
}

// A Kind is what a shape is.
type Kind string

// The kinds of shapes, named as SVG's elements.
const (
	Path   Kind = "path"
	Rect   Kind = "rect"
	Circle Kind = "circle"
	Text   Kind = "text"
)

// A Shape is one element of a drawing. Which fields count depends on the kind.
type Shape struct {
	Kind  Kind
	Class string // for the style sheet
	Title string // what pointing at the shape shows, may be ""

	Path          string     // of a path, SVG's commands
	X, Y          Coordinate // a rectangle's corner, a circle's center, a text's anchor
	Width, Height Coordinate // of a rectangle
	Radius        Coordinate // of a circle
	Text          string     // of a text
	Upright       bool       // of a text: read from below
	Opacity       Coordinate // of a rectangle's filling, from 0 to 1; only if Shaded
	Shaded        bool
}

// A Coordinate is a finite number that is written with two decimals at most.
type Coordinate float64

// String returns the number in the form that SVG reads.
func (c Coordinate) String() string {
	rounded := math.Round(float64(c)*100) / 100
	if rounded == 0 {
		return "0" // also of −0
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// add puts a shape on top of the drawing.
func (d *Drawing) add(s Shape) { d.Shapes = append(d.Shapes, s) }

// text puts a text at a place. The class says how the text is aligned.
func (d *Drawing) text(class string, x, y float64, text string) {
	d.add(Shape{Kind: Text, Class: class, X: Coordinate(x), Y: Coordinate(y), Text: text})
}

// segment puts a straight line between two places.
func (d *Drawing) segment(class string, x0, y0, x1, y1 float64) {
	var p path
	p.moveTo(x0, y0)
	p.lineTo(x1, y1)
	d.add(Shape{Kind: Path, Class: class, Path: p.String()})
}

// A path is a line with corners.
type path struct{ strings.Builder }

func (p *path) moveTo(x, y float64) { p.WriteString("M" + place(x, y)) }
func (p *path) lineTo(x, y float64) { p.WriteString("L" + place(x, y)) }

// close joins the end to the beginning.
func (p *path) close() { p.WriteString("Z") }

func place(x, y float64) string { return Coordinate(x).String() + " " + Coordinate(y).String() }
