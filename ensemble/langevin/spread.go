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
	block         []float32  // gradients of a few groups, one after the other
	losses        []float64  // theirs
	sizes         []float64  // of these groups
	sums, squares []float64  // of the gradients, times the sizes of their groups
}

// spreadBlock is how many gradients of groups are in memory at once: a multiple of four.
const spreadBlock = 16

// newSpread returns one for minibatches in so many groups, from 2 to all of their samples.
func newSpread(system *System, groups int) *spread {
	n, size := system.Params(), min(spreadBlock, groups)
	s := &spread{
		model: system.model, groups: groups, block: make([]float32, size*n), losses: make([]float64, size),
		sizes: make([]float64, size), sums: make([]float64, n), squares: make([]float64, n),
	}
	if several, ok := system.model.(perSampler); ok && groups == system.Batch() {
		s.several = several
	}
	return s
}

// add adds up the gradients of the groups of a minibatch, and returns the sum of the losses
// of its samples. Sizes of groups differ by at most one.
func (s *spread) add(params []float32, samples []int) (loss float64) {
	clear(s.sums)
	clear(s.squares)
	n, m := len(params), len(samples)
	for first := 0; first < s.groups; first += len(s.losses) {
		count := min(len(s.losses), s.groups-first)
		block, losses, sizes := s.block[:count*n], s.losses[:count], s.sizes[:count]
		if s.several != nil {
			s.several.PerSample(block, losses, params, samples[first:first+count])
		}
		for k := range count {
			group := samples[(first+k)*m/s.groups : (first+k+1)*m/s.groups]
			sizes[k] = float64(len(group))
			if s.several == nil {
				losses[k] = s.model.Gradient(block[k*n:(k+1)*n], params, group)
			}
			loss += sizes[k] * losses[k]
		}
		s.addBlock(block, sizes)
	}
	return loss
}

// addBlock adds the gradients of the mean losses of groups, four at a time.
func (s *spread) addBlock(block []float32, sizes []float64) {
	n := len(s.sums)
	for ; len(sizes) >= 4; block, sizes = block[4*n:], sizes[4:] {
		sums, squares := s.sums[:n], s.squares[:n]
		a, b, c, d := block[:n], block[n:][:n], block[2*n:][:n], block[3*n:][:n]
		for i := range sums {
			x, y, z, u := float64(a[i]), float64(b[i]), float64(c[i]), float64(d[i])
			p, q, r, t := sizes[0]*x, sizes[1]*y, sizes[2]*z, sizes[3]*u
			sums[i] += p + q + (r + t)
			squares[i] += p*x + q*y + (r*z + t*u)
		}
	}
	for k, size := range sizes {
		sums, squares := s.sums[:n], s.squares[:n]
		for i, g := range block[k*n:][:n] {
			x := float64(g)
			sums[i] += size * x
			squares[i] += size * x * x
		}
	}
}

// variance returns what the groups that were added say of the variance of the derivative i of
// single samples, without bias. With the derivatives ḡₖ of G groups of nₖ samples, and ḡ of
// all m of them, that is
//
//	Σₖ nₖ (ḡₖ − ḡ)²/(G − 1),
//
// for samples that were drawn with or without replacement.
func (s *spread) variance(i int, m float64) float64 {
	return math.Max(0, s.squares[i]-s.sums[i]*s.sums[i]/m) / float64(s.groups-1)
}

// gradientAndVariance is System.Gradient, which also moves variance, by a share of the way,
// to an unbiased estimate of the variance of each ∂U/∂θᵢ over draws of m of N samples without
// replacement: S² (1/m − 1/N) times that of the gradients of single samples.
func (s *System) gradientAndVariance(state *State, variance []float64, share float64, spread *spread) error {
	samples := s.batches.draw(s.source)
	m := float64(len(samples))
	loss := spread.add(state.Params, samples) / m
	s.samples += len(samples)
	s.calls++
	factor := s.s * s.s * math.Max(0, 1/m-1/float64(s.batches.samples))
	for i, sum := range spread.sums {
		s.scratch[i] = float32(s.s / m * sum)
		variance[i] += share * (factor*spread.variance(i, m) - variance[i])
	}
	return s.finish(state, loss)
}
