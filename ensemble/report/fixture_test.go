package report_test

import (
	"math"

	"github.com/trajens/trajens/ensemble/report"
)

// small returns a report with all sections whose numbers are few and exact.
func small() *report.Report {
	nan := math.NaN()
	pixels := []float32{0, 0.25, 0.5, 1, 2, float32(nan)}
	return &report.Report{
		Title: "A small run", Subtitle: "three classes",
		Headlines: []report.Headline{
			{Name: "Accuracy", Value: report.Estimate(0.9375, 0.90625, 0.96875), Note: "95% interval"},
			{Name: "Members", Value: report.Number(8)},
			{Name: "Unknown", Value: report.Number(nan)},
		},
		Configuration: []report.Setting{{Name: "Seed", Value: "1"}, {Name: "Steps", Value: "1,000"}},
		Training: []report.Plot{{
			Title: "Loss", Caption: "The band is an interval.",
			X: report.Axis{Label: "step"}, Y: report.Axis{Label: "loss (nats)", Logarithmic: true},
			Lines: []report.Line{
				{Name: "training", X: []float64{0, 500, 1000}, Y: []float64{2, 0.5, 0.125}},
				{Name: "validation", X: []float64{0, 500, 1000}, Y: []float64{2, nan, 0.25}, Low: []float64{1, 0.25, 0}, High: []float64{4, 1, math.Inf(1)}},
			},
		}},
		Histograms: []report.Histogram{{
			Title: "Batch size", X: report.Axis{Label: "samples"}, Y: report.Axis{Label: "steps"},
			Edges: []float64{0, 32, 64, 128}, Counts: []float64{10, 5, 1},
		}},
		Tables: []report.Table{{
			Title: "Metrics", Caption: "On the test data.", Corner: "Metric", Columns: []string{"Single network", "Ensemble"},
			Rows: []report.Row{
				{Name: "Accuracy", Values: []report.Value{report.Number(0.875), report.Estimate(0.9375, 0.90625, 0.96875)}},
				{Name: "Loss", Values: []report.Value{report.Number(math.Inf(1)), report.Text("not measured")}},
				{Name: "Entropy", Values: []report.Value{{}, report.Number(-0.5)}},
			},
		}},
		Classes: []string{"cat", "dog", "eel"},
		Reliability: []report.Reliability{{Title: "Ensemble", Bins: []report.Bin{
			{Confidence: nan, Accuracy: nan}, {Confidence: 0.5, Accuracy: 0.25, Count: 4}, {Confidence: 0.75, Accuracy: 0.875, Count: 16},
		}}},
		Confusions: []report.Confusion{{Title: "Votes", Caption: "24 samples.", Counts: [][]int{{6, 2, 0}, {1, 7, 0}, {0, 0, 8}}}},
		Sizes: []report.Plot{{
			Title: "Accuracy", X: report.Axis{Label: "members", Logarithmic: true}, Y: report.Axis{Label: "accuracy"},
			Lines: []report.Line{{X: []float64{1, 2, 4, 8}, Y: []float64{0.5, 0.75, 0.875, 0.9375}}},
		}},
		Shifts: []report.Plot{
			{Title: "Noise", X: report.Axis{Label: "level"}, Y: report.Axis{Label: "accuracy"}, Lines: []report.Line{{Name: "ensemble", X: []float64{0, 1}, Y: []float64{1, 0.5}}}},
			{Title: "Blur", X: report.Axis{Label: "level"}, Y: report.Axis{Label: "accuracy"}, Lines: []report.Line{{Name: "ensemble", X: []float64{0, 1}, Y: []float64{1, 0.75}}}},
		},
		Galleries: []report.Gallery{{Title: "Least certain", Caption: "By entropy.", Images: []report.Image{
			{Width: 3, Height: 2, Pixels: pixels, True: 2, Predicted: 0, Votes: []int{5, 3, 0}, Note: "entropy 0.66"},
			{Width: 2, Height: 3, Pixels: pixels, True: -1, Predicted: 1, Votes: []int{0, 8, 0}},
		}}},
		Notes: []string{"A note."},
	}
}
