package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
)

// plot draws figure 1(c), the mean loss against τ, a color for each s, lines for
// the exact values and symbols for the measured ones, and below it how many
// standard errors are between them.
func (p *problem) plot(results []result) error {
	losses, residuals := plot.New(), plot.New()
	losses.Title.Text = fmt.Sprintf("Linear perceptron, %s test, %.3g million steps", p.test.Name, float64(p.steps)/1e6)
	losses.Title.Padding = vg.Points(8)
	losses.Y.Scale, losses.Y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(figure.LogTicks)
	losses.Legend.Top = true
	losses.Legend.XOffs, losses.Legend.YOffs, losses.Legend.Padding = -vg.Points(6), -vg.Points(2), vg.Points(2)
	residuals.X.Label.Text = "number of models τ"
	residuals.Y.Label.Text = "off by, std. errors"
	reach := 4.5
	for _, z := range []float64{-2, 0, 2} {
		line, err := plotter.NewLine(plotter.XYs{{X: p.low(), Y: z}, {X: p.high(), Y: z}})
		if err != nil {
			return err
		}
		line.Color = color.Gray{160}
		if z != 0 {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		residuals.Add(line)
	}

	for i, s := range p.s {
		var exact, measured, off plotter.XYs
		for tau := slices.Min(p.tau); tau <= slices.Max(p.tau); tau++ {
			exact = append(exact, plotter.XY{X: float64(tau), Y: p.exact.MeanLoss(tau, s, p.sigma)})
		}
		aside := math.Pow(1.04, float64(i)-float64(len(p.s)-1)/2) // so that all symbols are seen
		for _, r := range results {
			if r.S != s {
				continue
			}
			measured = append(measured, plotter.XY{X: float64(r.Tau), Y: r.Loss})
			if z := float64(r.Z); !math.IsNaN(z) && !math.IsInf(z, 0) {
				off = append(off, plotter.XY{X: aside * float64(r.Tau), Y: z})
				reach = max(reach, math.Abs(z)+0.5)
			}
		}
		line, err := plotter.NewLine(exact)
		if err != nil {
			return err
		}
		line.Color = plotutil.Color(i)
		losses.Add(line)
		var symbols [2]*plotter.Scatter
		for k, points := range []plotter.XYs{measured, off} {
			if symbols[k], err = plotter.NewScatter(points); err != nil {
				if len(points) == 0 {
					continue // no standard errors
				}
				return err
			}
			symbols[k].Color, symbols[k].Shape, symbols[k].Radius = plotutil.Color(i), plotutil.Shape(i), vg.Points(3.5)
			[]*plot.Plot{losses, residuals}[k].Add(symbols[k])
		}
		losses.Legend.Add(fmt.Sprintf("s = %g", s), line, symbols[0])
	}

	var ticks, unnamed plot.ConstantTicks
	for _, tau := range p.tau {
		ticks = append(ticks, plot.Tick{Value: float64(tau), Label: fmt.Sprint(tau)})
		unnamed = append(unnamed, plot.Tick{Value: float64(tau)})
	}
	for _, f := range []*plot.Plot{losses, residuals} {
		f.X.Scale, f.X.Tick.Marker = plot.LogScale{}, ticks
		f.X.Min, f.X.Max = p.low(), p.high()
	}
	losses.X.Tick.Marker = unnamed
	losses.Y.Max *= 1.3
	residuals.Y.Min, residuals.Y.Max = -reach, reach
	residuals.Y.Tick.Marker = plot.ConstantTicks{{Value: -4, Label: "−4"}, {Value: -2, Label: "−2"}, {Value: 0, Label: "0"}, {Value: 2, Label: "2"}, {Value: 4, Label: "4"}}
	return figure.Save(p.out, "perceptron", 5*vg.Inch, 5*vg.Inch, func(canvas draw.Canvas) {
		figure.Stack(canvas, losses, residuals, 0.33, "mean loss per model")
	})
}

// low and high are the ends of the axis. They leave room for one τ alone.
func (p *problem) low() float64  { return float64(slices.Min(p.tau)) / 1.15 }
func (p *problem) high() float64 { return float64(slices.Max(p.tau)) * 1.15 }
