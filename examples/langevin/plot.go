package main

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/figure"
)

// plot writes the figures to the directory of -out.
func (w *walk) plot(ctx context.Context) error {
	if w.out == "" {
		return nil
	}
	return errors.Join(w.plotTemperatures(), w.plotPlane(ctx))
}

// plotTemperatures writes temperatures.csv, and draws the loss and the temperatures of the first chain
// against the step.
func (w *walk) plotTemperatures() error {
	c := w.chains[0]
	if err := cli.WriteFile(filepath.Join(w.out, "temperatures.csv"), c.writeReadings); err != nil {
		return err
	}
	loss, temperatures := plot.New(), plot.New()
	loss.Title.Text = fmt.Sprintf("%s, %s", w.problem.label, w.name)
	loss.Title.Padding = vg.Points(6)
	temperatures.Y.Label.Text, temperatures.X.Label.Text = "temperature", "step"
	temperatures.Legend.Top = true
	if err := addLine(loss, c.Readings, func(r reading) float64 { return r.Loss }, plotutil.Color(2), ""); err != nil {
		return err
	}
	if err := addLine(temperatures, c.Readings, func(r reading) float64 { return r.Kinetic }, plotutil.Color(0), "kinetic"); err != nil {
		return err
	}
	if err := addLine(temperatures, c.Readings, func(r reading) float64 { return r.Virial }, plotutil.Color(1), "virial"); err != nil {
		return err
	}
	wanted := plotter.NewFunction(func(float64) float64 { return 1 / w.beta })
	wanted.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
	temperatures.Add(wanted)
	temperatures.Legend.Add("1/β", wanted)
	loss.X.Min, loss.X.Max = temperatures.X.Min, temperatures.X.Max
	temperatures.Y.Min, temperatures.Y.Max = min(temperatures.Y.Min, 0), max(temperatures.Y.Max, 1.2/w.beta)
	return figure.Save(w.out, "temperatures", 6*vg.Inch, 4.5*vg.Inch, func(canvas draw.Canvas) {
		figure.Stack(canvas, loss, temperatures, 0.5, "loss")
	})
}

// addLine adds what readings have of one quantity, if they have it.
func addLine(p *plot.Plot, readings []reading, of func(reading) float64, c color.Color, name string) error {
	var points plotter.XYs
	for _, r := range readings {
		if y := of(r); y-y == 0 {
			points = append(points, plotter.XY{X: float64(r.Step), Y: y})
		}
	}
	if len(points) < 2 {
		return nil
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	line.Color, line.Width = c, vg.Points(1)
	p.Add(line)
	if name != "" {
		p.Legend.Add(name, line)
	}
	return nil
}

// writeReadings writes the readings as a table. What there is not is empty.
func (c *chain) writeReadings(out io.Writer) error {
	var b strings.Builder
	b.WriteString("step,loss,potential,kinetic,virial,acceptance\n")
	for _, r := range c.Readings {
		b.WriteString(strconv.Itoa(r.Step))
		for _, x := range []float64{r.Loss, r.Potential, r.Kinetic, r.Virial, r.Acceptance} {
			b.WriteByte(',')
			if x-x == 0 {
				b.WriteString(strconv.FormatFloat(x, 'g', -1, 64))
			}
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(out, b.String())
	return err
}
