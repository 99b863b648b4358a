package metrics

import (
	"math/rand/v2"
	"testing"
)

// The sizes of a usual test set and of a usual committee.
const (
	benchSamples = 10_000
	benchClasses = 10
	benchMembers = 10
)

func BenchmarkClassification(b *testing.B) {
	c := draw(b, rand.NewPCG(1, 1), benchSamples, benchClasses, 1.5, 0)
	other := draw(b, rand.NewPCG(1, 2), benchSamples, benchClasses, 1.5, 0)
	source := rand.NewPCG(1, 3)
	entropy := make([]float64, benchSamples)
	votes := make([]int, benchSamples*benchClasses)
	for i := range votes {
		votes[i] = 1
	}
	curve := c.RiskCoverage()
	for _, bench := range []struct {
		name string
		run  func() error
	}{
		{"NewPredictions", func() error { _, err := NewPredictions(c.logProbabilities, benchClasses); return err }},
		{"LogSoftmax", func() error { _, err := LogSoftmax(c.logProbabilities, benchClasses); return err }},
		{"Accuracy", func() error { c.Accuracy(); return nil }},
		{"NLL", func() error { c.NLL(); return nil }},
		{"Brier", func() error { c.Brier(); return nil }},
		{"ECE", func() error { c.ECE(); return nil }},
		{"AdaptiveECE", func() error { c.AdaptiveECE(); return nil }},
		{"ClasswiseECE", func() error { c.ClasswiseECE(); return nil }},
		{"ConfusionMatrix", func() error { c.ConfusionMatrix(); return nil }},
		{"RiskCoverage", func() error { c.RiskCoverage(); return nil }},
		{"AURC", func() error { curve.AURC(); return nil }},
		{"AUGRC", func() error { curve.AUGRC(); return nil }},
		{"Entropy", func() error { c.Entropy(); return nil }},
		{"MutualInformation", func() error { _, err := c.MutualInformation(entropy); return err }},
		{"Disagreement", func() error { _, err := Disagreement(votes, benchClasses); return err }},
		{"NLLAmbiguity", func() error { _, err := NLLAmbiguity(c.logProbabilities, benchClasses, c.labels); return err }},
		{"Agreement", func() error { _, err := c.Agreement(other.Predictions); return err }},
		{"TotalVariation", func() error { _, err := c.TotalVariation(other.Predictions); return err }},
		{"FitTemperature", func() error { _, err := c.FitTemperature(); return err }},
		{"Tempered", func() error { _, err := c.Tempered(1.5); return err }},
		{"CalibratedNLL", func() error { _, err := c.CalibratedNLL(source); return err }},
	} {
		b.Run(bench.name, func(b *testing.B) { repeat(b, bench.run) })
	}
}

func BenchmarkDetection(b *testing.B) {
	in := draw(b, rand.NewPCG(2, 1), benchSamples, benchClasses, 1, 0).EntropyPerSample()
	out := draw(b, rand.NewPCG(2, 2), benchSamples, benchClasses, 1, 0).EntropyPerSample()
	repeat(b, func() error {
		d, err := NewDetection(in, out)
		if err != nil {
			return err
		}
		d.AUROC()
		d.AUPROut()
		d.AUPRIn()
		_, err = d.FPROut(0.95)
		return err
	})
}

// One member a turn.
func BenchmarkLPPD(b *testing.B) {
	log := draw(b, rand.NewPCG(2, 3), benchSamples, benchClasses, 1, 0).NLLPerSample()
	for i := range log {
		log[i] = -log[i]
	}
	l, err := NewLPPD(benchSamples)
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, func() error { return l.Add(log) })
}

func BenchmarkRegression(b *testing.B) {
	r := drawMixtures(b, rand.NewPCG(3, 1), benchSamples, benchMembers, 1)
	for _, bench := range []struct {
		name string
		run  func() error
	}{
		{"NLL", func() error { _, err := r.NLL(); return err }},
		{"RMSE", func() error { r.RMSE(); return nil }},
		{"CRPS", func() error { r.CRPS(); return nil }},
		{"QuantileCalibrationError", func() error { r.QuantileCalibrationError(); return nil }},
		{"Coverage", func() error { _, _, err := r.Coverage(0.9); return err }},
	} {
		b.Run(bench.name, func(b *testing.B) { repeat(b, bench.run) })
	}
}

func BenchmarkBootstrap(b *testing.B) {
	c := draw(b, rand.NewPCG(4, 1), benchSamples, benchClasses, 1, 0)
	nll := c.NLLPerSample()
	source := rand.NewPCG(4, 2)
	b.Run("mean", func(b *testing.B) {
		repeat(b, func() error { _, err := BootstrapMean(nll, source, BootstrapConfig{}); return err })
	})
	b.Run("ECE", func(b *testing.B) {
		statistic := func(samples []int) float64 { return c.Subset(samples).ECE() }
		repeat(b, func() error { _, err := Bootstrap(c.Len(), statistic, source, BootstrapConfig{}); return err })
	})
}

func repeat(b *testing.B, run func() error) {
	b.ReportAllocs()
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
}
