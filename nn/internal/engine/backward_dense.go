package engine

import "github.com/trajens/trajens/internal/kernel"

// denseBackward goes backward through a dense layer. Its panels are of inputs,
// in their order [height, width, channels].
type denseBackward struct {
	inputs    []float32 // [panel][sample][lane]
	slopes    []float32 // [output][sample]
	zeros     [denseLanes]float32
	transpose kernel.Transpose // to slopes

	// Weights of a direction, and the layer's products with them.
	direction packed
	products  []float32
	product   kernel.Linear

	linear kernel.Linear // for weights
	inner  kernel.Linear // for inputs
}

// denseLanes is how many inputs a panel has.
const denseLanes = 2 * kernel.Lanes

func newDenseBackward(s *gradientStage) *denseBackward {
	inputs, outputs := s.plan.input.size(), s.plan.packing.outputs
	panels := (inputs + denseLanes - 1) / denseLanes
	b := &denseBackward{
		inputs: make([]float32, panels*s.together*denseLanes),
		slopes: make([]float32, outputs*s.together),

		products: make([]float32, len(s.out.data)),
		product:  denseKernel(s.plan.stagePlan, s.in, s.out, noFloor),
	}
	b.transpose = kernel.Transpose{DstRow: s.together, XRow: s.outSlopes.sample, Length: outputs}
	b.linear = kernel.Linear{Vectors: 2, Bias: b.zeros[:], XPixel: s.together, DstPixel: inputs, Segments: 1, Floor: noFloor}
	if s.inSlopes != nil {
		b.inner = kernel.Linear{
			Vectors: 2, Bias: b.zeros[:], XPixel: s.outSlopes.sample, DstPixel: s.inSlopes.sample,
			Segments: 1, Length: outputs, Floor: noFloor,
		}
	}
	return b
}

// pack lays the weights out as [panel][output][lane].
func (b *denseBackward) pack(s *gradientStage, dst, params []float32) []float32 {
	if s.inSlopes == nil {
		return nil
	}
	pixels, channels := s.plan.input.pixels(), s.plan.input.channels
	inner, outputs := s.plan.packing.inner, s.plan.packing.outputs
	if dst == nil {
		dst = make([]float32, (inner+denseLanes-1)/denseLanes*outputs*denseLanes)
	}
	for o := range outputs {
		row := params[o*inner:][:inner]
		if pixels == 1 || channels == 1 {
			for i := 0; i < inner; i += denseLanes {
				copy(dst[(i/denseLanes*outputs+o)*denseLanes:][:denseLanes], row[i:])
			}
			continue
		}
		for pixel := range pixels {
			for c := range channels {
				i := pixel*channels + c
				dst[(i/denseLanes*outputs+o)*denseLanes+i%denseLanes] = row[c*pixels+pixel]
			}
		}
	}
	return dst
}

func (b *denseBackward) backward(s *gradientStage, gradient []float32, from, to int) {
	inputs, outputs := s.plan.input.size(), s.plan.packing.outputs
	samples := to - from
	inputPanels := b.inputs
	if s.in.sample == denseLanes { // they are laid out so
		inputPanels = s.in.of(from)
	} else {
		b.layInputs(s, from, to)
	}
	for j := 0; j < samples; j += kernel.Lanes { // the last samples of these may be another block's
		b.transpose.Dst, b.transpose.X = b.slopes[j:], s.outSlopes.of(from+j)
		b.transpose.Run()
	}
	k := &b.linear
	k.Length = samples
	for first := (inputs - 1) / denseLanes * denseLanes; first >= 0; first -= denseLanes { // the last panel leaves an excess where the first one writes
		k.W = inputPanels[first*s.together:]
		k.X, k.Dst = b.slopes, gradient[s.plan.panels[0].at+first:]
		grid{height: 1, width: outputs}.compute(k)
	}
	biases := gradient[s.plan.bias:][:outputs] // after the weights, which leave an excess too
	sumRows(biases, s.outSlopes.of(from), s.outSlopes.sample, samples)
	b.toInputs(s, from, to)
}

// layInputs lays out the inputs of some samples.
func (b *denseBackward) layInputs(s *gradientStage, from, to int) {
	for first := 0; first < s.plan.input.size(); first += denseLanes {
		panel, inputs := b.inputs[first*s.together:], s.in.of(from)[first:]
		for j := range to - from {
			*(*[denseLanes]float32)(panel[j*denseLanes:]) = [denseLanes]float32(inputs[j*s.in.sample:])
		}
	}
}

// sumRows sets dst to the sum of so many rows, which are a distance apart, in
// their order.
func sumRows(dst, x []float32, distance, rows int) {
	for len(dst) >= kernel.Lanes {
		sumLanes((*[kernel.Lanes]float32)(dst), x, distance, rows)
		dst, x = dst[kernel.Lanes:], x[kernel.Lanes:]
	}
	for o := range dst {
		sum := float32(0)
		for j := range rows {
			sum += x[j*distance+o]
		}
		dst[o] = sum
	}
}

// sumLanes does it for one vector, in registers.
func sumLanes(dst *[kernel.Lanes]float32, x []float32, distance, rows int) {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for j := range rows {
		row := (*[kernel.Lanes]float32)(x[j*distance:])
		s0 += row[0]
		s1 += row[1]
		s2 += row[2]
		s3 += row[3]
		s4 += row[4]
		s5 += row[5]
		s6 += row[6]
		s7 += row[7]
	}
	*dst = [kernel.Lanes]float32{s0, s1, s2, s3, s4, s5, s6, s7}
}

// toInputs sets the derivatives with respect to the inputs.
func (b *denseBackward) toInputs(s *gradientStage, from, to int) {
	if s.inSlopes == nil {
		return
	}
	inputs, outputs := s.plan.input.size(), s.plan.packing.outputs
	k := &b.inner
	for first := (inputs - 1) / denseLanes * denseLanes; first >= 0; first -= denseLanes {
		k.W = s.model.backward[first*outputs:]
		k.X, k.Dst = s.outSlopes.of(from), s.inSlopes.of(from)[first:]
		grid{height: 1, width: to - from}.compute(k)
	}
}
