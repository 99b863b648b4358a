package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

func (t *training) title(r *result) string {
	return fmt.Sprintf("%s, τ = %d, s = %g: accuracy %.3f", r.label, t.tau, t.s, r.Accuracy)
}

// plot draws the loss against the data use per model, as figure 3 of the paper
// does, as loss.png and loss.svg. Without points there is nothing to draw.
func (c *curve) plot(title string, tau int) error {
	if c == nil || len(c.points) == 0 {
		return nil
	}
	figure := plot.New()
	figure.Title.Text = title
	figure.X.Label.Text = "samples drawn per model, D/τ"
	figure.Y.Label.Text = "loss on the minibatches"
	figure.Add(plotter.NewGrid())
	curves := make(map[int]plotter.XYs)
	for _, p := range c.points {
		curves[p.Chain] = append(curves[p.Chain], plotter.XY{X: float64(p.DataUse) / float64(tau), Y: float64(p.Loss)})
	}
	for i, chain := range slices.Sorted(maps.Keys(curves)) {
		line, err := plotter.NewLine(curves[chain])
		if err != nil {
			return err
		}
		line.Color = plotutil.Color(i)
		if !c.several {
			line.Color = plotter.DefaultLineStyle.Color
		}
		figure.Add(line)
	}
	figure.X.Min, figure.Y.Min = 0, min(figure.Y.Min, 0)
	for _, name := range []string{"loss.png", "loss.svg"} {
		if err := figure.Save(5*vg.Inch, 4*vg.Inch, filepath.Join(c.dir, name)); err != nil {
			return err
		}
	}
	return nil
}
