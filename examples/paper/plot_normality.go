package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
)

// Histograms are over ±reach standard deviations, and all panels have the same vertical
// scale.
const reach, top = 4.0, 0.6

// binsFor returns how many bins the histogram of a number of means has: an even number,
// by Rice's rule, 2 ∛n over the range of the data, which is about ±3 standard deviations.
func binsFor(means int) int {
	return max(4, 2*int(math.Round(math.Cbrt(float64(means))*reach/3)))
}

// drawNormality draws figure 4 for the first run of each cell: a row for each step, a column for each
// size of minibatch, and in each panel the histogram of standardized means of loss
// differences with the normal density.
func (s *sheet) drawNormality(name string) error {
	rows := [][]string{{"sampler", "tau", "s", "step", "move", "minibatch_loss", "batch", "batches", "deviation", "anderson_darling", "p_value"}}
	for k, c := range s.cells {
		looks := c.runs[0].Looks
		for _, l := range looks {
			rows = append(rows, []string{
				c.config.Sampler, strconv.Itoa(c.config.Tau), number(c.config.S), strconv.Itoa(l.Step), l.Move, number(float64(l.Loss)),
				strconv.Itoa(l.Batch), strconv.Itoa(l.Batches), number(l.Deviation), number(l.AndersonDarling), number(l.PValue),
			})
		}
		file := name
		if k > 0 {
			file += "-" + c.config.Sampler
		}
		if err := s.drawLooks(file, looks); err != nil {
			return err
		}
	}
	return s.writeTable(name, rows)
}

func (s *sheet) drawLooks(name string, looks []look) error {
	if len(looks) == 0 {
		return nil
	}
	var panels [][]*plot.Plot
	step := -1
	for _, l := range looks {
		if l.Step != step {
			panels = append(panels, nil)
			step = l.Step
		}
		row := &panels[len(panels)-1]
		p := l.plot()
		if len(*row) == 0 {
			p.Y.Label.Text = fmt.Sprintf("density, step %d", l.Step)
		}
		*row = append(*row, p)
	}
	for _, p := range panels[len(panels)-1] {
		p.X.Label.Text = "standardized mean"
	}
	columns := slices.MaxFunc(panels, func(a, b []*plot.Plot) int { return len(a) - len(b) })
	return figure.Save(s.dir, name, vg.Length(len(columns))*2.4*vg.Inch, vg.Length(len(panels))*1.9*vg.Inch, func(canvas draw.Canvas) {
		tiles := draw.Tiles{
			Rows: len(panels), Cols: len(columns),
			PadX: vg.Points(10), PadY: vg.Points(8), PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 10,
		}
		for i, row := range plot.Align(panels, tiles, canvas) {
			for j := range row {
				panels[i][j].Draw(row[j])
			}
		}
	})
}

// plot draws one panel.
func (l *look) plot() *plot.Plot {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("b = %d, %d means: A² = %.2f, p = %.2g", l.Batch, l.Batches, l.AndersonDarling, l.PValue)
	p.Title.TextStyle.Font.Size, p.Title.Padding = vg.Points(9), vg.Points(2)
	p.Y.Label.TextStyle.Font.Size = vg.Points(10)
	bin := 2 * reach / float64(len(l.Density))
	bins := make([]plotter.HistogramBin, len(l.Density))
	for k, density := range l.Density {
		low := -reach + float64(k)*bin
		bins[k] = plotter.HistogramBin{Min: low, Max: low + bin, Weight: min(density, top)}
	}
	normal := plotter.NewFunction(distuv.UnitNormal.Prob)
	normal.Samples = 200
	normal.Color, normal.Width = color.RGBA{190, 30, 45, 255}, vg.Points(1.2)
	// A struct literal: NewHistogram would bin anew.
	p.Add(&plotter.Histogram{
		Bins: bins, Width: bin,
		FillColor: color.RGBA{170, 195, 225, 255}, LineStyle: draw.LineStyle{Color: color.White, Width: vg.Points(0.5)},
	}, normal)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -reach, reach, 0, top
	p.X.Tick.Marker = plot.ConstantTicks{{Value: -4, Label: "−4"}, {Value: -2, Label: "−2"}, {Value: 0, Label: "0"}, {Value: 2, Label: "2"}, {Value: 4, Label: "4"}}
	p.Y.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 0.2, Label: "0.2"}, {Value: 0.4, Label: "0.4"}, {Value: 0.6, Label: "0.6"}}
	return p
}
