package figure

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// contourLevels is how many contours there are.
const contourLevels = 12

// clipped is a grid whose values are at most high: far away losses are huge, or infinite.
type clipped struct {
	plotter.GridXYZ
	high float64
}

func (g clipped) Z(c, r int) float64 { return min(g.GridXYZ.Z(c, r), g.high) }

// Contours returns a plot of a positive function on a grid of at least 2 × 2 points, such as the loss
// on a plane: a map of colors with contours at levels that are evenly spaced in the logarithm, up to
// the given share of the points, such as 0.8. What is higher has one color.
func Contours(grid plotter.GridXYZ, share float64) (*plot.Plot, error) {
	columns, rows := grid.Dims()
	if columns < 2 || rows < 2 {
		return nil, errors.New("figure: contours need a grid of at least 2 × 2 points")
	}
	var values []float64
	for c := range columns {
		for r := range rows {
			z := grid.Z(c, r)
			if !(z > 0) {
				return nil, errors.New("figure: contours need values > 0")
			}
			if !math.IsInf(z, 1) {
				values = append(values, z)
			}
		}
	}
	slices.Sort(values)
	if len(values) == 0 || values[0] == values[len(values)-1] {
		return nil, errors.New("figure: contours need two finite values")
	}
	at := min(int(share*float64(len(values))), len(values)-1)
	for values[at] == values[0] { // a plain with a few peaks
		at++
	}
	low, high := math.Log(values[0]), math.Log(values[at])
	levels := make([]float64, contourLevels)
	for k := range levels {
		levels[k] = math.Exp(low + (high-low)*(float64(k)+0.5)/contourLevels)
	}
	inside := clipped{grid, values[at]}
	colors := moreland.Kindlmann()
	colors.SetMin(low)
	colors.SetMax(high)
	contours := plotter.NewContour(inside, levels, nil)
	contours.LineStyles = []draw.LineStyle{{Color: plotter.DefaultLineStyle.Color, Width: vg.Points(0.4)}}
	heat := plotter.NewHeatMap(logarithmic{inside}, colors.Palette(255))
	heat.Rasterized = true
	p := plot.New()
	p.Add(heat, contours)
	return p, nil
}

type logarithmic struct{ plotter.GridXYZ }

func (g logarithmic) Z(c, r int) float64 { return math.Log(g.GridXYZ.Z(c, r)) }
