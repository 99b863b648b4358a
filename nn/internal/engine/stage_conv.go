package engine

import "github.com/trajens/trajens/internal/kernel"

// A convStage computes a convolution, and the pooling and activation after
// it, for a block of samples.
type convStage struct {
	plan   *stagePlan
	in     [][]float32 // the image of each sample, with its border
	inRow  int         // distance between its rows
	out    *buffer
	linear kernel.Linear

	// With a pooling: convolved rows until they are pooled, which is while
	// they are in the first-level cache.
	rows  []float32
	group int // rows of the output that are pooled together
	pool  rowPool
}

// rowsMemory is how many convolved numbers may wait for their pooling, if the
// windows do not overlap: a quarter of a first-level cache.
const rowsMemory = 2048

func newConvStage(plan *stagePlan, in [][]float32, inRow int, out *buffer) *convStage {
	s := &convStage{plan: plan, in: in, inRow: inRow, out: out}
	layer, channels := &plan.layer, plan.input.channels
	s.linear = kernel.Linear{
		XPixel:   layer.Stride * channels,
		Segments: layer.Kernel,
		Length:   layer.Kernel * channels,
		Segment:  inRow,
	}
	if plan.pool.kernel == 1 && plan.pool.stride == 1 {
		s.linear.Floor = plan.floor
		return s
	}
	s.linear.Floor = noFloor
	s.pool = newRowPool(plan, out)
	rowLength := plan.convolved.width * plan.packing.panels[0].vectors * kernel.Lanes
	switch pool := plan.pool; {
	case pool.stride < pool.kernel: // rows belong to several windows
		s.group = plan.output.height
	case pool.stride > pool.kernel: // there are rows between windows that belong to none
		s.group = 1
	default:
		s.group = min(max(rowsMemory/(pool.kernel*rowLength), 1), plan.output.height)
	}
	s.rows = make([]float32, plan.pool.reach(s.group)*rowLength)
	return s
}

func (s *convStage) compute(w *packed, samples int) {
	panels := s.plan.packing.panels
	for i := len(panels) - 1; i >= 0; i-- { // the last panel leaves an excess where the first one writes
		for j := range samples {
			if s.rows == nil {
				s.convolve(s.out.of(j)[s.out.at(0, 0)+panels[i].channel:], s.out.channels, s.out.rowLength(), w, panels[i], j, 0, s.plan.convolved.height)
			} else {
				s.convolveAndPool(w, panels[i], j)
			}
			if i == len(panels)-1 {
				s.out.clean(j)
			}
		}
	}
	if s.plan.tanh {
		applyTanh(s.out, samples)
	}
}

// convolve computes convolved rows of one sample.
func (s *convStage) convolve(dst []float32, dstPixel, dstRow int, w *packed, p panel, sample, row, rows int) {
	k := &s.linear
	k.Vectors, k.W, k.Bias = p.vectors, w.numbers[p.weights:], w.numbers[p.bias:]
	xRow := s.plan.layer.Stride * s.inRow
	k.X = s.in[sample][row*xRow:]
	k.Dst, k.DstPixel = dst, dstPixel
	if s.plan.layer.Padding > 0 && !w.finite {
		s.convolveWithoutPadding(dstRow, row, rows)
		return
	}
	grid{
		height: rows, width: s.plan.convolved.width,
		xRow: xRow, dstRow: dstRow,
		ordered: dstPixel%kernel.Lanes != 0,
	}.compute(k)
}

// convolveAndPool computes one panel of the output of one sample.
func (s *convStage) convolveAndPool(w *packed, p panel, sample int) {
	lanes := p.vectors * kernel.Lanes
	rowLength := s.plan.convolved.width * lanes
	pool := s.plan.pool
	for y := 0; y < s.plan.output.height; y += s.group {
		group := min(s.group, s.plan.output.height-y)
		s.convolve(s.rows, lanes, rowLength, w, p, sample, y*pool.stride, pool.reach(group))
		s.pool.poolTo(s.out.of(sample)[s.out.at(y, 0)+p.channel:], group, s.rows, rowLength, p.vectors)
	}
}
