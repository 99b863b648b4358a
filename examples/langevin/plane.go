package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/figure"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/landscape"
)

// planeSamples bounds the number of samples that the losses of a plane are of.
const planeSamples = 2000

// plotPlane writes the mean loss on the plane through the first, the middle and the last
// model that the first chain has drawn, as plane.csv and a figure with all of its draws.
func (w *walk) plotPlane(ctx context.Context) error {
	models := w.chains[0].Models
	if len(models) < 3 {
		return nil
	}
	plane, err := landscape.Through(models[0], models[len(models)/2], models[len(models)-1])
	if err != nil {
		return err
	}
	d, err := w.problem.train.First(min(w.problem.train.Len(), planeSamples))
	if err != nil {
		return err
	}
	losses, err := nn.NewLosses(w.problem.net, d, w.problem.loss, nn.Config{Workers: w.workers})
	if err != nil {
		return err
	}
	defer losses.Close()
	places := make(plotter.XYs, len(models))
	for i, model := range models {
		places[i].X, places[i].Y, _ = plane.Place(model)
	}
	xs, ys := w.axes(places)
	grid, err := plane.Losses(ctx, losses, xs, ys, landscape.Config{})
	if err != nil {
		return err
	}
	if err := cli.WriteFile(filepath.Join(w.out, "plane.csv"), func(out io.Writer) error { return writeGrid(out, grid) }); err != nil {
		return err
	}
	picture, err := figure.Contours(above{grid, lowest(grid)}, 0.8)
	if err != nil {
		return err
	}
	draws, err := plotter.NewScatter(places)
	if err != nil {
		return err
	}
	draws.Radius, draws.Shape = vg.Points(2), draw.RingGlyph{}
	picture.Add(draws)
	picture.Title.Text = fmt.Sprintf("Loss of %s, with the draws of %s", w.problem.label, w.name)
	picture.X.Label.Text, picture.Y.Label.Text = "distance in the plane of three draws", "distance"
	return figure.Save(w.out, "plane", 5*vg.Inch, 4.6*vg.Inch, picture.Draw)
}

// axes returns the points of a grid around places, as far along both axes.
func (w *walk) axes(places plotter.XYs) (xs, ys []float64) {
	lowX, highX, lowY, highY := plotter.XYRange(places)
	reach := 0.6 * math.Max(highX-lowX, highY-lowY)
	for k := range w.grid {
		at := reach * (2*float64(k)/float64(w.grid-1) - 1)
		xs, ys = append(xs, (lowX+highX)/2+at), append(ys, (lowY+highY)/2+at)
	}
	return xs, ys
}

// above is a grid of how much losses are above a lower one, which may be negative.
type above struct {
	*landscape.Grid
	low float64
}

// Z implements plotter.GridXYZ.
func (a above) Z(c, r int) float64 { return a.Grid.Z(c, r) - a.low }

// lowest returns what losses are to be above: 0, if none is below a small positive number, or
// less than all.
func lowest(g *landscape.Grid) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	columns, rows := g.Dims()
	for c := range columns {
		for r := range rows {
			if z := g.Z(c, r); z-z == 0 {
				low, high = math.Min(low, z), math.Max(high, z)
			}
		}
	}
	if low > 0 {
		return 0
	}
	return low - 1e-3*(high-low) - 1e-9
}

func writeGrid(out io.Writer, g *landscape.Grid) error {
	if _, err := fmt.Fprintln(out, "x,y,loss"); err != nil {
		return err
	}
	columns, rows := g.Dims()
	for r := range rows {
		for c := range columns {
			if _, err := fmt.Fprintf(out, "%g,%g,%g\n", g.X(c), g.Y(r), g.Z(c, r)); err != nil {
				return err
			}
		}
	}
	return nil
}
