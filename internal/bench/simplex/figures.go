package main

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/nn"
)

// save writes plots beside each other, and below, as name.png.
func save(dir, name string, width, height vg.Length, plots [][]*plot.Plot) error {
	canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(80))}
	tiles := draw.Tiles{Rows: len(plots), Cols: len(plots[0]), PadX: vg.Points(6), PadY: vg.Points(6)}
	for i, row := range plot.Align(plots, tiles, draw.New(canvas)) {
		for j, tile := range row {
			plots[i][j].Draw(tile)
		}
	}
	file, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(file)
	return errors.Join(err, file.Close())
}

// A heat is a table of values for a heat map.
type heat struct {
	x, y []float64
	z    func(row, column int) float64
}

func (h heat) Dims() (columns, rows int) { return len(h.x), len(h.y) }
func (h heat) X(column int) float64      { return h.x[column] }
func (h heat) Y(row int) float64         { return h.y[row] }
func (h heat) Z(column, row int) float64 { return h.z(row, column) }

// plot returns a heat map of values that are limited to a range.
func (h heat) plot(title string, low, high float64, colors palette.Palette) *plot.Plot {
	limited := heat{h.x, h.y, func(row, column int) float64 { return min(max(h.z(row, column), low), high) }}
	hot := plotter.NewHeatMap(limited, colors)
	hot.Min, hot.Max, hot.Rasterized = low, high, true
	p := plot.New()
	p.Title.Text = title
	p.Add(hot)
	p.X.Min, p.X.Max = h.x[0], h.x[len(h.x)-1]
	p.Y.Min, p.Y.Max = h.y[0], h.y[len(h.y)-1]
	return p
}

// drawFaces draws the loss on the planes of the four faces.
func (t *tetrahedron) drawFaces(out string) error {
	plots := make([][]*plot.Plot, 2)
	for i, face := range [][]int{{0, 1, 2}, {0, 1, 3}, {0, 2, 3}, {1, 2, 3}} {
		p, err := t.face(face)
		if err != nil {
			return err
		}
		plots[i/2] = append(plots[i/2], p)
	}
	return save(out, "faces", 14*vg.Centimeter, 14*vg.Centimeter, plots)
}

func (t *tetrahedron) face(vertices []int) (*plot.Plot, error) {
	plane, err := simplex.NewPlane(t.complex.Vertex(vertices[0]), t.complex.Vertex(vertices[1]), t.complex.Vertex(vertices[2]))
	if err != nil {
		return nil, err
	}
	grid, err := plane.Grid(60, 0.4, t.loss)
	if err != nil {
		return nil, err
	}
	h := heat{grid.X, grid.Y, func(row, column int) float64 { return math.Log10(grid.Loss[row][column]) }}
	p := h.plot(fmt.Sprintf("vertices %d, %d, %d", vertices[0], vertices[1], vertices[2]), -4, 1, moreland.ExtendedBlackBody().Palette(40))
	var corners plotter.XYs
	for i := range 4 {
		corners = append(corners, plotter.XY{X: plane.Corners[i%3][0], Y: plane.Corners[i%3][1]})
	}
	outline, err := plotter.NewLine(corners)
	if err != nil {
		return nil, err
	}
	outline.Color, outline.Width = color.White, vg.Points(1)
	p.Add(outline)
	return p, nil
}

// drawFields draws what three points decide, and the mean of the committee.
func (t *tetrahedron) drawFields(out string) error {
	const n = 110
	mean := make([]float64, n*n)
	plots := make([][]*plot.Plot, 2)
	for m := range t.committee.Len() {
		field := t.field(t.committee.Member(m), n)
		for i, p := range field {
			mean[i] += p / float64(t.committee.Len())
		}
		if m < 3 {
			p, err := t.decisions(fmt.Sprintf("a point of the tetrahedron, %d", m+1), field, n)
			if err != nil {
				return err
			}
			plots[m/2] = append(plots[m/2], p)
		}
	}
	p, err := t.decisions(fmt.Sprintf("mean of %d points", t.committee.Len()), mean, n)
	if err != nil {
		return err
	}
	plots[1] = append(plots[1], p)
	return save(out, "decisions", 14*vg.Centimeter, 14*vg.Centimeter, plots)
}

func (t *tetrahedron) decisions(title string, field []float64, n int) (*plot.Plot, error) {
	axis := make([]float64, n)
	for i := range axis {
		axis[i] = coordinate(i, n)
	}
	h := heat{axis, axis, func(row, column int) float64 { return field[row*n+column] }}
	colors := moreland.SmoothBlueRed()
	colors.SetMax(1)
	p := h.plot(title, 0, 1, colors.Palette(31))
	for class, fill := range []color.Color{color.White, color.Black} {
		var points plotter.XYs
		for i := range t.train.Len() {
			if x := t.train.Input(i); t.train.Label(i) == class {
				points = append(points, plotter.XY{X: float64(x[0]), Y: float64(x[1])})
			}
		}
		scatter, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		scatter.GlyphStyle = draw.GlyphStyle{Color: fill, Radius: vg.Points(1.5), Shape: draw.CircleGlyph{}}
		p.Add(scatter)
	}
	return p, nil
}

// drawPath draws the loss on the plane through two modes and their connector, and on the
// ways from mode to mode, by the connector and straight.
func (v *volumes) drawPath(out string, net *nn.Network, c *simplex.Complex) error {
	some, err := v.train.First(min(500, v.train.Len()))
	if err != nil {
		return err
	}
	losses, err := nn.NewLosses(net, some, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return err
	}
	loss := simplex.MeanLoss(losses)
	plane, err := simplex.NewPlane(c.Vertex(0), c.Vertex(1), c.Vertex(2))
	if err != nil {
		return err
	}
	grid, err := plane.Grid(40, 0.3, loss)
	if err != nil {
		return err
	}
	h := heat{grid.X, grid.Y, func(row, column int) float64 { return math.Log10(grid.Loss[row][column]) }}
	above := h.plot("log₁₀ of the loss", -1.5, 1, moreland.ExtendedBlackBody().Palette(40))
	along := plot.New()
	along.Title.Text = "loss on the way"
	for k, corners := range [][]int{{0, 2, 1}, {0, 1}} {
		path, on := make([][]float32, len(corners)), make(plotter.XYs, len(corners))
		for i, vertex := range corners {
			path[i] = c.Vertex(vertex)
			on[i] = plotter.XY{X: plane.Corners[vertex][0], Y: plane.Corners[vertex][1]}
		}
		line, err := simplex.Along(path, 25, loss)
		if err != nil {
			return err
		}
		points := make(plotter.XYs, len(line.Loss))
		for i := range points {
			points[i] = plotter.XY{X: line.Distance[i] / line.Distance[len(points)-1], Y: line.Loss[i]}
		}
		for _, to := range []struct {
			p     *plot.Plot
			xys   plotter.XYs
			color color.Color
		}{{above, on, color.White}, {along, points, color.Black}} {
			drawn, err := plotter.NewLine(to.xys)
			if err != nil {
				return err
			}
			drawn.Color, drawn.Dashes = to.color, plotutil.Dashes(k)
			to.p.Add(drawn)
		}
	}
	along.Y.Min = 0
	along.X.Label.Text, above.X.Label.Text = "share of the way", "distance"
	return save(out, "path", 16*vg.Centimeter, 8*vg.Centimeter, [][]*plot.Plot{{above, along}})
}

// drawVolumes draws volumes against connectors, and beside it their ratio to those of random
// complexes: a line for each run, a color for each width.
func drawVolumes(out string, stages []stage) error {
	if out == "" {
		return nil
	}
	absolute, relative := plot.New(), plot.New()
	absolute.Y.Label.Text, relative.Y.Label.Text = "log₁₀ V", "log₁₀ V/V(K)"
	for from := 0; from < len(stages); {
		to := from + 1
		for to < len(stages) && stages[to].connectors == stages[to-1].connectors+1 {
			to++
		}
		one := stages[from:to]
		line, scatter, err := addLine(absolute, one, func(s stage) float64 { return s.volume })
		if err != nil {
			return err
		}
		if _, _, err := addLine(relative, one, func(s stage) float64 { return s.volume - s.random }); err != nil {
			return err
		}
		if !slices.ContainsFunc(stages[:from], func(s stage) bool { return s.width == one[0].width }) {
			relative.Legend.Add(fmt.Sprintf("width %d", one[0].width), line, scatter)
		}
		from = to
	}
	relative.Legend.Left = true
	for _, p := range []*plot.Plot{absolute, relative} {
		p.X.Label.Text = "connectors"
	}
	return save(out, "volumes", 16*vg.Centimeter, 8*vg.Centimeter, [][]*plot.Plot{{absolute, relative}})
}

func addLine(p *plot.Plot, run []stage, y func(stage) float64) (*plotter.Line, *plotter.Scatter, error) {
	points := make(plotter.XYs, len(run))
	for i, s := range run {
		points[i] = plotter.XY{X: float64(s.connectors), Y: y(s)}
	}
	line, scatter, err := plotter.NewLinePoints(points)
	if err != nil {
		return nil, nil, err
	}
	k := slices.Index(widths, run[0].width)
	line.Color, scatter.Color, scatter.Shape = plotutil.Color(k), plotutil.Color(k), plotutil.Shape(k)
	p.Add(line, scatter)
	return line, scatter, nil
}
