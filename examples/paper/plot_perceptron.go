package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/figure"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/exact"
)

// drawPerceptron draws figure 1(c), the mean loss against s, lines for what is exact, and
// below it how many standard errors are between lines and symbols.
func (s *sheet) drawPerceptron(name string) error {
	if err := s.writeCells(name); err != nil {
		return err
	}
	losses, residuals := newPlot("Linear perceptron, "+s.about, "", ""), newPlot("", "tilt s", "off by, std. errors")
	tilts := values(s.cells, sOf)
	low, high := tilts[0]/1.2, tilts[len(tilts)-1]*1.2
	c := s.cells[0].config
	line, _, err := data.Line(c.Samples, 0, random.Source(dataSeed, lineStream))
	if err != nil {
		return err
	}
	solution, err := exact.NewLinear(line)
	if err != nil {
		return err
	}
	for _, tau := range values(s.cells, tauOf) {
		var curve plotter.XYs
		const points = 100
		for k := range points + 1 {
			x := low * math.Pow(high/low, float64(k)/points)
			curve = append(curve, plotter.XY{X: x, Y: solution.MeanLoss(tau, x, c.Sigma)})
		}
		line, err := plotter.NewLine(curve)
		if err != nil {
			return err
		}
		line.Color = colorOf(tau)
		losses.Add(line)
	}
	for _, a := range s.seriesOf(func(c *cell) mark {
		e := c.loss()
		return mark{x: c.config.S, y: e.Mean, yBar: e.Within, filled: c.stationary()}
	}) {
		if err := addSeries(losses, a, false); err != nil {
			return err
		}
	}
	if err := s.legend(losses, true); err != nil {
		return err
	}
	losses.Legend.Top, losses.Legend.XOffs, losses.Legend.YOffs = true, -vg.Points(6), -vg.Points(3)

	limit := 4.5
	for _, z := range []float64{-4, 0, 4} {
		line, err := plotter.NewLine(plotter.XYs{{X: low, Y: z}, {X: high, Y: z}})
		if err != nil {
			return err
		}
		line.Color = color.Gray{160}
		if z != 0 {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		residuals.Add(line)
	}
	all := s.seriesOf(func(c *cell) mark { return mark{x: c.config.S, y: c.z(), filled: c.stationary()} })
	for k, a := range all {
		aside := math.Pow(1.05, float64(k)-float64(len(all)-1)/2) // so that all symbols are seen
		for i := range a.marks {
			a.marks[i].x *= aside
			limit = max(limit, math.Abs(a.marks[i].y)+0.5)
		}
		if err := addSeries(residuals, a, false); err != nil {
			return err
		}
	}
	logX(losses)
	logY(losses)
	logX(residuals)
	for _, p := range []*plot.Plot{losses, residuals} {
		p.X.Min, p.X.Max = low/1.05, high*1.05
	}
	residuals.Y.Min, residuals.Y.Max = -limit, limit
	residuals.Y.Tick.Marker = plot.ConstantTicks{{Value: -4, Label: "−4"}, {Value: -2}, {Value: 0, Label: "0"}, {Value: 2}, {Value: 4, Label: "4"}}
	return figure.Save(s.dir, name, width, 1.2*height, func(canvas draw.Canvas) {
		figure.Stack(inside(canvas), losses, residuals, 0.33, "mean loss per model")
	})
}
