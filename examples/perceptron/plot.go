package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// measured is a point with its error bar.
type measured struct {
	plotter.XYs
	plotter.YErrors
}

// errorBar returns the error bar of a result: within the axis, and none where
// there is no standard error.
func errorBar(r result) struct{ Low, High float64 } {
	bar := float64(r.Stderr)
	if math.IsNaN(bar) {
		bar = 0
	}
	return struct{ Low, High float64 }{min(bar, 0.9*r.Loss), bar}
}

// plot draws figure 1(c): the mean loss against τ, a color for each s, lines
// for the exact values and symbols for the measured ones.
func (p *problem) plot(results []result) error {
	figure := plot.New()
	figure.Title.Text = fmt.Sprintf("Linear perceptron, %s test, %d steps", p.test, p.steps)
	figure.X.Label.Text = "number of models τ"
	figure.Y.Label.Text = "mean loss per model"
	figure.X.Scale, figure.Y.Scale = plot.LogScale{}, plot.LogScale{}
	figure.Y.Tick.Marker = plot.LogTicks{Prec: -1}
	var ticks plot.ConstantTicks
	for _, tau := range p.tau {
		ticks = append(ticks, plot.Tick{Value: float64(tau), Label: fmt.Sprint(tau)})
	}
	figure.X.Tick.Marker = ticks
	figure.Legend.Top = true

	for i, s := range p.s {
		var exact plotter.XYs
		for tau := slices.Min(p.tau); tau <= slices.Max(p.tau); tau++ {
			exact = append(exact, plotter.XY{X: float64(tau), Y: p.exact.MeanLoss(tau, s, p.sigma)})
		}
		line, err := plotter.NewLine(exact)
		if err != nil {
			return err
		}
		var points measured
		for _, r := range results {
			if r.S == s {
				points.XYs = append(points.XYs, plotter.XY{X: float64(r.Tau), Y: r.Loss})
				points.YErrors = append(points.YErrors, errorBar(r))
			}
		}
		symbols, err := plotter.NewScatter(points.XYs)
		if err != nil {
			return err
		}
		bars, err := plotter.NewYErrorBars(points)
		if err != nil {
			return err
		}
		line.Color, symbols.Color, bars.Color = plotutil.Color(i), plotutil.Color(i), plotutil.Color(i)
		symbols.Shape, symbols.Radius = plotutil.Shape(i), vg.Points(4)
		figure.Add(line, symbols, bars)
		figure.Legend.Add(fmt.Sprintf("s = %g", s), line, symbols)
	}
	// One τ alone would leave a logarithmic axis without a range.
	figure.X.Min, figure.X.Max = float64(slices.Min(p.tau))/1.1, float64(slices.Max(p.tau))*1.1
	for _, name := range []string{"perceptron.png", "perceptron.svg"} {
		if err := figure.Save(5*vg.Inch, 4*vg.Inch, filepath.Join(p.out, name)); err != nil {
			return err
		}
	}
	return nil
}
