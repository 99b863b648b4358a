package chart

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// of returns the shapes whose class starts with a word.
func of(d *Drawing, class string) []Shape {
	var shapes []Shape
	for _, s := range d.Shapes {
		if strings.HasPrefix(s.Class, class) {
			shapes = append(shapes, s)
		}
	}
	return shapes
}

func TestLinesHaveGaps(t *testing.T) {
	nan := math.NaN()
	x := []float64{0, 1, 2, 3, 4, 5}
	d := Lines([]Line{{Name: "a", X: x, Y: []float64{1, 2, nan, 3, math.Inf(1), 4}}}, Axis{}, Axis{}, nil)
	assert.Len(t, of(d, "line"), 1, "the other pieces are single points")
	assert.Len(t, of(d, "dot"), 4)
	assert.Equal(t, 2, d.Undrawn)
	assert.Equal(t, "a: 4 points, from 1 at 0 to 4 at 5.", d.Description)

	whole := Lines([]Line{{X: x, Y: x}}, Axis{}, Axis{}, nil)
	assert.Len(t, of(whole, "line"), 1)
	assert.Zero(t, whole.Undrawn)
	assert.Equal(t, 5, strings.Count(of(whole, "line")[0].Path, "L"))

	none := Lines([]Line{{X: x[:2], Y: []float64{nan, nan}}}, Axis{}, Axis{}, nil)
	assert.Empty(t, of(none, "line"))
	assert.Equal(t, 2, none.Undrawn)
	assert.Equal(t, "Nothing to draw.", none.Description)
}

func TestLinesOfManyPointsHaveNoMarks(t *testing.T) {
	x := make([]float64, maxMarked+1)
	for i := range x {
		x[i] = float64(i)
	}
	assert.Len(t, of(Lines([]Line{{X: x[1:], Y: x[1:]}}, Axis{}, Axis{}, nil), "dot"), maxMarked)
	assert.Empty(t, of(Lines([]Line{{X: x, Y: x}}, Axis{}, Axis{}, nil), "dot"))
	y := append([]float64{1, math.NaN()}, x[2:]...)
	assert.Len(t, of(Lines([]Line{{X: x, Y: y}}, Axis{}, Axis{}, nil), "dot"), 1, "a single point between gaps")
}

func TestBands(t *testing.T) {
	x := []float64{0, 1, 2, 3}
	inf, nan := math.Inf(1), math.NaN()
	d := Lines([]Line{{X: x, Y: x, Low: []float64{-inf, 0, nan, 2}, High: []float64{inf, 2, 3, 4}}}, Axis{}, Axis{}, nil)
	require.Len(t, of(d, "band"), 1)
	assert.Len(t, of(d, "whisker"), 1, "a band of one point")
	assert.Zero(t, d.Undrawn, "what is beyond the axis reaches to its end")
	top, bottom := Coordinate(topSpace), Coordinate(lineChartHeight-bottomSpace)
	path := of(d, "band")[0].Path
	assert.Contains(t, path, fmt.Sprintf(" %vL", top))
	assert.Contains(t, path, fmt.Sprintf(" %vZ", bottom))
}

func TestCoverIsShown(t *testing.T) {
	l := []Line{{X: []float64{0, 1}, Y: []float64{0.9, 1}}}
	d := Lines(l, Axis{}, Axis{}, Range{0.1, math.NaN()})
	var lowest float64
	for _, s := range of(d, "tick end") {
		if s.Text == "0.2" {
			lowest = float64(s.Y)
		}
	}
	assert.NotZero(t, lowest)
	assert.Equal(t, Range{0.9, 1}, Extremes(l, Axis{}))
	assert.Nil(t, Extremes(nil, Axis{}))
}

func TestThin(t *testing.T) {
	var corners []corner
	for i := range 10_000 {
		corners = append(corners, corner{float64(i) / 1000, 100 + 50*math.Sin(float64(i))})
	}
	corners[777].y, corners[5432].y = 1, 199
	kept := thin(corners)
	assert.LessOrEqual(t, len(kept), 20*4)
	assert.Equal(t, corners[0], kept[0])
	assert.Equal(t, corners[9999], kept[len(kept)-1])
	assert.Contains(t, kept, corners[777], "the lowest")
	assert.Contains(t, kept, corners[5432], "the highest")
	for i := 1; i < len(kept); i++ {
		assert.Less(t, kept[i-1].x, kept[i].x)
	}
	assert.Equal(t, corners[:4], thin(corners[:4]))
	assert.Empty(t, thin(nil))
}

func TestHistogramBars(t *testing.T) {
	d := Histogram([]float64{0, 1, 2, 4}, []float64{2, 0, 4}, Axis{}, Axis{})
	bars := of(d, "bar")
	require.Len(t, bars, 3)
	assert.InDelta(t, float64(bars[0].Height)*2, float64(bars[2].Height), 1e-9)
	assert.Zero(t, bars[1].Height)
	assert.InDelta(t, 2*(float64(bars[0].Width)+1), float64(bars[2].Width)+1, 1e-9)
	assert.Equal(t, "2 to 4: 4", bars[2].Title)
	assert.Equal(t, "3 bars from 0 to 4, 6 in all.", d.Description)

	inf, nan := math.Inf(1), math.NaN()
	d = Histogram([]float64{0, 1, 1, 0.5, nan, 3, 4, inf}, []float64{1, 2, 3, 4, 5, -6, nan}, Axis{}, Axis{})
	assert.Len(t, of(d, "bar"), 1)
	assert.Equal(t, 6, d.Undrawn)
}

func TestWilson(t *testing.T) {
	file, err := os.Open("testdata/wilson.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		var v [4]float64
		for i, text := range row {
			v[i], err = strconv.ParseFloat(text, 64)
			require.NoError(t, err)
		}
		low, high := wilson(v[0]/v[1], int(v[1]))
		// The normal quantile has seven digits here.
		assert.InDelta(t, v[2], low, 1e-7, row)
		assert.InDelta(t, v[3], high, 1e-7, row)
	}
}

func TestReliability(t *testing.T) {
	nan := math.NaN()
	d := Reliability([]Bin{{0.5, 0.25, 4}, {nan, nan, 0}, {0.75, 0.875, 16}, {nan, 0.5, 3}, {0.5, 1.5, 3}, {0.5, 0.5, -1}})
	assert.Equal(t, 3, d.Undrawn, "an empty bin does not count")
	assert.Len(t, of(d, "gap"), 2)
	dots := of(d, "dot")
	require.Len(t, dots, 2)
	assert.Less(t, dots[1].Y, dots[0].Y, "greater accuracies are higher")
	bars := of(d, "bar")
	require.Len(t, bars, 2)
	assert.InDelta(t, 4*float64(bars[0].Height), float64(bars[1].Height), 1e-9)
	assert.Equal(t, "2 bins with samples; in 1 the accuracy is below the confidence, in 1 above.", d.Description)
}

func TestMatrix(t *testing.T) {
	d := Matrix([]string{"cat", "dog"}, [][]int{{3, 1}, {0, 5}})
	right, wrong := of(d, "cell right"), of(d, "cell wrong")
	require.Len(t, right, 2)
	require.Len(t, wrong, 1)
	assert.Len(t, of(d, "cell empty"), 1)
	assert.InDelta(t, 0.12+0.88*0.75, float64(right[0].Opacity), 1e-12)
	assert.InDelta(t, 0.12+0.88*0.5, float64(wrong[0].Opacity), 1e-12, "the root of a quarter")
	assert.InDelta(t, 1, float64(right[1].Opacity), 1e-12)
	assert.Equal(t, "true cat, predicted dog: 1, 25.0% of the row", wrong[0].Title)
	assert.Greater(t, wrong[0].X, right[0].X)
	assert.Equal(t, wrong[0].Y, right[0].Y)
	assert.Equal(t, "2 classes, 9 samples, 8 of them right.", d.Description)
	assert.Len(t, of(d, "count"), 4)
	assert.Equal(t, 1, Matrix([]string{"a"}, [][]int{{-1}}).Undrawn)
}

func TestMatrixOfManyClasses(t *testing.T) {
	const n = 120
	names, counts := make([]string, n), make([][]int, n)
	for i := range names {
		names[i], counts[i] = fmt.Sprint(i), make([]int, n)
		counts[i][i] = 1000
	}
	d := Matrix(names, counts)
	assert.Len(t, of(d, "cell"), n, "cells without samples are left out")
	assert.Empty(t, of(d, "count"), "there is no room for numbers")
	assert.Less(t, len(of(d, "tick")), 2*n/3, "nor for all names")
}

func TestVotes(t *testing.T) {
	d := Votes([]Vote{{"cat", 6, true}, {"dog", 3, false}, {"eel", 0, false}}, 9)
	bars := of(d, "bar")
	require.Len(t, bars, 3)
	assert.InDelta(t, 2*float64(bars[1].Width), float64(bars[0].Width), 1e-9)
	assert.Equal(t, "bar right", bars[0].Class)
	assert.Equal(t, "bar wrong", bars[1].Class)
	assert.Equal(t, "Votes: cat: 6, dog: 3, eel: 0.", d.Description)
}

func TestCoordinate(t *testing.T) {
	for c, want := range map[Coordinate]string{0: "0", 1.5: "1.5", 1.234: "1.23", -0.001: "0", 1e5: "100000", -2.999: "-3"} {
		assert.Equal(t, want, c.String())
	}
}
