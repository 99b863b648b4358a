package engine

// Derivatives in some directions need no gradients where there are many
// parameters: in a dense layer of weights W, the part that its weights have in
// the derivative in a direction D is the inner product of the derivatives with
// respect to its sums with D times its inputs. A convolution has few weights,
// and the gradient of one sample is soon formed.

// inDirections writes the derivatives of the losses of some samples, a block
// that begins with sample number at of the call.
func (e *differentiator) inDirections(samples []int, at int) {
	c := e.call
	for k := range c.directions {
		clear(c.derivatives[k][at : at+len(samples)])
	}
	e.forward(samples)
	for i := len(e.stages) - 1; i >= 0; i-- {
		s := e.stages[i]
		if s.plan.active {
			s.deactivate(len(samples))
		}
		switch layer := s.layer.(type) {
		case nil:
			s.toInputs(len(samples))
		case *denseBackward:
			layer.inDirections(s, c, len(samples), at)
		default:
			e.convolutionInDirections(s, len(samples), at)
		}
	}
}

// inDirections adds the part of a dense layer.
func (b *denseBackward) inDirections(s *gradientStage, c *gradientCall, samples, at int) {
	for k, direction := range c.directions {
		b.direction.update(direction[s.plan.from:s.plan.to], s.plan.stagePlan, nil)
		b.addDerivatives(s, c.derivatives[k][at:at+samples], &b.direction)
	}
	b.toInputs(s, 0, samples)
}

// addDerivatives adds the part of a dense layer to the derivatives of some
// samples in a direction.
func (b *denseBackward) addDerivatives(s *gradientStage, dst []float64, direction *packed) {
	multiply(&b.product, s.plan.packing.panels, direction, b.products, s.in.data, len(dst))
	outputs := s.plan.packing.outputs
	for j := range dst {
		dst[j] += inner[float64](s.outSlopes.of(j)[:outputs], b.products[j*s.out.sample:][:outputs])
	}
}

// convolutionInDirections adds the part of a convolution.
func (e *differentiator) convolutionInDirections(s *gradientStage, samples, at int) {
	gradient := s.plan.part(e.gradient)
	places := e.plan.params[s.plan.panels[0].at:][:len(gradient)]
	for j := range samples {
		s.layer.backward(s, e.gradient, j, j+1)
		for k, direction := range e.call.directions {
			sum := 0.0
			for i, v := range gradient {
				if to := places[i]; to >= 0 {
					sum += float64(v) * float64(direction[to])
				}
			}
			e.call.derivatives[k][at+j] += sum
		}
	}
}

// meet adds to derivatives of losses the parts of a convolution and of all stages
// before it, of which the tangents are known: slopes, going backward, meet them
// here. The direction is in the order of the gradient, [out][height, width][in],
// then biases.
func (b *convSparseBackward) meet(s *gradientStage, tangents *buffer, dst []float64, direction []float32) {
	outputs, inner := s.plan.packing.outputs, s.plan.packing.inner
	k := &b.derivative
	k.W, k.Directions = s.model.backward, direction[:outputs*inner]
	for j := range dst {
		b.find(s, j)
		from := 0
		for o, end := range b.byOutput.Ends {
			shift := 0.0
			for i := from; i < int(end); i++ {
				b.weightsAt[i] = int32(o * inner)
				shift += float64(b.values[i])
			}
			dst[j] += shift * float64(direction[outputs*inner+o])
			from = int(end)
		}
		k.Values, k.XAt, k.WAt = b.byOutput.Values, b.byOutput.XAt, b.weightsAt[:from]
		k.X, k.Tangents = s.in.of(j), tangents.of(j)
		k.Run()
		dst[j] += float64(k.Sum)
	}
}
