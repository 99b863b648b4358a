package metrics_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble/metrics"
)

// Three images of cats (class 0) and dogs (class 1).
func Example() {
	logits := []float64{
		2, 0,
		0, 3,
		1, 0,
	}
	logProbabilities, err := metrics.LogSoftmax(logits, 2)
	if err != nil {
		panic(err)
	}
	predictions, err := metrics.NewPredictions(logProbabilities, 2)
	if err != nil {
		panic(err)
	}
	c, err := metrics.NewClassification(predictions, []int{0, 1, 1})
	if err != nil {
		panic(err)
	}
	fmt.Printf("accuracy %.3f, NLL %.3f, Brier %.3f, ECE %.3f\n", c.Accuracy(), c.NLL(), c.Brier(), c.ECE())
	fmt.Printf("AUGRC %.3f\n", c.RiskCoverage().AUGRC())
	interval, err := metrics.BootstrapMean(c.BrierPerSample(), rand.NewPCG(1, 2), metrics.BootstrapConfig{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("Brier from %.3f to %.3f\n", interval.Low, interval.High)
	// Output:
	// accuracy 0.667, NLL 0.496, Brier 0.367, ECE 0.299
	// AUGRC 0.056
	// Brier from 0.004 to 1.069
}

// The temperature that suits six samples, of which a sure prediction gets two
// wrong.
func ExampleClassification_FitTemperature() {
	var logProbabilities []float64
	for range 6 {
		logProbabilities = append(logProbabilities, math.Log(0.9), math.Log(0.1))
	}
	predictions, err := metrics.NewPredictions(logProbabilities, 2)
	if err != nil {
		panic(err)
	}
	c, err := metrics.NewClassification(predictions, []int{0, 0, 0, 0, 1, 1})
	if err != nil {
		panic(err)
	}
	temperature, err := c.FitTemperature()
	if err != nil {
		panic(err)
	}
	calibrated, err := c.Tempered(temperature)
	if err != nil {
		panic(err)
	}
	fmt.Printf("T = %.2f: confidence %.2f to %.2f\n", temperature, c.ConfidencePerSample()[0], calibrated.ConfidencePerSample()[0])
	fmt.Printf("NLL %.3f to %.3f\n", c.NLL(), calibrated.NLL())
	// Output:
	// T = 3.17: confidence 0.90 to 0.67
	// NLL 0.838 to 0.637
}

// Two members predict two numbers.
func ExampleRegression() {
	means := []float64{
		0, 1,
		3, 3,
	}
	scales := []float64{
		1, 1,
		0.5, 0.5,
	}
	mixtures, err := metrics.NewMixtures(means, scales, 2, metrics.MixturesConfig{})
	if err != nil {
		panic(err)
	}
	r, err := metrics.NewRegression(mixtures, []float64{1, 2.5})
	if err != nil {
		panic(err)
	}
	nll, err := r.NLL()
	if err != nil {
		panic(err)
	}
	share, width, err := r.Coverage(0.9)
	if err != nil {
		panic(err)
	}
	fmt.Printf("NLL %.3f, RMSE %.3f, CRPS %.3f\n", nll, r.RMSE(), r.CRPS())
	fmt.Printf("%.0f %% in intervals of mean width %.2f\n", 100*share, width)
	// Output:
	// NLL 0.932, RMSE 0.500, CRPS 0.326
	// 100 % in intervals of mean width 2.66
}
