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
// samples gives to it, from the gradients of groups of the samples.
type spread struct {
	model         Gradient
	groups        int
	several       perSampler // groups of one sample that the model has at once, else nil
	block         []float32  // gradients of one group, or of a few such samples
	losses        []float64
	sums, squares []float64 // of the gradients, times the sizes of their groups
}

// spreadBlock is how many gradients of single samples are in memory at once.
const spreadBlock = 16

// newSpread returns one for minibatches in so many groups, from 2 to all of their samples.
func newSpread(system *System, groups int) *spread {
	n, size := system.Params(), 1
	s := &spread{model: system.model, groups: groups, sums: make([]float64, n), squares: make([]float64, n)}
	if several, ok := system.model.(perSampler); ok && groups == system.Batch() {
		s.several, size = several, min(spreadBlock, groups)
	}
	s.block, s.losses = make([]float32, size*n), make([]float64, size)
	return s
}

// add adds up the gradients of the groups of a minibatch, and returns the sum of the losses
// of its samples. Sizes of groups differ by at most one.
func (s *spread) add(params []float32, samples []int) (loss float64) {
	clear(s.sums)
	clear(s.squares)
	if s.several != nil {
		return s.addSeveral(params, samples)
	}
	for k := range s.groups {
		group := samples[k*len(samples)/s.groups : (k+1)*len(samples)/s.groups]
		size := float64(len(group))
		loss += size * s.model.Gradient(s.block, params, group)
		s.addGroup(s.block, size)
	}
	return loss
}

// addSeveral is add for groups of one sample.
func (s *spread) addSeveral(params []float32, samples []int) (loss float64) {
	n := len(params)
	for len(samples) > 0 {
		size := min(len(s.losses), len(samples))
		block, losses := s.block[:size*n], s.losses[:size]
		s.several.PerSample(block, losses, params, samples[:size])
		for k, l := range losses {
			loss += l
			s.addGroup(block[k*n:(k+1)*n], 1)
		}
		samples = samples[size:]
	}
	return loss
}

// addGroup adds the gradient of the mean loss of a group.
func (s *spread) addGroup(gradient []float32, size float64) {
	sums, squares := s.sums[:len(gradient)], s.squares[:len(gradient)]
	for i, g := range gradient {
		x := float64(g)
		sums[i] += size * x
		squares[i] += size * x * x
	}
}

// variances writes what the groups that were added say of the variances of the gradients of
// single samples, without bias. With the gradients ḡₖ of G groups of nₖ samples, and ḡ of all
// m of them, that is
//
//	Σₖ nₖ (ḡₖ − ḡ)²/(G − 1),
//
// for samples that were drawn with or without replacement.
func (s *spread) variances(dst []float64, m float64) {
	for i, sum := range s.sums {
		dst[i] = math.Max(0, s.squares[i]-sum*sum/m) / float64(s.groups-1)
	}
}

// gradientAndVariance is System.Gradient, which also writes an unbiased estimate of the
// variance of each ∂U/∂θᵢ, over draws of m of N samples without replacement, to variance:
// S² (1/m − 1/N) times that of the gradients of single samples.
func (s *System) gradientAndVariance(state *State, variance []float64, spread *spread) error {
	samples := s.batches.draw(s.source)
	m := float64(len(samples))
	loss := spread.add(state.Params, samples) / m
	s.samples += len(samples)
	s.calls++
	factor := s.s * s.s * math.Max(0, 1/m-1/float64(s.batches.samples))
	spread.variances(variance, m)
	for i, sum := range spread.sums {
		s.scratch[i] = float32(s.s * sum / m)
		variance[i] *= factor
	}
	return s.finish(state, loss)
}
