package simplex

// A Gradient is what growing a simplex needs to know of a model and its data.
// *nn.Gradients is one.
type Gradient interface {
	// Samples returns the number of samples, at least 1.
	Samples() int

	// Params returns the number of parameters, at least 1.
	Params() int

	// Gradient writes the gradient of the mean loss over the given samples, with
	// respect to the parameters, to dst, which has the length of params. It
	// returns that mean loss. It must not keep its arguments, nor change params
	// and samples.
	Gradient(dst, params []float32, samples []int) float64
}
