package main

import (
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// A curvePoint is the mean over runs of a point of the training curve.
type curvePoint struct {
	step                    int
	use                     float64 // D/τ
	loss, accuracy, members estimate
	size, constant          float64
}

// curve returns the mean training curve of a cell.
func (c *cell) curve() (points []curvePoint) {
	for k, first := range c.runs[0].Curve {
		of := func(f func(point) float64) estimate {
			return c.over(func(r *result) float64 { return f(r.Curve[k]) })
		}
		points = append(points, curvePoint{
			step:     first.Step,
			use:      of(func(p point) float64 { return float64(p.DataUse) / float64(c.config.Tau) }).Mean,
			loss:     of(func(p point) float64 { return float64(p.Loss) }),
			accuracy: of(func(p point) float64 { return float64(p.Accuracy) }),
			members:  of(func(p point) float64 { return float64(p.Members) }),
			size:     of(func(p point) float64 { return float64(p.Size) }).Mean,
			constant: of(func(p point) float64 { return float64(p.Constant) }).Mean,
		})
	}
	return points
}

// drawLossCurve draws figure 3(a), the loss against the data use per model.
func (s *sheet) drawLossCurve(name string) error {
	p := newPlot(s.network(), "samples drawn per model, D/τ", "mean loss per model, nats")
	return s.drawCurves(p, name, func(c curvePoint) estimate { return c.loss }, func() error {
		if err := horizontal(p, math.Ln10, "ln 10: a guess"); err != nil {
			return err
		}
		logY(p)
		p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, vg.Points(6), vg.Points(4)
		return nil
	})
}

// drawAccuracyCurve draws figure 3(b), the accuracy of the vote against it.
func (s *sheet) drawAccuracyCurve(name string) error {
	p := newPlot(s.network(), "samples drawn per model, D/τ", "accuracy by vote")
	return s.drawCurves(p, name, func(c curvePoint) estimate { return c.accuracy }, func() error {
		p.Y.Min, p.Y.Max = 0, 1
		p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, true, vg.Points(6), -vg.Points(3)
		return nil
	})
}

// drawCurves draws a panel with a line for each cell, and a band of its error among runs.
func (s *sheet) drawCurves(p *plot.Plot, name string, of func(curvePoint) estimate, finish func() error) error {
	rows := [][]string{{"sampler", "tau", "s", "step", "data_use_per_model", "loss", "loss_stderr", "accuracy", "accuracy_stderr", "member_accuracy", "parameter_rms", "constant_models"}}
	for _, c := range s.cells {
		var middle, low, high plotter.XYs
		for _, x := range c.curve() {
			rows = append(rows, []string{
				c.config.Sampler, strconv.Itoa(c.config.Tau), number(c.config.S), strconv.Itoa(x.step), number(x.use),
				number(x.loss.Mean), number(x.loss.Between), number(x.accuracy.Mean), number(x.accuracy.Between), number(x.members.Mean),
				number(x.size), number(x.constant),
			})
			y := of(x)
			if math.IsNaN(y.Mean) || x.use <= 0 {
				continue
			}
			middle = append(middle, plotter.XY{X: x.use, Y: y.Mean})
			if !math.IsNaN(y.Between) {
				low = append(low, plotter.XY{X: x.use, Y: above(y.Mean-y.Between, y.Mean)})
				high = append(plotter.XYs{{X: x.use, Y: y.Mean + y.Between}}, high...)
			}
		}
		if len(middle) == 0 {
			continue
		}
		if len(low) > 1 {
			band, err := plotter.NewPolygon(append(low, high...))
			if err != nil {
				return err
			}
			r, g, b, _ := colorOf(c.config.Tau).RGBA()
			band.Color, band.LineStyle.Width = color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 50}, 0
			p.Add(band)
		}
		line, err := plotter.NewLine(middle)
		if err != nil {
			return err
		}
		line.Color, line.Width, line.Dashes = colorOf(c.config.Tau), vg.Points(1.4), dashesOf(c.config.Sampler)
		p.Add(line)
	}
	if err := s.writeTable(name, rows); err != nil {
		return err
	}
	if err := s.legend(p, false); err != nil {
		return err
	}
	if samplers := values(s.cells, samplerOf); len(samplers) > 1 {
		slices.Reverse(samplers) // the paper's first
		for _, name := range samplers {
			line := &plotter.Line{LineStyle: plotter.DefaultLineStyle}
			line.Color, line.Dashes = color.Gray{60}, dashesOf(name)
			p.Legend.Add(name, line)
		}
	}
	logX(p)
	if err := finish(); err != nil {
		return err
	}
	return s.save(name, p)
}
