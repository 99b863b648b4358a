package nn

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
)

// BenchmarkLosses reports samples/s, the number of evaluations of one model on
// one sample a second.
func BenchmarkLosses(b *testing.B) {
	mlp, err := NewNetwork([]int{784}, Dense{Outputs: 128}, ReLU{}, Dense{Outputs: 10})
	require.NoError(b, err)
	dense := labeled(b, 1000, []int{1, 28, 28}, 10, 0)
	sparse := labeled(b, 1000, []int{1, 28, 28}, 10, 0.81) // as sparse as MNIST
	for _, c := range []struct {
		name  string
		net   *Network
		data  *data.Dataset
		loss  Loss
		batch []int
	}{
		{"cnn", MairCNN(), sparse, CrossEntropy, []int{32, 240}},
		{"cnn-dense-images", MairCNN(), dense, CrossEntropy, []int{240}},
		{"mlp", mlp, labeled(b, 1000, []int{784}, 10, 0.81), CrossEntropy, []int{32}},
		{"perceptron", LinearPerceptron(1), targeted(b, 256, []int{1}, 1), HalfSquaredError, []int{32, 256}},
		{"perceptron-100", LinearPerceptron(100), targeted(b, 256, []int{100}, 1), HalfSquaredError, []int{32}},
	} {
		for _, batch := range c.batch {
			for _, workers := range []int{1, 2} {
				models := 2
				b.Run(fmt.Sprintf("net=%s/batch=%d/models=%d/workers=%d", c.name, batch, models, workers), func(b *testing.B) {
					l, err := NewLosses(c.net, c.data, c.loss, LossesConfig{Workers: workers})
					require.NoError(b, err)
					defer l.Close()
					parameters := randomModels(c.net, models, 1)
					samples := randomSamples(c.data, batch, 2)
					dst := rows(models, batch)
					b.ReportAllocs()
					for b.Loop() {
						l.Losses(dst, parameters, samples)
					}
					b.ReportMetric(float64(b.N)*float64(models*batch)/b.Elapsed().Seconds(), "samples/s")
				})
			}
		}
	}
}
