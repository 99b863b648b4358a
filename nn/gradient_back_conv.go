package nn

import "github.com/trajens/trajens/internal/kernel"

// convolutionBack is the dense way back through a convolution: a sum over all
// pixels for each weight. It is that of a first layer, of which no derivatives
// with respect to the inputs are asked for.
type convolutionBack struct {
	planar  []float32 // the input, [channels, height, width] with its border
	taps    []float32 // of one panel and sample
	linear  kernel.Linear
	zeros   [2 * kernel.Lanes]float32
	biases  [2 * kernel.Lanes]float32
	collect kernel.Collect // to add taps
	unpool  kernel.Unpool  // for windows that do not overlap
}

func newConvolutionBack(s *gradientStage) *convolutionBack {
	k, channels := s.plan.layer.kernel, s.plan.input.channels
	b := new(convolutionBack)
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
	b.collect = kernel.Collect{DstAt: []int32{0}, Ends: []int32{1}, Values: []float32{1}, XAt: []int32{0}, Rows: 1}
	return b
}

// take has nothing to do: the parameters are needed only for derivatives with
// respect to the inputs.
func (b *convolutionBack) take(*gradientStage) {}

func (b *convolutionBack) run(s *gradientStage, slot []float32, from, to int) {
	clear(s.plan.part(slot))
	for j := from; j < to; j++ {
		b.sample(s, slot, j)
	}
}

// sample adds the products of one sample's input with the derivatives of all
// sums.
func (b *convolutionBack) sample(s *gradientStage, slot []float32, j int) {
	side, columns := s.plan.layer.kernel, s.in.columns
	input := s.in.of(j)
	if b.planar != nil {
		extent{s.in.rows, s.in.columns, s.in.channels}.channelsFirst(b.planar, input)
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
		b.collect.Dst, b.collect.X = slot[p.at:], b.taps
		b.collect.Length = s.plan.input.channels * side * side * lanes
		b.collect.Run()
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
