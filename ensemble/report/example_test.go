package report_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/trajens/trajens/ensemble/report"
)

// A report with two numbers and a plot.
func Example() {
	r := report.Report{
		Title: "Cats & dogs",
		Headlines: []report.Headline{
			{Name: "Accuracy", Value: report.Estimate(0.9812, 0.9748, 0.9869), Note: "95% interval"},
			{Name: "Members", Value: report.Number(32)},
		},
		Sizes: []report.Plot{{
			Title: "Accuracy", Caption: "Share of the test images that the majority vote gets right.",
			X: report.Axis{Label: "members", Logarithmic: true}, Y: report.Axis{Label: "accuracy"},
			Lines: []report.Line{{X: []float64{1, 8, 32}, Y: []float64{0.969, 0.979, 0.9812}}},
		}},
	}
	var page bytes.Buffer
	if err := r.Write(&page); err != nil { // or r.WriteFile("report.html")
		panic(err)
	}
	for _, line := range strings.Split(page.String(), "\n") {
		if strings.HasPrefix(line, "<h") || strings.HasPrefix(line, "<dd") || strings.HasPrefix(line, "<desc") {
			fmt.Println(line)
		}
	}
	// Output:
	// <html lang="en">
	// <head>
	// <header>
	// <h1>Cats &amp; dogs</h1>
	// <dd class="value number">0.9812</dd>
	// <dd class="interval">0.9748 to 0.9869</dd>
	// <dd class="note">95% interval</dd>
	// <dd class="value number">32</dd>
	// <h2>Number of members</h2>
	// <h3>Accuracy</h3>
	// <desc id="chart-1-description">Line: 3 points, from 0.9690 at 1 to 0.9812 at 32.</desc>
}
