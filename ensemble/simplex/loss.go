package simplex

// A Losses has the losses of models on samples. *nn.Losses is one, and so is any
// tps.Losses.
type Losses interface {
	// Samples returns the number of samples, at least 1.
	Samples() int

	// Losses writes the loss of each model on each of the samples:
	// dst[k][j] is that of models[k] on samples[j].
	Losses(dst [][]float64, models [][]float32, samples []int)
}

// MeanLoss returns the mean loss over all samples as a function of the model, for Along
// and Plane.Grid. It has memory of its own: one goroutine at a time may call it.
func MeanLoss(losses Losses) func(model []float32) float64 {
	n := losses.Samples()
	samples, dst, models := make([]int, n), [][]float64{make([]float64, n)}, make([][]float32, 1)
	for i := range samples {
		samples[i] = i
	}
	return func(model []float32) float64 {
		models[0] = model
		losses.Losses(dst, models, samples)
		sum := 0.0
		for _, l := range dst[0] {
			sum += l
		}
		return sum / float64(n)
	}
}
