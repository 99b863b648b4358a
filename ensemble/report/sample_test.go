package report_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/report"
)

var samplePath = flag.String("sample", "", "write the report of TestSample to this file, to look at it")

// TestSample writes a report with all sections, of invented numbers.
func TestSample(t *testing.T) {
	r := sample(t)
	path := *samplePath
	if path == "" {
		path = t.TempDir() + "/report.html"
	}
	require.NoError(t, r.WriteFile(path))
}

// sample returns a report as a run on digits would fill it.
func sample(t *testing.T) *report.Report {
	rng := rand.New(rand.NewPCG(1, 2))
	return &report.Report{
		Title:    "Ensemble of 32 on built-in digits",
		Subtitle: "Convolutional network with 1,906 parameters, 10,000 training and 2,000 test images",
		Headlines: []report.Headline{
			{Name: "Test accuracy", Value: report.Estimate(0.98125, 0.9748, 0.9869), Note: "95% bootstrap interval"},
			{Name: "Test NLL", Value: report.Estimate(0.06131, 0.0502, 0.0731), Note: "nats for each sample"},
			{Name: "Calibration error", Value: report.Estimate(0.0064, 0.0041, 0.0113), Note: "15 bins of equal width"},
			{Name: "Members", Value: report.Number(32)},
			{Name: "Training time", Value: report.Text("61.3 s"), Note: "2 cores"},
		},
		Configuration: []report.Setting{
			{Name: "Network", Value: "conv 5×5×16, ReLU, pool 2, conv 3×3×8, ReLU, pool 4, dense 10"},
			{Name: "Parameters", Value: "1,906"},
			{Name: "Training data", Value: "10,000 digits, seed 1"},
			{Name: "Members (τ)", Value: "32"},
			{Name: "Coupling (σ)", Value: "0.05"},
			{Name: "Inverse temperature (s)", Value: "0 to 500 in 20,000 steps"},
			{Name: "Redrawn coordinates", Value: "0.25 of each model"},
			{Name: "Acceptance test", Value: "adaptive, chunks of 32, σc = 1.1"},
			{Name: "Steps", Value: "200,000"},
			{Name: "Seed", Value: "20240607"},
			{Name: "Processors", Value: "2"},
		},
		Training:    []report.Plot{sampleLoss(rng)},
		Histograms:  sampleHistograms(rng),
		Tables:      []report.Table{sampleMetrics(), sampleSettings()},
		Reliability: sampleReliability(rng),
		Confusions:  []report.Confusion{{Title: "Ensemble, majority vote", Caption: "2,000 test images.", Counts: sampleCounts(rng, 10, 200)}},
		Sizes:       sampleSizes(rng),
		Shifts:      sampleShifts(rng),
		Galleries:   sampleGalleries(t, rng),
		Notes: []string{
			"The intervals of accuracy and NLL are from 1,000 bootstrap samples of the test images. They say nothing about other seeds of the training.",
			"The single network is the member with the median validation loss.",
		},
	}
}

func sampleLoss(rng *rand.Rand) report.Plot {
	training := report.Line{Name: "training, mean of the members"}
	validation := report.Line{Name: "validation, ensemble"}
	for step := 50.0; step <= 200_000; step += 50 {
		loss := 0.045 + 2.2*math.Exp(-step/9000) + 0.25*math.Exp(-step/50000)
		training.X = append(training.X, step)
		training.Y = append(training.Y, loss*math.Exp(0.08*rng.NormFloat64()))
		if math.Mod(step, 5000) == 0 {
			v := 0.055 + 2.1*math.Exp(-step/8800) + 0.22*math.Exp(-step/52000)
			validation.X = append(validation.X, step)
			validation.Y = append(validation.Y, v)
			validation.Low = append(validation.Low, 0.88*v)
			validation.High = append(validation.High, 1.12*v)
		}
	}
	return report.Plot{
		Title: "Loss", Caption: "Cross-entropy of a sample over the steps of the chain. The band is the 95% interval from the 1,000 validation images.",
		X: report.Axis{Label: "step"}, Y: report.Axis{Label: "cross-entropy (nats)", Logarithmic: true},
		Lines: []report.Line{training, validation},
	}
}

func sampleHistograms(rng *rand.Rand) []report.Histogram {
	acceptance, batches := make([]float64, 2000), make([]float64, 20000)
	for i := range acceptance {
		acceptance[i] = 1 / (1 + math.Exp(0.9+0.35*rng.NormFloat64()))
	}
	for i := range batches {
		batches[i] = 32 * math.Ceil(math.Exp(1.2+0.9*rng.NormFloat64()))
	}
	a := report.Histogram{
		Title: "Acceptance", Caption: "Share of accepted moves in blocks of 100 steps.",
		X: report.Axis{Label: "share of accepted moves"}, Y: report.Axis{Label: "blocks"},
	}
	a.Edges, a.Counts = report.Bins(acceptance, 24, false)
	b := report.Histogram{
		Title: "Batch size", Caption: "Samples drawn until a move was decided. Each step draws chunks of 32.",
		X: report.Axis{Label: "samples", Logarithmic: true}, Y: report.Axis{Label: "steps"},
	}
	b.Edges, b.Counts = report.Bins(batches, 20, true)
	return []report.Histogram{a, b}
}

func sampleMetrics() report.Table {
	estimate, number := report.Estimate, report.Number
	return report.Table{
		Title: "On the test images", Caption: "Means with 95% bootstrap intervals. Calibrated: after scaling with a temperature fitted on validation images.",
		Corner:  "Metric",
		Columns: []string{"Single network", "Deep ensemble, 5", "Deep ensemble, 10", "Trajectory, 32", "Trajectory, 32, calibrated"},
		Rows: []report.Row{
			{Name: "Accuracy", Values: []report.Value{estimate(0.9690, 0.961, 0.9763), estimate(0.978, 0.971, 0.984), estimate(0.98, 0.9735, 0.986), estimate(0.98125, 0.9748, 0.9869), estimate(0.98125, 0.9748, 0.9869)}},
			{Name: "NLL (nats)", Values: []report.Value{estimate(0.1123, 0.091, 0.134), estimate(0.0721, 0.06, 0.085), estimate(0.066, 0.0549, 0.0781), estimate(0.0613, 0.0502, 0.0731), estimate(0.0598, 0.0489, 0.071)}},
			{Name: "Brier score", Values: []report.Value{estimate(0.0512, 0.042, 0.06), estimate(0.0341, 0.028, 0.0402), estimate(0.0322, 0.026, 0.038), estimate(0.0301, 0.0243, 0.0362), estimate(0.0299, 0.0242, 0.036)}},
			{Name: "Calibration error", Values: []report.Value{estimate(0.0152, 0.0112, 0.0203), estimate(0.0081, 0.0055, 0.013), estimate(0.0078, 0.005, 0.0124), estimate(0.0064, 0.0041, 0.0113), estimate(0.0049, 0.003, 0.0095)}},
			{Name: "Mutual information (nats)", Values: []report.Value{number(math.NaN()), number(0.0345), number(0.0377), number(0.0402), number(0.0411)}},
			{Name: "Training time (s)", Values: []report.Value{number(12.31), number(61.22), number(123.4), number(61.34), number(61.9)}},
		},
	}
}

func sampleSettings() report.Table {
	return report.Table{
		Title: "Temperatures", Corner: "Method", Columns: []string{"Temperature", "Validation NLL (nats)"},
		Rows: []report.Row{
			{Name: "Single network", Values: []report.Value{report.Number(1.312), report.Number(0.1054)}},
			{Name: "Trajectory, 32", Values: []report.Value{report.Number(0.941), report.Number(0.0602)}},
		},
	}
}

func sampleReliability(rng *rand.Rand) []report.Reliability {
	diagram := func(title string, slope float64) report.Reliability {
		r := report.Reliability{Title: title}
		for i := range 15 {
			c := (float64(i) + 0.5) / 15
			if c < 0.18 {
				r.Bins = append(r.Bins, report.Bin{Confidence: math.NaN(), Accuracy: math.NaN()})
				continue
			}
			n := 4 + int(1500*math.Pow(c, 18)) + rng.IntN(8)
			right := 0
			for range n {
				if rng.Float64() < c-slope*c*(1-c) {
					right++
				}
			}
			r.Bins = append(r.Bins, report.Bin{Confidence: c, Accuracy: float64(right) / float64(n), Count: n})
		}
		return r
	}
	return []report.Reliability{diagram("Single network", 0.7), diagram("Ensemble of 32", 0.05), diagram("Ensemble of 32, calibrated", 0)}
}

func sampleCounts(rng *rand.Rand, classes, each int) [][]int {
	counts := make([][]int, classes)
	for i := range counts {
		counts[i] = make([]int, classes)
		for range each {
			j := i
			if rng.Float64() < 0.05 {
				j = (i + 1 + rng.IntN(3)*rng.IntN(classes-1)) % classes
			}
			counts[i][j]++
		}
	}
	return counts
}

func sampleSizes(rng *rand.Rand) []report.Plot {
	line := func(name string, end, gain, spread float64) report.Line {
		l := report.Line{Name: name}
		for n := 1.0; n < 33; n *= math.Sqrt2 {
			size := math.Round(n)
			if len(l.X) > 0 && size == l.X[len(l.X)-1] {
				continue
			}
			y := end - gain/size + 0.0004*rng.NormFloat64()
			l.X, l.Y = append(l.X, size), append(l.Y, y)
			l.Low, l.High = append(l.Low, y-spread/math.Sqrt(size)), append(l.High, y+spread/math.Sqrt(size))
		}
		return l
	}
	return []report.Plot{
		{
			Title: "Accuracy", Caption: "Share of the test images that the majority vote gets right. Bands: two standard errors over 20 random choices of members.",
			X: report.Axis{Label: "members", Logarithmic: true}, Y: report.Axis{Label: "accuracy"},
			Lines: []report.Line{line("added in order of time", 0.981, 0.012, 0.004), line("chosen at random", 0.982, 0.014, 0.003)},
		},
		{
			Title: "NLL", Caption: "Negative log-likelihood of the mean probability.",
			X: report.Axis{Label: "members", Logarithmic: true}, Y: report.Axis{Label: "NLL (nats)"},
			Lines: []report.Line{line("added in order of time", 0.061, -0.05, 0.012), line("chosen at random", 0.0605, -0.053, 0.009)},
		},
	}
}

func sampleShifts(rng *rand.Rand) []report.Plot {
	var plots []report.Plot
	for i, shift := range []string{"Rotation", "Noise", "Blur", "Contrast", "Translation"} {
		ensemble, member := report.Line{Name: "ensemble"}, report.Line{Name: "mean member"}
		for level := range 6 {
			x := float64(level)
			fall := (0.02 + 0.006*float64(i)) * x * x / 1.6
			ensemble.X, ensemble.Y = append(ensemble.X, x), append(ensemble.Y, 0.981-0.8*fall+0.003*rng.NormFloat64())
			y := 0.969 - fall
			member.X, member.Y = append(member.X, x), append(member.Y, y)
			member.Low, member.High = append(member.Low, y-0.01-0.008*x), append(member.High, y+0.01+0.008*x)
		}
		plots = append(plots, report.Plot{
			Title: shift,
			X:     report.Axis{Label: "level"}, Y: report.Axis{Label: "accuracy"},
			Lines: []report.Line{ensemble, member},
		})
	}
	plots[0].Caption = "Levels 1 to 5: 15° to 75°. Bands: the middle 90% of the members."
	return plots
}

func sampleGalleries(t *testing.T, rng *rand.Rand) []report.Gallery {
	digits, err := data.Digits(40, rand.NewPCG(3, 4))
	require.NoError(t, err)
	image := func(i int, certain float64) report.Image {
		label := digits.Label(i)
		votes := make([]int, 10)
		for range 32 {
			class := label
			if rng.Float64() > certain {
				class = (label + 1 + rng.IntN(3)) % 10
			}
			votes[class]++
		}
		best := 0
		for class, n := range votes {
			if n > votes[best] {
				best = class
			}
		}
		return report.Image{
			Width: 28, Height: 28, Pixels: digits.Input(i), True: label, Predicted: best, Votes: votes,
			Note: fmt.Sprintf("entropy %.2f", 2.3*(1-certain)),
		}
	}
	hardest := report.Gallery{Title: "Least certain", Caption: "The test images with the largest entropy of the mean probabilities, in nats."}
	easiest := report.Gallery{Title: "Most certain", Caption: "The test images with the smallest entropy."}
	for i := range 16 {
		hardest.Images = append(hardest.Images, image(i, 0.25+0.02*float64(i)))
	}
	for i := 16; i < 24; i++ {
		easiest.Images = append(easiest.Images, image(i, 1))
	}
	return []report.Gallery{hardest, easiest}
}
