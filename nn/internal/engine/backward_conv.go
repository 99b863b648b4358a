package engine

import "github.com/trajens/trajens/internal/kernel"

// convBackward goes backward through a first convolution densely: each weight
// has a sum over all pixels. Derivatives with respect to the inputs are not
// asked for there.
type convBackward struct {
	planar  []float32 // the input, [channels, height, width] with its border
	taps    []float32 // derivatives with respect to the weights of one panel, of one sample
	linear  kernel.Linear
	zeros   [2 * kernel.Lanes]float32
	biases  [2 * kernel.Lanes]float32
	collect kernel.Collect // to add taps
	unpool  kernel.Unpool  // for windows that do not overlap
}

func newConvBackward(s *gradientStage) *convBackward {
	k, channels := s.plan.layer.Kernel, s.plan.input.channels
	b := new(convBackward)
	lanes := s.plan.packing.panels[0].vectors * kernel.Lanes
	s.sumSlopes = make([]float32, len(s.sums))
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

// pack has nothing to do: the parameters are needed only for derivatives with
// respect to the inputs.
func (b *convBackward) pack(*gradientStage, []float32, []float32) []float32 { return nil }

func (b *convBackward) backward(s *gradientStage, gradient []float32, from, to int) {
	clear(s.plan.part(gradient))
	for j := from; j < to; j++ {
		b.sample(s, gradient, j)
	}
}

// sample adds the products of one sample's input with the derivatives of all
// sums.
func (b *convBackward) sample(s *gradientStage, gradient []float32, j int) {
	side, columns := s.plan.layer.Kernel, s.in.columns
	input := s.in.of(j)
	if b.planar != nil {
		extent{s.in.rows, s.in.columns, s.in.channels}.channelsFirst(b.planar, input)
		input = b.planar
	}
	for i, p := range s.plan.panels {
		lanes := p.vectors * kernel.Lanes
		b.spread(s, gradient, j, i)
		k := &b.linear
		k.Vectors, k.W = p.vectors, s.sumSlopes[s.panelAt(i):]
		for c := range s.plan.input.channels {
			k.X, k.Dst, k.DstPixel = input[c*s.in.rows*columns:], b.taps[c*side*side*lanes:], lanes
			grid{height: side, width: side, xRow: columns, dstRow: side * lanes}.compute(k)
		}
		b.collect.Dst, b.collect.X = gradient[p.at:], b.taps
		b.collect.Length = s.plan.input.channels * side * side * lanes
		b.collect.Run()
	}
}

// spread sets the derivatives of the sums of a panel.
func (b *convBackward) spread(s *gradientStage, gradient []float32, j, i int) {
	p := s.plan.panels[i]
	n := min(p.vectors*kernel.Lanes, s.out.channels-p.channel)
	sums := s.sumSlopes[s.panelAt(i):s.panelAt(i+1)]
	slopes, biases := s.outSlopes.of(j), gradient[s.plan.bias+p.channel:][:n]
	winners := s.winners[j*s.plan.output.size()+p.channel:]
	if s.plan.overlapping() {
		b.spreadOverlapping(s, p.panel, sums, biases, winners, slopes)
		return
	}
	// Lanes beyond the channels get what is in the next pixel, and are not used.
	k, pool, width, lanes := &b.unpool, s.plan.pool, s.plan.convolved.width, p.vectors*kernel.Lanes
	outputs := slopes // there is no gate, and a slope of zero stays zero
	if s.plan.gated() {
		outputs = s.out.of(j)
	}
	copy(b.biases[:], biases)
	k.Vectors, k.DstRow, k.DstWindow = p.vectors, width*lanes, pool.stride*lanes
	for y := range s.out.height {
		at, first := s.out.at(y, 0)+p.channel, y*pool.stride*width
		k.First = int32(first)
		k.Dst, k.Slopes, k.Outputs, k.From = sums[first*lanes:], slopes[at:], outputs[at:], winners[y*s.out.width*s.out.channels:]
		k.Run()
	}
	copy(biases, b.biases[:])
}

// spreadOverlapping sets the derivatives of the sums of a panel where a sum may
// be the maximum of several windows.
func (b *convBackward) spreadOverlapping(s *gradientStage, p panel, sums, biases []float32, winners []int32, slopes []float32) {
	lanes := p.vectors * kernel.Lanes
	clear(sums)
	for y := range s.out.height {
		for x := range s.out.width {
			pixel := slopes[s.outSlopes.at(y, x)+p.channel:][:len(biases)]
			from := winners[(y*s.out.width+x)*s.out.channels:][:len(biases)]
			for c, v := range pixel {
				sums[int(from[c])*lanes+c] += v
				biases[c] += v
			}
		}
	}
}
