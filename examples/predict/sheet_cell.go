package main

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bold is WeightBold of golang.org/x/image/font.
const bold = 3

// Lengths in a cell, in points.
const (
	pictureSize = vg.Length(76)
	gap         = vg.Length(8)
	lineHeight  = vg.Length(13)
	nameWidth   = vg.Length(40)
	countWidth  = vg.Length(18)
)

// cell draws an image, its class and its votes, below and to the right of a point.
func (s *sheet) cell(at vg.Point, j *judgment) {
	s.DrawImage(vg.Rectangle{
		Min: vg.Point{X: at.X, Y: at.Y - pictureSize},
		Max: vg.Point{X: at.X + pictureSize, Y: at.Y},
	}, s.picture(j.index))

	left, end := at.X+pictureSize+gap, at.X+cellWidth-gap
	headline, c := fmt.Sprintf("%s  %.2f", s.classes[j.class], j.probability()), color.Color(ink)
	last := at.Y - pictureSize + lineHeight/2 - 1
	if j.wrong() {
		c = alarm
		if truth := "is " + s.classes[j.label]; fits(headline+", "+truth, end-left, 10, font.Font{Weight: bold}) {
			headline += ", " + truth
		} else {
			s.text(left, last+lineHeight-2, s.cut(truth, end-left, 8, font.Font{}), 8, alarm, font.Font{}, draw.XLeft)
		}
	}
	y := at.Y - lineHeight/2
	s.text(left, y, s.cut(headline, end-left, 10, font.Font{Weight: bold}), 10, c, font.Font{Weight: bold}, draw.XLeft)
	y -= lineHeight + 2
	for _, v := range j.votes[:min(leading, len(j.votes))] {
		s.bar(left, end, y, v, v.class == j.label || j.label < 0 && v.class == j.class)
		y -= lineHeight
	}
	s.text(left, last, fmt.Sprintf("H %.2f   I %.2f", j.entropy, j.mutual), 7.5, faint, font.Font{}, draw.XLeft)
}

// bar draws the votes of a class on a line: its name, a bar, blue or not, and the number.
func (s *sheet) bar(left, end, y vg.Length, v vote, blue bool) {
	names := nameWidth
	if s.short() {
		names = 10
	}
	s.text(left, y, s.cut(s.classes[v.class], names-3, 8, font.Font{}), 8, ink, font.Font{}, draw.XLeft)
	from, full := left+names, end-countWidth-left-names
	c := color.Color(other)
	if blue {
		c = highlight
	}
	to := from + max(1, vg.Length(v.share)*full)
	s.FillPolygon(c, []vg.Point{{X: from, Y: y - 4}, {X: to, Y: y - 4}, {X: to, Y: y + 4}, {X: from, Y: y + 4}})
	s.text(to+3, y, s.count(v), 8, faint, font.Font{}, draw.XLeft)
}

// short tells whether all names of classes are single letters.
func (s *sheet) short() bool {
	for _, name := range s.classes {
		if len([]rune(name)) > 1 {
			return false
		}
	}
	return true
}

// cut returns as much of a text as has room in a width.
func (s *sheet) cut(text string, width, size vg.Length, f font.Font) string {
	runes := []rune(text)
	for n := len(runes); n > 0; n-- {
		short := string(runes[:n])
		if n < len(runes) {
			short += "…"
		}
		if fits(short, width, size, f) {
			return short
		}
	}
	return ""
}

// fits tells whether a text has room in a width.
func fits(text string, width, size vg.Length, f font.Font) bool {
	return style(size, ink, f, draw.XLeft).Width(text) <= width
}

// scale is the number of pixels of a picture for one of the image, at least: pixels
// stay squares.
const scale = 4

// picture returns an image that was read.
func (s *sheet) picture(i int) image.Image {
	shape, values := s.shown.Shape(), s.shown.Input(i)
	channels, rows, columns := shape[0], shape[1], shape[2]
	level := func(channel, y, x int) uint8 {
		value := values[(channel%channels*rows+y)*columns+x]
		return uint8(math.Round(255 * min(1, max(0, float64(value)))))
	}
	picture := image.NewRGBA(image.Rect(0, 0, scale*columns, scale*rows))
	for y := range scale * rows {
		for x := range scale * columns {
			picture.SetRGBA(x, y, color.RGBA{level(0, y/scale, x/scale), level(1, y/scale, x/scale), level(2, y/scale, x/scale), 255})
		}
	}
	return picture
}
