package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	"github.com/trajens/trajens/examples/internal/figure"
)

// writeCurve writes the loss curves of all chains, those of earlier runs
// included, as a table and, if there are points, as figures.
func (t *training) writeCurve(r *result) error {
	if t.out == "" {
		return nil
	}
	return errors.Join(t.writeTable(filepath.Join(t.out, "loss.csv")), t.plot(r))
}

// writeTable writes the points as CSV. With several chains the first column is
// the chain's number.
func (t *training) writeTable(path string) error {
	rows := [][]string{{"chain", "step", "seconds", "loss", "acceptance", "mean_batch", "data_use"}}
	for _, c := range t.chains {
		for _, p := range c.meter.Points {
			row := fmt.Sprintf("%d %d %.8g %.8g %.8g %.8g %d", p.Chain, p.Step, p.Seconds, p.Loss, p.Acceptance, p.MeanBatch, p.DataUse)
			rows = append(rows, strings.Fields(row))
		}
	}
	if len(t.chains) == 1 {
		for i := range rows {
			rows[i] = rows[i][1:]
		}
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(csv.NewWriter(file).WriteAll(rows), file.Close())
}

// plot draws the loss against the data use per model, as figure 3 of the paper
// does, with the loss ln 10 of a guess among the ten digits.
func (t *training) plot(r *result) error {
	loss := plot.New()
	loss.Title.Text = fmt.Sprintf("%s, τ = %d, s = %g: accuracy %.3f", r.label, t.Tau, t.S, r.Accuracy)
	loss.Title.Padding = vg.Points(6)
	loss.X.Label.Text = "millions of samples drawn per model, D/τ"
	loss.Y.Label.Text = "loss on the minibatches, nats"
	loss.Legend.Top = true
	loss.Legend.YOffs = -vg.Points(4)
	end := 0.0
	for i, c := range t.chains {
		var curve plotter.XYs
		for _, p := range c.meter.Points {
			curve = append(curve, plotter.XY{X: float64(p.DataUse) / float64(t.Tau) / 1e6, Y: float64(p.Loss)})
		}
		if len(curve) == 0 {
			continue
		}
		line, err := plotter.NewLine(curve)
		if err != nil {
			return err
		}
		line.Color, line.Width = plotutil.Color(i), vg.Points(1.5)
		if len(t.chains) > 1 {
			loss.Legend.Add(fmt.Sprintf("chain %d", c.number), line)
		}
		loss.Add(line)
		end = max(end, curve[len(curve)-1].X)
	}
	if end == 0 {
		return nil
	}
	guess, err := plotter.NewLine(plotter.XYs{{X: 0, Y: math.Ln10}, {X: end, Y: math.Ln10}})
	if err != nil {
		return err
	}
	guess.Color, guess.Dashes = color.Gray{128}, []vg.Length{vg.Points(4), vg.Points(3)}
	loss.Legend.Add("ln 10: a guess", guess)
	loss.Add(guess)
	loss.X.Min, loss.X.Max = 0, end
	loss.Y.Min, loss.Y.Max = 0, max(loss.Y.Max, 1.2*math.Ln10)
	if loss.Y.Max < 4 {
		loss.Y.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 0.5}, {Value: 1, Label: "1"}, {Value: 1.5}, {Value: 2, Label: "2"}, {Value: 2.5}}
	}
	return figure.Save(t.out, "loss", 5*vg.Inch, 4*vg.Inch, loss.Draw)
}
