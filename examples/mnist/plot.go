package main

import (
	"fmt"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
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
	var xys plotter.XYs
	for _, p := range c.points {
		xys = append(xys, plotter.XY{X: float64(p.DataUse) / float64(tau), Y: float64(p.Loss)})
	}
	line, err := plotter.NewLine(xys)
	if err != nil {
		return err
	}
	figure.Add(plotter.NewGrid(), line)
	figure.X.Min, figure.Y.Min = 0, min(figure.Y.Min, 0)
	for _, name := range []string{"loss.png", "loss.svg"} {
		if err := figure.Save(5*vg.Inch, 4*vg.Inch, filepath.Join(c.dir, name)); err != nil {
			return err
		}
	}
	return nil
}
