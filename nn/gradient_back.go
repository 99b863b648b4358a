package nn

import "github.com/trajens/trajens/internal/kernel"

// waysBack computes derivatives with respect to parameters and inputs from
// those with respect to sums.
type waysBack interface {
	take(*gradientStage)
	run(s *gradientStage, slot []float32, samples int)
}

// backward adds the derivatives with respect to the stage's parameters to the
// slot, and sets those with respect to its inputs, if they are asked for.
func (s *gradientStage) backward(slot []float32, samples int) {
	if s.plan.active && !s.plan.gated() {
		s.deactivate(samples)
	}
	if s.way != nil {
		s.way.run(s, slot, samples)
		return
	}
	if s.inGradient == nil {
		return
	}
	clear(s.inGradient.data[:samples*s.inGradient.sample])
	for j := range samples {
		to, from := s.inGradient.of(j), s.outGradient.of(j)
		n := 0
		s.eachRow(j, func(at, length int) {
			for i, v := range from[at : at+length] {
				if s.winners != nil {
					to[s.winners[j*s.plan.output.size()+n+i]] += v
				} else {
					to[s.inPlace(at)+i] += v
				}
			}
			n += length
		})
	}
}

// denseBack is the way back through a dense layer. Its panels are of inputs, in
// their order [height, width, channels].
type denseBack struct {
	inputs  []float32 // [panel][sample][lane]
	slopes  []float32 // [output][sample]
	weights []float32 // [panel][output][lane], for the inputs' derivatives
	zeros   [denseLanes]float32
	turn    kernel.Transpose // to slopes
	linear  kernel.Linear    // for weights
	inner   kernel.Linear    // for inputs
}

// denseLanes is how many inputs a panel has.
const denseLanes = 2 * kernel.Lanes

func newDenseBack(s *gradientStage) *denseBack {
	inputs, outputs := s.plan.input.size(), s.plan.packing.outputs
	panels := (inputs + denseLanes - 1) / denseLanes
	b := &denseBack{
		inputs: make([]float32, panels*s.together*denseLanes),
		slopes: make([]float32, outputs*s.together),
	}
	b.turn = kernel.Transpose{DstRow: s.together, XRow: s.outGradient.sample, Length: outputs}
	b.linear = kernel.Linear{Vectors: 2, Bias: b.zeros[:], XPixel: s.together, DstPixel: inputs, Segments: 1, Floor: noFloor}
	if s.inGradient != nil {
		b.weights = make([]float32, panels*outputs*denseLanes)
		b.inner = kernel.Linear{
			Vectors: 2, Bias: b.zeros[:], XPixel: s.outGradient.sample, DstPixel: s.inGradient.sample,
			Segments: 1, Length: outputs, Floor: noFloor,
		}
	}
	return b
}

// take packs the weights.
func (b *denseBack) take(s *gradientStage) {
	if b.weights == nil {
		return
	}
	pixels, channels := s.plan.input.pixels(), s.plan.input.channels
	inner, outputs := s.plan.packing.inner, s.plan.packing.outputs
	for o := range outputs {
		row := s.params[o*inner:][:inner]
		if pixels == 1 || channels == 1 {
			for i := 0; i < inner; i += denseLanes {
				copy(b.weights[(i/denseLanes*outputs+o)*denseLanes:][:denseLanes], row[i:])
			}
			continue
		}
		for pixel := range pixels {
			for c := range channels {
				i := pixel*channels + c
				b.weights[(i/denseLanes*outputs+o)*denseLanes+i%denseLanes] = row[c*pixels+pixel]
			}
		}
	}
}

func (b *denseBack) run(s *gradientStage, slot []float32, samples int) {
	inputs, outputs := s.plan.input.size(), s.plan.packing.outputs
	for first := 0; first < inputs; first += denseLanes {
		panel := b.inputs[first*s.together:]
		for j := range samples {
			copy(panel[j*denseLanes:][:denseLanes], s.in.of(j)[first:])
		}
	}
	for j := 0; j < samples; j += kernel.Lanes { // of which the last ones may be of another block
		b.turn.Dst, b.turn.X = b.slopes[j:], s.outGradient.of(j)
		b.turn.Run()
	}
	k := &b.linear
	k.Length = samples
	for first := (inputs - 1) / denseLanes * denseLanes; first >= 0; first -= denseLanes { // the last panel leaves an excess where the first one writes
		k.W = b.inputs[first*s.together:]
		k.X, k.Dst = b.slopes, slot[s.plan.panels[0].at+first:]
		grid{height: 1, width: outputs}.run(k)
	}
	biases := slot[s.plan.bias:][:outputs] // after the weights, which leave an excess too
	clear(biases)
	for j := range samples {
		for o, slope := range s.outGradient.of(j)[:outputs] {
			biases[o] += slope
		}
	}
	if b.weights == nil {
		return
	}
	k = &b.inner
	for first := (inputs - 1) / denseLanes * denseLanes; first >= 0; first -= denseLanes {
		k.W = b.weights[first*outputs:]
		k.X, k.Dst = s.outGradient.data, s.inGradient.data[first:]
		grid{height: 1, width: samples}.run(k)
	}
}

// convolutionBack is the way back through a convolution. The sparse way keeps
// lists of the sums that have a derivative.
type convolutionBack struct {
	// The dense way.
	planar []float32 // the input, [channels, height, width] with its border
	taps   []float32 // of one panel and sample
	linear kernel.Linear
	zeros  [2 * kernel.Lanes]float32
	biases [2 * kernel.Lanes]float32
	unit   kernel.Scatter // to add taps
	unpool kernel.Unpool  // for windows that do not overlap

	// The sparse way.
	values   []float32
	inputAt  []int32
	weightAt []int32
	weights  []float32 // [out][height, width][in]
	scatter  kernel.Scatter
}

func newConvolutionBack(s *gradientStage) *convolutionBack {
	k, channels := s.plan.layer.kernel, s.plan.input.channels
	b := new(convolutionBack)
	if s.plan.dense {
		lanes := s.plan.packing.panels[0].vectors * kernel.Lanes
		s.sumGradients = make([]float32, len(s.sums))
		if channels > 1 {
			b.planar = make([]float32, s.in.sample+slack)
		}
		b.taps = make([]float32, channels*k*k*lanes)
		b.linear = kernel.Linear{
			XPixel: 1, Segments: s.plan.convolved.height, Length: s.plan.convolved.width, Segment: s.in.columns,
			Bias: b.zeros[:], Floor: noFloor,
		}
		pool := s.plan.pool
		b.unpool = kernel.Unpool{
			Sums: b.biases[:], Windows: s.out.width, Kernel: pool.kernel, SlopeWindow: s.out.channels, FromWindow: s.out.channels,
			Row: int32(s.plan.convolved.width), Window: int32(pool.stride),
		}
		b.unit = kernel.Scatter{Values: []float32{1}, DstAt: []int32{0}, XAt: []int32{0}, Rows: 1}
		return b
	}
	most := s.plan.output.size()
	b.values, b.inputAt, b.weightAt = make([]float32, most), make([]int32, most), make([]int32, most)
	b.weights = make([]float32, s.plan.packing.outputs*s.plan.packing.inner)
	b.scatter = kernel.Scatter{Rows: k, Length: k * channels}
	return b
}

func (b *convolutionBack) take(s *gradientStage) {
	if s.plan.dense || s.inGradient == nil {
		return
	}
	k, channels := s.plan.layer.kernel, s.plan.input.channels
	inner := s.plan.packing.inner
	for o := range s.plan.packing.outputs {
		for c := range channels {
			for pixel := range k * k {
				b.weights[o*inner+pixel*channels+c] = s.params[o*inner+c*k*k+pixel]
			}
		}
	}
}

func (b *convolutionBack) run(s *gradientStage, slot []float32, samples int) {
	clear(slot[s.plan.panels[0].at : s.plan.bias+s.plan.packing.outputs])
	if s.plan.dense {
		for j := range samples {
			b.dense(s, slot, j)
		}
		return
	}
	if s.inGradient != nil {
		clear(s.inGradient.data[:samples*s.inGradient.sample])
	}
	for j := range samples {
		b.sparse(s, slot, j)
	}
}

// sparse adds the products with the derivatives of one sample that are not
// zero.
func (b *convolutionBack) sparse(s *gradientStage, slot []float32, j int) {
	layer, width := &s.plan.layer, s.plan.convolved.width
	gradient, biases := s.outGradient.of(j), slot[s.plan.bias:][:s.plan.packing.outputs]
	inner, winners := s.plan.packing.inner, s.winners[j*s.plan.output.size():]
	found, n := 0, 0
	for y := range s.out.height {
		for x := range s.out.width {
			for o, v := range gradient[s.outGradient.at(y, x):][:len(biases)] {
				if v != 0 {
					pixel := int(winners[n])
					row, column := pixel/width, pixel%width
					b.values[found] = v
					b.inputAt[found] = int32(row*layer.stride*s.in.rowLength() + column*layer.stride*s.in.channels)
					b.weightAt[found] = int32(o * inner)
					found++
					biases[o] += v
				}
				n++
			}
		}
	}
	if found == 0 {
		return
	}
	k := &b.scatter
	k.Values = b.values[:found]
	k.Dst, k.DstAt, k.DstRow = slot[s.plan.panels[0].at:], b.weightAt[:found], k.Length
	k.X, k.XAt, k.XRow = s.in.of(j), b.inputAt[:found], s.in.rowLength()
	k.Run()
	if s.inGradient == nil {
		return
	}
	k.Dst, k.DstAt, k.DstRow = s.inGradient.of(j), b.inputAt[:found], s.in.rowLength()
	k.X, k.XAt, k.XRow = b.weights, b.weightAt[:found], k.Length
	k.Run()
}

// dense adds the products of one sample's input with the derivatives of all
// sums.
func (b *convolutionBack) dense(s *gradientStage, slot []float32, j int) {
	side, columns := s.plan.layer.kernel, s.in.columns
	input := s.in.of(j)
	if b.planar != nil {
		b.turn(s, input)
		input = b.planar
	}
	for i, p := range s.plan.panels {
		lanes := p.vectors * kernel.Lanes
		b.spread(s, slot, j, i)
		k := &b.linear
		k.Vectors, k.W = p.vectors, s.sumGradients[s.panelAt(i):]
		for c := range s.plan.input.channels {
			k.X, k.Dst, k.DstPixel = input[c*s.in.rows*columns:], b.taps[c*side*side*lanes:], lanes
			grid{height: side, width: side, xRow: columns, dstRow: side * lanes}.run(k)
		}
		b.unit.Dst, b.unit.X = slot[p.at:], b.taps
		b.unit.Length = s.plan.input.channels * side * side * lanes
		b.unit.Run()
	}
}

// spread sets the derivatives of the sums of a panel.
func (b *convolutionBack) spread(s *gradientStage, slot []float32, j, i int) {
	p := s.plan.panels[i]
	n := min(p.vectors*kernel.Lanes, s.out.channels-p.channel)
	sums := s.sumGradients[s.panelAt(i):s.panelAt(i+1)]
	gradient, biases := s.outGradient.of(j), slot[s.plan.bias+p.channel:][:n]
	winners := s.winners[j*s.plan.output.size()+p.channel:]
	if s.plan.overlapping() {
		b.spreadOverlapping(s, p.panel, sums, biases, winners, gradient)
		return
	}
	// Lanes beyond the channels get what is in the next pixel, and are not used.
	k, pool, width, lanes := &b.unpool, s.plan.pool, s.plan.convolved.width, p.vectors*kernel.Lanes
	outputs := gradient // whose zeros do not matter
	if s.plan.gated() {
		outputs = s.out.of(j)
	}
	copy(b.biases[:], biases)
	k.Vectors, k.DstRow, k.DstWindow = p.vectors, width*lanes, pool.stride*lanes
	for y := range s.out.height {
		at, first := s.out.at(y, 0)+p.channel, y*pool.stride*width
		k.First = int32(first)
		k.Dst, k.Slopes, k.Outputs, k.From = sums[first*lanes:], gradient[at:], outputs[at:], winners[y*s.out.width*s.out.channels:]
		k.Run()
	}
	copy(biases, b.biases[:])
}

// spreadOverlapping does so where a sum may be the maximum of several windows.
func (b *convolutionBack) spreadOverlapping(s *gradientStage, p panel, sums, biases []float32, winners []int32, gradient []float32) {
	lanes := p.vectors * kernel.Lanes
	clear(sums)
	for y := range s.out.height {
		for x := range s.out.width {
			slopes := gradient[s.outGradient.at(y, x)+p.channel:][:len(biases)]
			from := winners[(y*s.out.width+x)*s.out.channels:][:len(biases)]
			for c, v := range slopes {
				sums[int(from[c])*lanes+c] += v
				biases[c] += v
			}
		}
	}
}

// turn copies an input to [channels, height, width].
func (b *convolutionBack) turn(s *gradientStage, input []float32) {
	pixels, channels := s.in.rows*s.in.columns, s.in.channels
	for pixel := range pixels {
		for c, v := range input[pixel*channels:][:channels] {
			b.planar[c*pixels+pixel] = v
		}
	}
}
