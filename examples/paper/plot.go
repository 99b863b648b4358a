package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/trajens/trajens/examples/internal/figure"
)

// Sizes of a panel.
const width, height = 4.6 * vg.Inch, 3.8 * vg.Inch

// palette goes from short trajectories to long ones, and tells them apart in gray, too.
var palette = []color.Color{
	color.RGBA{68, 1, 84, 255}, color.RGBA{65, 68, 135, 255}, color.RGBA{42, 120, 142, 255},
	color.RGBA{34, 168, 132, 255}, color.RGBA{122, 190, 60, 255}, color.RGBA{235, 180, 20, 255},
	color.RGBA{230, 110, 30, 255}, color.RGBA{190, 30, 45, 255},
}

// colorOf returns the color of a τ: its power of two, so that it is the same in all
// figures.
func colorOf(tau int) color.Color {
	k := int(math.Round(math.Log2(float64(tau))))
	return palette[min(max(k, 0), len(palette)-1)]
}

// shapeOf returns the symbol of a sampler, which is hollow if the cell is not stationary.
func shapeOf(sampler string, filled bool) draw.GlyphDrawer {
	switch {
	case sampler == "paper" && filled:
		return draw.CircleGlyph{}
	case sampler == "paper":
		return draw.RingGlyph{}
	case filled:
		return draw.PyramidGlyph{}
	}
	return draw.TriangleGlyph{}
}

// dashesOf returns those of a sampler's lines: none for the paper's.
func dashesOf(sampler string) []vg.Length {
	if sampler == "paper" {
		return nil
	}
	return []vg.Length{vg.Points(4), vg.Points(2)}
}

// A mark is a symbol with its error bars.
type mark struct {
	x, y       float64
	xBar, yBar float64 // half their length; 0 or NaN: none
	filled     bool
}

// A series is the marks of one sampler and τ.
type series struct {
	sampler string
	tau     int
	marks   []mark
}

// seriesOf makes marks of the cells; a mark whose numbers are not finite is left out.
func (s *sheet) seriesOf(of func(*cell) mark) (all []series) {
	for _, c := range s.cells {
		m := of(c)
		if math.IsNaN(m.x+m.y) || math.IsInf(m.x+m.y, 0) {
			continue
		}
		k := slices.IndexFunc(all, func(a series) bool { return a.sampler == c.config.Sampler && a.tau == c.config.Tau })
		if k < 0 {
			k = len(all)
			all = append(all, series{sampler: c.config.Sampler, tau: c.config.Tau})
		}
		all[k].marks = append(all[k].marks, m)
	}
	return all
}

// newPlot returns an empty panel.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Size = vg.Points(11)
	p.Title.Padding = vg.Points(6)
	p.X.Padding, p.Y.Padding = 0, 0
	p.Legend.Padding = vg.Points(2)
	return p
}

// addSeries adds marks with their bars, joined by thin lines, which guide the eye.
func addSeries(p *plot.Plot, a series, joined bool) error {
	var points plotter.XYs
	var bars []plotter.XYs
	for _, m := range a.marks {
		points = append(points, plotter.XY{X: m.x, Y: m.y})
		if m.yBar > 0 {
			bars = append(bars, plotter.XYs{{X: m.x, Y: above(m.y-m.yBar, m.y)}, {X: m.x, Y: m.y + m.yBar}})
		}
		if m.xBar > 0 {
			bars = append(bars, plotter.XYs{{X: above(m.x-m.xBar, m.x), Y: m.y}, {X: m.x + m.xBar, Y: m.y}})
		}
	}
	if joined {
		line, err := plotter.NewLine(points)
		if err != nil {
			return err
		}
		line.Color, line.Width, line.Dashes = colorOf(a.tau), vg.Points(0.6), dashesOf(a.sampler)
		p.Add(line)
	}
	for _, bar := range bars {
		line, err := plotter.NewLine(bar)
		if err != nil {
			return err
		}
		line.Color, line.Width = colorOf(a.tau), vg.Points(1)
		p.Add(line)
	}
	scatter, err := plotter.NewScatter(points)
	if err != nil {
		return err
	}
	scatter.GlyphStyleFunc = func(k int) draw.GlyphStyle {
		return draw.GlyphStyle{Color: colorOf(a.tau), Radius: vg.Points(3), Shape: shapeOf(a.sampler, a.marks[k].filled)}
	}
	p.Add(scatter)
	return nil
}

// above keeps the low end of a bar positive, as a logarithmic axis needs it.
func above(low, middle float64) float64 {
	if middle > 0 {
		return math.Max(low, middle/100)
	}
	return low
}

// legend lists the τ by their colors, and symbols of samplers and of what is not
// stationary where there is a need to.
func (s *sheet) legend(p *plot.Plot, hollow bool) error {
	for _, tau := range values(s.cells, tauOf) {
		line, err := plotter.NewLine(plotter.XYs{{X: 1, Y: 1}, {X: 2, Y: 1}})
		if err != nil {
			return err
		}
		line.Color, line.Width = colorOf(tau), vg.Points(2)
		p.Legend.Add(fmt.Sprintf("τ = %d", tau), line)
	}
	add := func(text string, shape draw.GlyphDrawer) {
		p.Legend.Add(text, &plotter.Scatter{GlyphStyle: draw.GlyphStyle{Color: color.Gray{60}, Radius: vg.Points(3), Shape: shape}})
	}
	if !hollow {
		return nil
	}
	samplers := values(s.cells, samplerOf)
	slices.Reverse(samplers)
	if len(samplers) > 1 {
		for _, name := range samplers {
			add(name, shapeOf(name, true))
		}
	}
	if slices.ContainsFunc(s.cells, func(c *cell) bool { return !c.stationary() }) {
		add("not stationary", shapeOf(samplers[0], false))
	}
	return nil
}

// horizontal adds a dashed line across the panel with a name in the legend.
func horizontal(p *plot.Plot, y float64, text string) error {
	line, err := plotter.NewLine(plotter.XYs{{X: p.X.Min, Y: y}, {X: p.X.Max, Y: y}})
	if err != nil {
		return err
	}
	line.Color, line.Dashes = color.Gray{140}, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(line)
	p.Legend.Add(text, line)
	return nil
}

// inside leaves out a margin.
func inside(canvas draw.Canvas) draw.Canvas {
	return draw.Crop(canvas, vg.Points(4), -vg.Points(10), vg.Points(4), -vg.Points(6))
}

// save writes a panel.
func (s *sheet) save(name string, p *plot.Plot) error {
	return figure.Save(s.dir, name, width, height, func(canvas draw.Canvas) { p.Draw(inside(canvas)) })
}
