package main

import (
	"fmt"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histograms are over ±reach standard deviations.
const (
	reach = 4.0
	bins  = 32
)

// plot draws figure 4: a row for each step, a column for each size of
// minibatch, and in each panel the histogram of the standardized means with
// the normal density.
func (o *options) plot(set *dataset, rows [][]panel) error {
	if o.out == "" || len(rows) == 0 {
		return nil
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return err
	}
	plots := make([][]*plot.Plot, len(rows))
	for i, row := range rows {
		for j, p := range row {
			figure, err := p.plot()
			if err != nil {
				return err
			}
			if i == len(rows)-1 {
				figure.X.Label.Text = "standardized mean"
			}
			if j == 0 {
				figure.Y.Label.Text = fmt.Sprintf("%s, step %d", set.label(), p.Step)
			}
			plots[i] = append(plots[i], figure)
		}
	}
	for _, format := range []string{"png", "svg"} {
		if err := save(filepath.Join(o.out, "normality."+format), format, plots); err != nil {
			return err
		}
	}
	return nil
}

func (p panel) plot() (*plot.Plot, error) {
	figure := plot.New()
	figure.Title.Text = fmt.Sprintf("b = %d: A² = %.2f, p = %.2g", p.Batch, p.AndersonDarling, p.PValue)
	figure.Title.TextStyle.Font.Size = vg.Points(9)
	density := make([]float64, bins)
	p.check.Histogram(density, -reach, reach)
	histogram := make([]plotter.HistogramBin, bins)
	for k := range histogram {
		low := -reach + 2*reach*float64(k)/bins
		histogram[k] = plotter.HistogramBin{Min: low, Max: low + 2*reach/bins, Weight: density[k]}
	}
	normal := plotter.NewFunction(distuv.UnitNormal.Prob)
	normal.Samples = 200
	normal.Color, normal.Width = plotutil.Color(0), vg.Points(1.2)
	// A struct literal: NewHistogram would bin anew.
	figure.Add(&plotter.Histogram{
		Bins: histogram, Width: 2 * reach / bins,
		FillColor: plotutil.SoftColors[2], LineStyle: plotter.DefaultLineStyle,
	}, normal)
	figure.X.Min, figure.X.Max = -reach, reach
	figure.Y.Min, figure.Y.Max = 0, max(figure.Y.Max, 0.5)
	return figure, nil
}

// save draws the plots as tiles of one picture.
func save(path, format string, plots [][]*plot.Plot) error {
	rows, columns := len(plots), len(plots[0])
	canvas, err := draw.NewFormattedCanvas(vg.Length(columns)*2.5*vg.Inch, vg.Length(rows)*2*vg.Inch, format)
	if err != nil {
		return err
	}
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: vg.Points(8), PadY: vg.Points(8), PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 8}
	for i, row := range plot.Align(plots, tiles, draw.New(canvas)) {
		for j := range row {
			plots[i][j].Draw(row[j])
		}
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
