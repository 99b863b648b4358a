package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
)

// Histograms are over ±reach standard deviations, and all panels have the same
// vertical scale.
const (
	reach = 4.0
	top   = 0.6
)

// binsFor returns how many bins the histogram of a number of means has: as many
// as keep the noise of a bin small enough to see the shape (Rice's rule, 2 ∛n
// over the range of the data, which is about ±3 standard deviations), and an even
// number, so that bins are on either side of 0.
func binsFor(means int) int {
	over := 2 * math.Cbrt(float64(means)) * reach / 3
	return max(4, 2*int(math.Round(over/2)))
}

// plot draws figure 4: a row for each step, a column for each size of
// minibatch, and in each panel the histogram of the standardized means with
// the normal density.
func (o *options) plot(rows [][]panel) error {
	if o.out == "" || len(rows) == 0 {
		return nil
	}
	plots := make([][]*plot.Plot, len(rows))
	for i, row := range rows {
		for j, p := range row {
			figure := p.plot()
			if i == len(rows)-1 {
				figure.X.Label.Text = "standardized mean"
			}
			figure.Y.Label.TextStyle.Font.Size = vg.Points(10)
			if j == 0 {
				figure.Y.Label.Text = fmt.Sprintf("density, step %d", p.Step)
			}
			plots[i] = append(plots[i], figure)
		}
	}
	width, height := vg.Length(len(plots[0]))*2.4*vg.Inch, vg.Length(len(plots))*1.9*vg.Inch
	return figure.Save(o.out, "normality", width, height, func(canvas draw.Canvas) {
		tiles := draw.Tiles{
			Rows: len(plots), Cols: len(plots[0]),
			PadX: vg.Points(10), PadY: vg.Points(8), PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 10,
		}
		for i, row := range plot.Align(plots, tiles, canvas) {
			for j := range row {
				plots[i][j].Draw(row[j])
			}
		}
	})
}

// plot draws one panel.
func (p panel) plot() *plot.Plot {
	figure := plot.New()
	figure.Title.Text = fmt.Sprintf("b = %d, %d means: A² = %.2f, p = %.2g", p.Batch, p.Batches, p.AndersonDarling, p.PValue)
	figure.Title.TextStyle.Font.Size = vg.Points(9)
	figure.Title.Padding = vg.Points(2)
	density := make([]float64, binsFor(p.Batches))
	p.check.Histogram(density, -reach, reach)
	width := 2 * reach / float64(len(density))
	histogram := make([]plotter.HistogramBin, len(density))
	for k := range histogram {
		low := -reach + float64(k)*width
		// A density above the scale, as of means that are hardly spread, is cut.
		histogram[k] = plotter.HistogramBin{Min: low, Max: low + width, Weight: min(density[k], top)}
	}
	normal := plotter.NewFunction(distuv.UnitNormal.Prob)
	normal.Samples = 200
	normal.Color, normal.Width = plotutil.Color(0), vg.Points(1.2)
	// A struct literal: NewHistogram would bin anew.
	figure.Add(&plotter.Histogram{
		Bins: histogram, Width: width,
		FillColor: color.RGBA{170, 195, 225, 255}, LineStyle: draw.LineStyle{Color: color.White, Width: vg.Points(0.5)},
	}, normal)
	figure.X.Min, figure.X.Max = -reach, reach
	figure.Y.Min, figure.Y.Max = 0, top
	figure.X.Tick.Marker = plot.ConstantTicks{{Value: -4, Label: "−4"}, {Value: -2, Label: "−2"}, {Value: 0, Label: "0"}, {Value: 2, Label: "2"}, {Value: 4, Label: "4"}}
	figure.Y.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 0.2, Label: "0.2"}, {Value: 0.4, Label: "0.4"}, {Value: 0.6, Label: "0.6"}}
	return figure
}
