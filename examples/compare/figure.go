package main

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
	"github.com/trajens/trajens/examples/internal/judge"
)

// plot draws the calibrated NLL against the seconds: for each way an open circle at equal
// members and a full one at equal seconds, with a line between them.
func (c *comparison) plot(all []summary) error {
	p := plot.New()
	p.Title.Text = c.sets.Label + " (open: equal members, full: equal seconds)"
	p.Title.Padding = vg.Points(6)
	p.X.Label.Text, p.Y.Label.Text = "seconds of processors, training", "calibrated NLL, nats"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(ticks)
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(ticks)
	legend := plot.NewLegend()
	legend.Top, legend.Left = true, true
	for k, w := range c.ways {
		var at plotter.XYs
		for _, s := range all {
			if s.way == w.name && s.mean[judge.Seconds] > 0 && s.mean[judge.CalibratedNLL] > 0 {
				at = append(at, plotter.XY{X: s.mean[judge.Seconds], Y: s.mean[judge.CalibratedNLL]})
			}
		}
		if at == nil {
			continue
		}
		line, points, err := plotter.NewLinePoints(at)
		if err != nil {
			return err
		}
		shade := plotutil.Color(k)
		line.Color, line.Dashes = shade, plotutil.Dashes(2*(k/len(plotutil.DefaultColors)))
		points.GlyphStyleFunc = func(i int) draw.GlyphStyle { return glyph(shade, i) }
		p.Add(line, points)
		legend.Add(w.name, line)
	}
	p.X.Min, p.X.Max = p.X.Min/1.1, p.X.Max*1.1 // never an empty range
	p.Y.Min, p.Y.Max = p.Y.Min/1.1, p.Y.Max*1.1
	const legendWidth = 1.8 * vg.Inch
	return figure.Save(c.out, "compare", 8.5*vg.Inch, 4.5*vg.Inch, func(canvas draw.Canvas) {
		p.Draw(draw.Crop(canvas, 0, -legendWidth, 0, 0))
		width := canvas.Max.X - canvas.Min.X
		legend.Draw(draw.Crop(canvas, width-legendWidth+vg.Points(10), 0, 0, -vg.Points(24)))
	})
}

// glyph returns that of the first point of a way, or of the second.
func glyph(shade color.Color, i int) draw.GlyphStyle {
	style := draw.GlyphStyle{Color: shade, Radius: vg.Points(4), Shape: draw.RingGlyph{}}
	if i > 0 {
		style.Shape = draw.CircleGlyph{}
	}
	return style
}

// ticks are those of a logarithmic axis, with labels at 1, 2 and 5 times the powers of ten.
// gonum's own leave out the powers of ten below 1 that begin a range, and have labels for
// few of them.
func ticks(low, high float64) (all []plot.Tick) {
	for power := math.Floor(math.Log10(low)); power <= math.Log10(high); power++ {
		for digit := 1.0; digit < 10; digit++ {
			tick := plot.Tick{Value: digit * math.Pow(10, power)}
			if tick.Value < low || tick.Value > high {
				continue
			}
			if digit == 1 || digit == 2 || digit == 5 {
				tick.Label = strconv.FormatFloat(tick.Value, 'g', 3, 64)
			}
			all = append(all, tick)
		}
	}
	return all
}
