package main

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
	"github.com/trajens/trajens/examples/internal/judge"
)

// A series is the calibrated NLLs of a comparison with their standard errors, one of each way
// at a height.
type series struct {
	plotter.XYs
	plotter.XErrors
}

// plot draws the calibrated NLL of each way: an open circle at equal members and a full one at
// equal seconds.
func (c *comparison) plot(all []summary) error {
	p := plot.New()
	p.Title.Text = c.sets.Label
	p.Title.Padding = vg.Points(6)
	p.X.Label.Text = "calibrated NLL, nats (open: equal members, full: equal seconds)"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(ticks)
	var names []string
	for k := range c.ways {
		names = append(names, c.ways[len(c.ways)-1-k].name)
	}
	p.NominalY(names...)
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	p.Add(grid)
	for view, glyph := range []draw.GlyphDrawer{draw.RingGlyph{}, draw.CircleGlyph{}} {
		s := c.series(all, views[view][0], 0.15*float64(1-2*view))
		if s.XYs == nil {
			continue
		}
		points, err := plotter.NewScatter(s)
		if err != nil {
			return err
		}
		bars, err := plotter.NewXErrorBars(s)
		if err != nil {
			return err
		}
		points.GlyphStyle = draw.GlyphStyle{Color: plotutil.Color(view), Radius: vg.Points(3.5), Shape: glyph}
		bars.Color = plotutil.Color(view)
		p.Add(bars, points)
	}
	p.X.Min, p.X.Max = p.X.Min/1.1, p.X.Max*1.1 // never an empty range
	return figure.Save(c.out, "compare", 7*vg.Inch, vg.Length(1+0.23*float64(len(names)))*vg.Inch, func(canvas draw.Canvas) {
		p.Draw(draw.Crop(canvas, vg.Points(6), -vg.Points(6), 0, 0)) // names come out a little wider than they are thought to be
	})
}

// series returns what the figure has of a comparison, so much above the lines of the ways.
func (c *comparison) series(all []summary, view string, above float64) (s series) {
	for k, w := range c.ways {
		for _, row := range all {
			mean, e := row.mean[judge.CalibratedNLL], row.errors[judge.CalibratedNLL]
			if row.view != view || row.way != w.name || !(mean > 0) {
				continue
			}
			if !(e < mean) { // there is none for one seed
				e = 0
			}
			s.XYs = append(s.XYs, plotter.XY{X: mean, Y: float64(len(c.ways)-1-k) + above})
			s.XErrors = append(s.XErrors, struct{ Low, High float64 }{-e, e})
		}
	}
	return s
}

// ticks are those of a logarithmic axis, with labels at 1, 2 and 5 times the powers of ten, and
// at all if the ends differ by less than a factor of ten. gonum's own leave out the powers of ten
// below 1 that begin a range, and have labels for few of them.
func ticks(low, high float64) (all []plot.Tick) {
	for power := math.Floor(math.Log10(low)); power <= math.Log10(high); power++ {
		for digit := 1.0; digit < 10; digit++ {
			tick := plot.Tick{Value: digit * math.Pow(10, power)}
			if tick.Value < low || tick.Value > high {
				continue
			}
			if high < 10*low || digit == 1 || digit == 2 || digit == 5 {
				tick.Label = strconv.FormatFloat(tick.Value, 'g', 3, 64)
			}
			all = append(all, tick)
		}
	}
	return all
}
