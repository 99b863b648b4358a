package langevin

import "math"

// perSampler is a Gradient that has the gradients of single samples at once, as
// *nn.Gradients.
type perSampler interface {
	// PerSample writes the gradient of the loss of each of the samples, one after the
	// other, to dst, samples × Params, row-major, and the losses to losses.
	PerSample(dst []float32, losses []float64, params []float32, samples []int)
}

// spread computes the gradient of a minibatch with the variance that the choice of its
// samples gives to it, from the gradients of single samples. A model with a method
//
//	PerSample(dst []float32, losses []float64, params []float32, samples []int)
//
// as *nn.Gradients has it gives those of several samples at once.
type spread struct {
	model         Gradient
	several       perSampler // nil: the model has one at a time
	block         []float32  // gradients of a few samples
	losses        []float64
	sums, squares []float64 // of the gradients
}

// spreadBlock is how many gradients of single samples are in memory at once.
const spreadBlock = 16

func newSpread(system *System) *spread {
	n, size := system.Params(), 1
	s := &spread{model: system.model, sums: make([]float64, n), squares: make([]float64, n)}
	if several, ok := system.model.(perSampler); ok {
		s.several, size = several, min(spreadBlock, system.Batch())
	}
	s.block, s.losses = make([]float32, size*n), make([]float64, size)
	return s
}

// add adds up the gradients of samples, and returns the sum of their losses.
func (s *spread) add(params []float32, samples []int) (loss float64) {
	clear(s.sums)
	clear(s.squares)
	n := len(params)
	for len(samples) > 0 {
		size := min(len(s.losses), len(samples))
		block, losses := s.block[:size*n], s.losses[:size]
		if s.several != nil {
			s.several.PerSample(block, losses, params, samples[:size])
		} else {
			losses[0] = s.model.Gradient(block, params, samples[:1])
		}
		for k, l := range losses {
			loss += l
			for i, g := range block[k*n : (k+1)*n] {
				s.sums[i] += float64(g)
				s.squares[i] += float64(g) * float64(g)
			}
		}
		samples = samples[size:]
	}
	return loss
}

// gradientAndVariance is System.Gradient, which also writes an unbiased estimate of the
// variance of each ∂U/∂θᵢ, over draws of m of N samples without replacement, to
// variance: S² (1/m − 1/N) times the variance of the gradients of the m samples.
func (s *System) gradientAndVariance(state *State, variance []float64, spread *spread) error {
	samples := s.batches.draw(s.source)
	m := float64(len(samples))
	loss := spread.add(state.Params, samples) / m
	s.samples += len(samples)
	s.calls++
	factor := s.s * s.s * math.Max(0, 1/m-1/float64(s.batches.samples)) / (m - 1)
	for i, sum := range spread.sums {
		s.scratch[i] = float32(s.s * sum / m)
		variance[i] = factor * math.Max(0, spread.squares[i]-sum*sum/m)
	}
	return s.finish(state, loss)
}
