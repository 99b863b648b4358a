package engine

import (
	"github.com/trajens/trajens/internal/kernel"
)

// A gradientStage goes forward and backward through one stage, for a block of
// samples. It keeps what the stage gave and where its maxima came from.
type gradientStage struct {
	plan     *gradientStagePlan
	together int // most samples of a block

	in, inSlopes   *buffer // inSlopes is nil for the first stage
	out, outSlopes *buffer

	model  *stageModel // whose parameters the stage has
	linear kernel.Linear

	grouped *groupedKernel // of a dense layer in groups, else nil

	// Of a convolution: weighted sums of one sample, panel after panel, each
	// [height, width, lanes]; for convBackward their derivatives, too.
	sums, sumSlopes []float32

	// Where each output of each sample came from: a pixel of the sums, or a
	// number of the input for a pooling alone. nil for others.
	winners []int32
	pooling kernel.Winners

	gate kernel.Gate // what a ReLU is for derivatives

	layer backwardLayer // of a stage with parameters
}

// A stageModel is one model's parameters of a gradient stage, for both ways.
type stageModel struct {
	packed   packed    // forward
	backward []float32 // and backward, as the stage's layer wants them
}

func newGradientStage(plan *gradientStagePlan, together int, in, inSlopes, out, outSlopes *buffer) *gradientStage {
	s := &gradientStage{plan: plan, together: together, in: in, inSlopes: inSlopes, out: out, outSlopes: outSlopes}
	if plan.kind == KindConv2D || plan.kind == KindMaxPool2D {
		s.winners = make([]int32, together*plan.output.size()+slack)
	}
	switch plan.kind {
	case KindConv2D:
		channels := plan.input.channels
		s.linear = kernel.Linear{
			XPixel:   plan.layer.Stride * channels,
			Segments: plan.layer.Kernel,
			Length:   plan.layer.Kernel * channels,
			Segment:  in.rowLength(),
			Floor:    noFloor,
		}
		s.pooling = kernel.Winners{
			Windows: plan.output.width, Kernel: plan.pool.kernel, DstWindow: out.channels,
			Row: int32(plan.convolved.width), Window: int32(plan.pool.stride), Floor: plan.floor,
		}
		s.sums = make([]float32, s.panelAt(len(plan.packing.panels)))
		if plan.dense {
			s.layer = newConvBackward(s)
		} else {
			s.layer = newConvSparseBackward(s)
		}
	case KindDense:
		s.linear = denseKernel(plan.stagePlan, in, out, plan.floor)
		s.layer = newDenseBackward(s)
	case KindGroupedDense:
		s.grouped = newGroupedKernel(plan.stagePlan, in, out, together, plan.floor)
		s.layer = newGroupedBackward(s)
	}
	return s
}

// panelAt returns where panel i of the sums starts.
func (s *gradientStage) panelAt(i int) int {
	at := 0
	for _, p := range s.plan.packing.panels[:i] {
		at += s.plan.convolved.pixels() * p.vectors * kernel.Lanes
	}
	return at
}

// setModel takes over the parameters of a model, which are packed in m unless
// they are there already.
func (s *gradientStage) setModel(m *stageModel, model []float32) {
	s.model = m
	if s.plan.from == s.plan.to {
		return
	}
	if params := model[s.plan.from:s.plan.to]; m.packed.update(params, s.plan.stagePlan, nil) {
		m.backward = s.layer.pack(s, m.backward, params)
	}
}

// forward computes the outputs of a block.
func (s *gradientStage) forward(samples int) {
	switch s.plan.kind {
	case KindConv2D:
		for j := range samples {
			s.convolve(j)
			s.poolSums(j)
		}
	case KindGroupedDense:
		s.grouped.multiply(&s.model.packed, samples)
	case KindDense:
		multiply(&s.linear, s.plan.packing.panels, &s.model.packed, s.out.data, s.in.data, samples)
	case KindMaxPool2D:
		for j := range samples {
			s.poolInput(j)
		}
	default:
		copyImages(s.out, s.in, samples)
	}
	if !s.plan.active {
		return
	}
	if s.plan.tanh {
		applyTanh(s.out, samples)
	} else if s.layer == nil { // a layer with weights has its ReLU by now
		applyFloor(s.out, s.plan.floor, samples)
	}
}

// convolve computes the sums of one sample.
func (s *gradientStage) convolve(j int) {
	k := &s.linear
	for i, p := range s.plan.packing.panels {
		lanes := p.vectors * kernel.Lanes
		k.Vectors, k.W, k.Bias = p.vectors, s.model.packed.numbers[p.weights:], s.model.packed.numbers[p.bias:]
		k.X, k.Dst, k.DstPixel = s.in.of(j), s.sums[s.panelAt(i):], lanes
		grid{
			height: s.plan.convolved.height, width: s.plan.convolved.width,
			xRow: s.plan.layer.Stride * s.in.rowLength(), dstRow: s.plan.convolved.width * lanes,
		}.compute(k)
	}
}

// poolSums writes the maxima of the sums of sample j, after the activation if
// that is a ReLU, and where they are.
func (s *gradientStage) poolSums(j int) {
	k, pool, width, channels := &s.pooling, s.plan.pool, s.plan.convolved.width, s.out.channels
	out, winners := s.out.of(j), s.winners[j*s.plan.output.size():]
	panels := s.plan.packing.panels
	for i := len(panels) - 1; i >= 0; i-- { // the last panel leaves an excess where the first one writes
		p := panels[i]
		lanes := p.vectors * kernel.Lanes
		sums := s.sums[s.panelAt(i):]
		k.Vectors, k.XRow, k.XWindow = p.vectors, width*lanes, pool.stride*lanes
		for y := range s.out.height {
			k.First = int32(y * pool.stride * width)
			k.X, k.Dst, k.From = sums[int(k.First)*lanes:], out[s.out.at(y, 0)+p.channel:], winners[y*s.out.width*channels+p.channel:]
			k.Run()
		}
	}
	s.out.clean(j)
}

// poolInput writes the maxima of the input of sample j, and where they are, for
// a pooling alone.
func (s *gradientStage) poolInput(j int) {
	pool, channels := s.plan.pool, s.out.channels
	in, out, winners := s.in.of(j), s.out.of(j), s.winners
	for y := range s.out.height {
		for x := range s.out.width {
			dst := out[s.out.at(y, x):][:channels]
			corner := s.in.at(y*pool.stride, x*pool.stride)
			copy(dst, in[corner:])
			from := winners[j*s.plan.output.size()+(y*s.out.width+x)*channels:][:channels]
			for c := range from {
				from[c] = int32(corner + c)
			}
			for ky := range pool.kernel {
				for kx := range pool.kernel {
					pixel := corner + ky*s.in.rowLength() + kx*channels
					for c, v := range in[pixel:][:channels] {
						if v > dst[c] || v != v {
							dst[c], from[c] = v, int32(pixel+c)
						}
					}
				}
			}
		}
	}
}
