package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// plotTimes draws the times against the variances of the directions, if there is a folder: of
// the most walkers without a preconditioner, and with the best weight, frozen and not.
func plotTimes(dir string, p *problem, r *reference, rows []*row) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	picture := plot.New()
	picture.Title.Text = fmt.Sprintf("7 or 9: %d parameters, %d walkers", p.params(), rows[len(rows)-1].walkers)
	picture.X.Label.Text, picture.Y.Label.Text = "variance along the direction", "autocorrelation time, steps"
	picture.X.Scale, picture.Y.Scale = plot.LogScale{}, plot.LogScale{}
	picture.X.Tick.Marker, picture.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	for k, x := range best(rows) {
		points := make(plotter.XYs, 0, len(r.indices))
		for j, t := range x.times() {
			points = append(points, plotter.XY{X: r.axes.Variances[r.indices[j]], Y: t})
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, dots.Color, dots.Shape = plotutil.Color(k), plotutil.Color(k), plotutil.Shape(k)
		picture.Add(line, dots)
		name := "no preconditioner"
		if x.eta > 0 {
			name = fmt.Sprintf("η = %v largest curvature", x.eta)
		}
		if x.freeze {
			name += ", frozen"
		}
		picture.Legend.Add(name, line, dots)
	}
	picture.Legend.Top, picture.Legend.Left = true, true
	picture.Y.Max *= 3 // room for the legend
	return errors.Join(
		picture.Save(6*vg.Inch, 4*vg.Inch, filepath.Join(dir, "times.png")),
		picture.Save(6*vg.Inch, 4*vg.Inch, filepath.Join(dir, "times.svg")),
	)
}

// best returns the rows to draw.
func best(rows []*row) (list []*row) {
	walkers := rows[len(rows)-1].walkers
	for _, freeze := range []bool{false, true} {
		var found *row
		slowest := math.Inf(1)
		for _, x := range rows {
			switch {
			case x.walkers != walkers || x.failed != "":
			case x.eta == 0:
				if !freeze {
					list = append(list, x)
				}
			case x.freeze == freeze && x.wide.mean < slowest:
				found, slowest = x, x.wide.mean
			}
		}
		if found != nil {
			list = append(list, found)
		}
	}
	return list
}
