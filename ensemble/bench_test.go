package ensemble

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// BenchmarkPredictor is the latency of one image of 28×28, of which the predictor
// leaves zeros out, and of one without zeros.
func BenchmarkPredictor(b *testing.B) {
	for _, members := range []int{1, 32} {
		net, models, digits := digitCommittee(b, members, 500)
		predictor := committee(b, net, models...).NewPredictor()
		gray := make([]float32, 28*28)
		for i := range gray {
			gray[i] = 0.5
		}
		for _, c := range []struct {
			name  string
			input func(i int) []float32
		}{
			{"digits", func(i int) []float32 { return digits.Input(i % digits.Len()) }},
			{"gray", func(int) []float32 { return gray }},
		} {
			b.Run(fmt.Sprintf("members=%d/%s", members, c.name), func(b *testing.B) {
				var dst Prediction
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					require.NoError(b, predictor.Predict(&dst, c.input(i)))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/image")
			})
		}
	}
}

// BenchmarkDataset reports evaluations/s, those of one member on one image, of what
// goes through a dataset.
func BenchmarkDataset(b *testing.B) {
	const members, images = 32, 2000
	net, models, digits := digitCommittee(b, members, images)
	c := committee(b, net, models...)
	for _, f := range []struct {
		name string
		run  func() error
	}{
		{"Votes", func() error { _, err := c.Votes(digits); return err }},
		{"Probabilities", func() error { _, err := c.Probabilities(digits); return err }},
		{"Evaluate", func() error { _, err := c.Evaluate(digits); return err }},
		{"PredictClasses", func() error { _, err := c.PredictClasses(digits); return err }},
		{"MemberOutputs", func() error { _, err := c.MemberOutputs(digits); return err }},
		{"CurveInOrder", func() error { _, err := c.CurveInOrder(digits, CurveConfig{}); return err }},
		{"CurveAtRandom", func() error {
			_, err := c.CurveAtRandom(digits, random.Source(1), CurveConfig{})
			return err
		}},
	} {
		b.Run(f.name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, f.run())
			}
			b.ReportMetric(float64(b.N)*members*images/b.Elapsed().Seconds(), "evaluations/s")
		})
	}
}
