package main

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
)

// fewestPoints is how many a curve needs.
const fewestPoints = 2

// plot draws the mean loss of the models against the losses evaluated and against the
// time, from the first step on, a line for each sampler at one s.
func (r *report) plot(label string) error {
	panels := [2]*plot.Plot{plot.New(), plot.New()}
	legend := plot.NewLegend()
	legend.Top, legend.Left = true, true
	lines := 0
	for _, one := range r.results {
		curves := one.curves()
		if one.S != r.figure || len(curves[0]) < fewestPoints {
			continue
		}
		for k, panel := range panels {
			line, err := plotter.NewLine(curves[k])
			if err != nil {
				return err
			}
			line.Color, line.Width = plotutil.Color(lines), vg.Points(1.5)
			line.Dashes = plotutil.Dashes(2 * (lines / len(plotutil.DefaultColors)))
			panel.Add(line)
			if k == 0 {
				legend.Add(one.Sampler, line)
			}
		}
		lines++
	}
	if lines == 0 {
		return nil
	}
	panels[0].Title.Text = fmt.Sprintf("%s, τ = %d, s = %g", label, r.Tau, r.figure)
	panels[1].Title.Text = " " // as high as the other
	panels[0].X.Label.Text, panels[1].X.Label.Text = "losses evaluated", "seconds"
	panels[0].Y.Label.Text = "mean loss of the models, nats"
	for _, panel := range panels {
		panel.Title.Padding = vg.Points(6)
		panel.X.Scale, panel.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(figure.LogTicks)
		panel.X.Min, panel.X.Max = panel.X.Min/1.1, panel.X.Max*1.1 // never an empty range
	}
	const legendWidth = 1.5 * vg.Inch
	return figure.Save(r.out, "samplers", 9.5*vg.Inch, 3.6*vg.Inch, func(canvas draw.Canvas) {
		tiles := draw.Tiles{Rows: 1, Cols: 2, PadX: vg.Points(14), PadTop: 4, PadBottom: 4, PadLeft: 4}
		for _, row := range plot.Align([][]*plot.Plot{panels[:]}, tiles, draw.Crop(canvas, 0, -legendWidth, 0, 0)) {
			for k, tile := range row {
				panels[k].Draw(tile)
			}
		}
		width := canvas.Max.X - canvas.Min.X
		legend.Draw(draw.Crop(canvas, width-legendWidth+vg.Points(10), 0, 0, -vg.Points(24)))
	})
}

// curves returns the loss against the losses evaluated and against the time, as far as
// these axes show them.
func (r *result) curves() (curves [2]plotter.XYs) {
	for _, p := range r.curve {
		if p.Losses > 0 && p.Seconds > 0 && p.Loss-p.Loss == 0 {
			curves[0] = append(curves[0], plotter.XY{X: p.Losses, Y: p.Loss})
			curves[1] = append(curves[1], plotter.XY{X: p.Seconds, Y: p.Loss})
		}
	}
	return curves
}
