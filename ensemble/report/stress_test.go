package report_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/report"
)

// TestStress writes a report of extreme numbers and long texts.
func TestStress(t *testing.T) {
	path := *samplePath
	if path == "" {
		path = t.TempDir() + "/report.html"
	}
	require.NoError(t, stress().WriteFile(path))
}

// stress returns a report with whatever is hard to lay out.
func stress() *report.Report {
	rng := rand.New(rand.NewPCG(5, 6))
	nan, inf := math.NaN(), math.Inf(1)
	long := strings.TrimSpace(strings.Repeat("A rather long name of something ", 6))
	word := strings.Repeat("Unbreakable", 12)
	flowers := make([]string, 24)
	for i := range flowers {
		flowers[i] = fmt.Sprintf("Flower %c of the meadow", 'A'+i)
	}
	lines := func(names int, points int) []report.Line {
		var lines []report.Line
		for i := range names {
			l := report.Line{Name: fmt.Sprintf("method %d", i+1)}
			y := float64(i)
			for x := range points {
				y += rng.NormFloat64()
				l.X, l.Y = append(l.X, float64(x)), append(l.Y, y)
				l.Low, l.High = append(l.Low, y-1), append(l.High, y+1)
			}
			lines = append(lines, l)
		}
		return lines
	}
	line := func(x, y []float64) []report.Line { return []report.Line{{X: x, Y: y}} }
	gaps := []float64{1, 2, nan, 3, 4, inf, 2, -inf, 5, 6}
	tens := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	return &report.Report{
		Title: long, Subtitle: word,
		Headlines: []report.Headline{
			{Name: long, Value: report.Number(1234567890), Note: word},
			{Name: "NaN", Value: report.Estimate(nan, nan, nan)},
			{Name: "∞", Value: report.Estimate(inf, 1, inf), Note: long},
			{Value: report.Estimate(-123456.7, -234567.8, -1234.5)},
			{Name: "Text", Value: report.Text(word)},
			{}, {Name: "Tiny", Value: report.Number(1.23e-12)},
		},
		Configuration: []report.Setting{{Name: word, Value: word}, {Name: long, Value: long}, {}},
		Training: []report.Plot{
			{Title: long, Caption: long, X: report.Axis{Label: long}, Y: report.Axis{Label: word}, Lines: lines(8, 12)},
			{Title: "Nothing", X: report.Axis{Label: "x"}, Y: report.Axis{Label: "y"}},
			{Title: "One point", X: report.Axis{Label: "x"}, Y: report.Axis{Label: "y"}, Lines: []report.Line{{Name: word, X: []float64{3}, Y: []float64{7}, Low: []float64{6}, High: []float64{8}}}},
			{Title: "Gaps", Lines: line(tens, gaps)},
			{Title: "Constant", Lines: line(tens, make([]float64, 10))},
			{Title: "Huge", Lines: line([]float64{-1e300, 0, 1e300}, []float64{-1e300, 1e299, 1e300})},
			{Title: "Too huge", Lines: line([]float64{1, 2, 3}, []float64{math.MaxFloat64, 1, -math.MaxFloat64})},
			{Title: "Tiny", Lines: line([]float64{1e-300, 2e-300}, []float64{5e-324, 1e-308})},
			{Title: "Logarithmic from tiny to huge", X: report.Axis{Label: "x", Logarithmic: true}, Y: report.Axis{Label: "y", Logarithmic: true}, Lines: line([]float64{-1, 0, 1e-300, 1, 1e300}, []float64{1, 1, 1e300, 1, 1e-300})},
			{Title: "Logarithmic, narrow", X: report.Axis{Label: "x", Logarithmic: true}, Y: report.Axis{Label: "y", Logarithmic: true}, Lines: line([]float64{1000, 1010, 1300}, []float64{0.0123, 0.0124, 0.0125})},
			{Title: "Large and close", Lines: line([]float64{1e9, 1e9 + 1, 1e9 + 2}, []float64{123456, 123456.1, 123456.2})},
			{Title: "Millions", X: report.Axis{Label: "step"}, Y: report.Axis{Label: "loss"}, Lines: line([]float64{0, 1e6, 12e6}, []float64{0.0001, 0.00005, 0.00002})},
		},
		Histograms: []report.Histogram{
			{Title: "Nothing"},
			{Title: "One bar", Edges: []float64{1, 2}, Counts: []float64{5}},
			{Title: "Strange bars", Edges: []float64{0, 1, 1, 0.5, nan, 3, 4, inf}, Counts: []float64{1, 2, 3, 4, 5, -6, nan}},
		},
		Tables: []report.Table{
			{Title: long, Caption: long, Corner: word, Columns: append(flowers[:12:12], word), Rows: []report.Row{{Name: word, Values: make([]report.Value, 13)}}},
			{Title: "Nothing"},
		},
		Classes: flowers,
		Reliability: []report.Reliability{
			{Title: "Nothing"},
			{Title: "One bin", Bins: []report.Bin{{Confidence: 1, Accuracy: 1, Count: 1e9}}},
			{Title: "Close and strange bins", Bins: []report.Bin{{0.991, 0.95, 100}, {0.993, 0.97, 100}, {0.999, 0.98, 100}, {1, 1, 100}, {0.2, nan, 3}, {1.5, 0.5, 3}, {0.2, 0.5, -3}}},
		},
		Confusions: []report.Confusion{
			{Title: "Flowers", Counts: sampleCounts(rng, 24, 3000)},
			{Title: "One class", Counts: [][]int{{-4}}},
			{Title: "Two classes", Counts: [][]int{{0, 1234567}, {3, 45}}},
			{Title: "Weak", Counts: [][]int{{50, 20, 20, 10}, {15, 65, 10, 10}, {5, 5, 80, 10}, {2, 2, 1, 95}}},
			{Title: "A hundred classes", Counts: sampleCounts(rng, 100, 300)},
		},
		Galleries: []report.Gallery{{Images: []report.Image{
			{Width: 1, Height: 1, Pixels: []float32{float32(nan)}, True: -1, Predicted: -1},
			{Width: 64, Height: 3, Pixels: make([]float32, 192), True: 1, Predicted: 30, Votes: make([]int, 50), Note: word},
			{Width: 3, Height: 64, Pixels: make([]float32, 192), True: 5, Predicted: 2, Votes: []int{1, 2, 30, 4, 5, 0, 7000}},
		}}},
		Notes: []string{long, word, "Two lines\nof text"},
	}
}
