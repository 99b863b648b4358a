package main

import (
	"cmp"
	"fmt"
	"image/color"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/trajens/trajens/examples/internal/cli"
)

// A sheet has so many columns of images, and rows of the most and of the least
// certain ones.
const (
	columns     = 4
	certainRows = 1
	doubtRows   = 3
)

// Lengths on a sheet, in points.
const (
	margin     = vg.Length(12)
	cellWidth  = vg.Length(176)
	cellHeight = vg.Length(88)
	titleSize  = vg.Length(30)
)

var (
	ink       = color.RGBA{0x22, 0x26, 0x2e, 0xff}
	faint     = color.RGBA{0x6b, 0x72, 0x80, 0xff}
	highlight = color.RGBA{0x3b, 0x6f, 0xb6, 0xff}
	other     = color.RGBA{0xc3, 0xc9, 0xd2, 0xff}
	alarm     = color.RGBA{0xb4, 0x2d, 0x2d, 0xff}
)

// A sheet draws images with what an ensemble says of them.
type sheet struct {
	*committee
	*images
	draw.Canvas
}

// checkSheet returns an error if there is no way to show the images.
func checkSheet(in *images) error {
	if shape := in.shown.Shape(); len(shape) != 3 || shape[0] != 1 && shape[0] != 3 {
		return fmt.Errorf("-sheet: the images have the shape %v, want one channel or three", shape)
	}
	return nil
}

// writeSheet draws the most and the least certain images, and writes them to a PNG
// file.
func writeSheet(path string, c *committee, in *images, judgments []judgment) error {
	certain, doubtful := extremes(judgments)
	rows := (len(certain)+columns-1)/columns + (len(doubtful)+columns-1)/columns
	height := 2*margin + vg.Length(rows)*cellHeight + 2*titleSize
	canvas := vgimg.NewWith(vgimg.UseWH(2*margin+columns*cellWidth, height), vgimg.UseDPI(108))
	s := &sheet{c, in, draw.New(canvas)}
	s.text(s.Max.X-margin-gap, height-margin-titleSize/2, s.legend(judgments[0].label >= 0), 8, faint, font.Font{}, draw.XRight)
	top := s.section(height-margin, "Most certain", certain)
	s.section(top, "Least certain", doubtful)
	return cli.WriteFile(path, func(w io.Writer) error {
		_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
		return err
	})
}

// legend says what is drawn.
func (s *sheet) legend(labeled bool) string {
	blue := "blue: the class found"
	if labeled {
		blue = "blue: the right class"
	}
	return fmt.Sprintf("class, probability, votes of %d (%s); H entropy, I mutual information, nats", s.Len(), blue)
}

// extremes returns the judgments of the least and of the largest entropy, the most
// extreme first, none in both.
func extremes(judgments []judgment) (certain, doubtful []judgment) {
	all := slices.Clone(judgments)
	slices.SortStableFunc(all, func(a, b judgment) int { return cmp.Compare(a.entropy, b.entropy) })
	n := min(columns*certainRows, len(all)/2)
	certain, doubtful = all[:n], all[n:]
	doubtful = doubtful[max(0, len(doubtful)-columns*doubtRows):]
	slices.Reverse(doubtful)
	return certain, doubtful
}

// section draws judgments below a height, and returns where they end.
func (s *sheet) section(top vg.Length, title string, judgments []judgment) vg.Length {
	if len(judgments) == 0 {
		return top
	}
	s.text(margin, top-titleSize/2, title, 13, ink, font.Font{Weight: bold}, draw.XLeft)
	top -= titleSize
	for i := range judgments {
		column, row := i%columns, i/columns
		s.cell(vg.Point{X: margin + vg.Length(column)*cellWidth, Y: top - vg.Length(row)*cellHeight}, &judgments[i])
	}
	return top - vg.Length((len(judgments)+columns-1)/columns)*cellHeight
}

// text writes at a point, in the middle of the height.
func (s *sheet) text(x, y vg.Length, text string, size vg.Length, c color.Color, f font.Font, align draw.XAlignment) {
	s.FillText(style(size, c, f, align), vg.Point{X: x, Y: y}, text)
}

func style(size vg.Length, c color.Color, f font.Font, align draw.XAlignment) draw.TextStyle {
	f.Typeface, f.Variant, f.Size = "Liberation", "Sans", size
	return draw.TextStyle{Color: c, Font: f, XAlign: align, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler}
}
