// Package figure writes the figures of the examples.
package figure

import (
	"errors"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Save draws a figure of a size and writes it to a folder as name.png and
// name.svg.
func Save(dir, name string, width, height vg.Length, drawOn func(draw.Canvas)) error {
	for _, format := range []string{"png", "svg"} {
		canvas, err := draw.NewFormattedCanvas(width, height, format)
		if err != nil {
			return err
		}
		drawOn(draw.New(canvas))
		file, err := os.Create(filepath.Join(dir, name+"."+format))
		if err != nil {
			return err
		}
		_, err = canvas.WriteTo(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// LogTicks are those of a logarithmic axis within its range; gonum's own go on
// to the next power of ten, for which a plot then leaves room.
func LogTicks(low, high float64) (ticks []plot.Tick) {
	for _, tick := range (plot.LogTicks{Prec: -1}).Ticks(low, high) {
		if tick.Value >= low && tick.Value <= high {
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// Stack draws two plots that share the horizontal axis, the lower one with a
// share of the height, so that their frames are in line. The upper one gets a
// label at its vertical axis here: for its own, gonum would leave room where the
// label of a linear axis is.
func Stack(canvas draw.Canvas, upper, lower *plot.Plot, share float64, label string) {
	style := lower.Y.Label.TextStyle
	style.Rotation, style.XAlign, style.YAlign = math.Pi/2, draw.XCenter, draw.YTop
	height := canvas.Max.Y - canvas.Min.Y
	top := draw.Crop(canvas, style.Height(label)+vg.Points(4), 0, vg.Length(share)*height, 0)
	bottom := draw.Crop(canvas, 0, 0, 0, -vg.Length(1-share)*height)
	one, other := upper.DataCanvas(top), lower.DataCanvas(bottom)
	left, right := other.Min.X-one.Min.X, other.Max.X-one.Max.X
	upper.Draw(draw.Crop(top, max(left, 0), min(right, 0), 0, 0))
	lower.Draw(draw.Crop(bottom, max(-left, 0), min(-right, 0), 0, 0))
	canvas.FillText(style, vg.Point{X: canvas.Min.X, Y: (one.Min.Y + one.Max.Y) / 2}, label)
}
