package nn

// HasScales reports whether the outputs of a network that was trained with the loss
// are means, then scales, two for each target: GaussianExp and GaussianSoftplus. Other
// losses, and 0, have none, and no MeanAndScale.
func (l Loss) HasScales() bool { return rules[l].scale != nil }

// MeanAndScale turns the outputs of a network for one sample, which was trained
// with a loss that HasScales, into the normal distributions that they stand for.
// For K targets outputs has 2K numbers, and the means and the standard deviations
// of the K distributions are written to mean and scale.
//
// An output that is NaN gives NaN. The scale of GaussianExp is 0 for an output
// below −746, and +Inf for one above 710. MeanAndScale panics for a loss
// without scales, or if a length does not fit.
func (l Loss) MeanAndScale(mean, scale []float64, outputs []float32) {
	scaleOf := rules[l].scale
	if scaleOf == nil {
		panic("nn: loss " + l.String() + " has no scales")
	}
	n := len(mean)
	if len(scale) != n || len(outputs) != 2*n {
		panic("nn: numbers of means, of scales and of outputs do not fit")
	}
	for k, mu := range outputs[:n] {
		mean[k], scale[k] = float64(mu), scaleOf(float64(outputs[n+k]))
	}
}
