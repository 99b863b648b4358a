package engine

import (
	"math"

	"github.com/trajens/trajens/internal/kernel"
)

// convSparseBackward goes backward through a convolution from sum to sum: over
// those alone that have a derivative, as a pooling and a ReLU leave few.
type convSparseBackward struct {
	// The sums that have a derivative: its value, the pixel of the sum, and where
	// the input begins that the sum reads. They are in lists, as Collect takes
	// them: for the derivatives of weights a list for each output, for those of
	// inputs a list for each pixel.
	values   []float32
	inputAt  []int32
	pixels   []int32
	byOutput kernel.Collect
	byPixel  kernel.Collect

	// Of each pixel:
	origins []int32 // where the input begins that it reads
	lists   []int32 // its list in byPixel

	derivative kernel.Bilinear // where tangents of the inputs are at hand
	weightsAt  []int32         // and of each sum that has a derivative, where its weights begin

	sorted     []float32 // byPixel.Values and XAt, with room for all
	sortedAt   []int32
	sortedEnds []int32 // byPixel.Ends and one number more
}

func newConvSparseBackward(s *gradientStage) *convSparseBackward {
	b := new(convSparseBackward)
	k, channels, stride := s.plan.layer.Kernel, s.plan.input.channels, s.plan.layer.Stride
	most := s.plan.output.size()
	outputs, inner := s.plan.packing.outputs, s.plan.packing.inner
	b.derivative = kernel.Bilinear{Rows: k, Length: k * channels, XRow: s.in.rowLength()}
	b.weightsAt = make([]int32, most)
	b.values, b.inputAt, b.pixels = make([]float32, most), make([]int32, most), make([]int32, most)
	image := s.plan.convolved
	b.origins = make([]int32, image.pixels())
	for pixel := range b.origins {
		y, x := pixel/image.width*stride, pixel%image.width*stride
		b.origins[pixel] = int32(y*s.in.rowLength() + x*channels)
	}
	b.byOutput = kernel.Collect{
		DstAt: make([]int32, outputs), Ends: make([]int32, outputs),
		Rows: k, Length: k * channels, DstRow: k * channels, XRow: s.in.rowLength(),
	}
	for o := range outputs {
		b.byOutput.DstAt[o] = int32(o * inner)
	}
	if s.inSlopes == nil {
		return b
	}
	b.lists, b.sortedEnds = make([]int32, image.pixels()), make([]int32, image.pixels()+1)
	b.sorted, b.sortedAt = make([]float32, most), make([]int32, most)
	b.byPixel = kernel.Collect{
		Ends: b.sortedEnds[:image.pixels()],
		Rows: k, Length: k * channels, DstRow: s.in.rowLength(), XRow: k * channels,
	}
	// In an order in which windows that follow each other do not overlap, as a
	// processor waits where it is to read what it has just written.
	step := (k + stride - 1) / stride
	for top := range step {
		for left := range step {
			for y := top; y < image.height; y += step {
				for x := left; x < image.width; x += step {
					pixel := y*image.width + x
					b.lists[pixel] = int32(len(b.byPixel.DstAt))
					b.byPixel.DstAt = append(b.byPixel.DstAt, b.origins[pixel])
				}
			}
		}
	}
	return b
}

// pack brings the weights into the order [out][height, width][in].
func (b *convSparseBackward) pack(s *gradientStage, dst, params []float32) []float32 {
	if s.inSlopes == nil {
		return nil
	}
	if dst == nil {
		dst = make([]float32, s.plan.packing.outputs*s.plan.packing.inner)
	}
	k, channels := s.plan.layer.Kernel, s.plan.input.channels
	inner := s.plan.packing.inner
	for o := range s.plan.packing.outputs {
		for c := range channels {
			for pixel := range k * k {
				dst[o*inner+pixel*channels+c] = params[o*inner+c*k*k+pixel]
			}
		}
	}
	return dst
}

func (b *convSparseBackward) backward(s *gradientStage, gradient []float32, from, to int) {
	clear(s.plan.part(gradient))
	if s.inSlopes != nil {
		clear(s.inSlopes.data[from*s.inSlopes.sample : to*s.inSlopes.sample])
	}
	for j := from; j < to; j++ {
		b.find(s, j)
		b.addBiases(gradient[s.plan.bias:])
		k := &b.byOutput
		k.Dst, k.X = gradient[s.plan.panels[0].at:], s.in.of(j)
		k.Run()
		if s.inSlopes != nil {
			b.sort(s)
			b.byPixel.Dst, b.byPixel.X = s.inSlopes.of(j), s.model.backward
			b.byPixel.Run()
		}
	}
}

// find lists the derivatives of one sample that are not zero, output by output.
func (b *convSparseBackward) find(s *gradientStage, j int) {
	channels := s.out.channels
	slopes := s.outSlopes.of(j)
	all := s.winners[j*s.plan.output.size():]
	found := 0
	for o := range b.byOutput.Ends {
		winners := all[o:]
		for y := range s.out.height {
			row := slopes[s.outSlopes.at(y, 0)+o:]
			for x := range s.out.width {
				v, pixel := row[x*channels], winners[x*channels]
				b.values[found], b.pixels[found], b.inputAt[found] = v, pixel, b.origins[pixel]
				// Without a branch, which would be hard to predict.
				bits := math.Float32bits(v) << 1
				found += int((bits | -bits) >> 31)
			}
			winners = winners[s.out.width*channels:]
		}
		b.byOutput.Ends[o] = int32(found)
	}
	b.byOutput.Values, b.byOutput.XAt = b.values[:found], b.inputAt[:found]
}

// addBiases adds the derivatives that were found to those of the biases.
func (b *convSparseBackward) addBiases(biases []float32) {
	from := 0
	for o, end := range b.byOutput.Ends {
		bias := biases[o]
		for _, v := range b.values[from:end] {
			bias += v
		}
		biases[o] = bias
		from = int(end)
	}
}

// sort makes the lists of pixels from those of outputs.
func (b *convSparseBackward) sort(s *gradientStage) {
	found, inner := len(b.byOutput.Values), s.plan.packing.inner
	pixels := b.pixels[:found]
	clear(b.sortedEnds)
	for _, pixel := range pixels {
		b.sortedEnds[b.lists[pixel]+1]++
	}
	sum := int32(0)
	for list, n := range b.sortedEnds { // first it is made where each list starts,
		sum += n
		b.sortedEnds[list] = sum
	}
	from := 0
	for o, end := range b.byOutput.Ends {
		for i := from; i < int(end); i++ {
			at := &b.sortedEnds[b.lists[pixels[i]]]
			b.sorted[*at], b.sortedAt[*at] = b.values[i], int32(o*inner)
			*at++ // and then where it ends
		}
		from = int(end)
	}
	b.byPixel.Values, b.byPixel.XAt = b.sorted[:found], b.sortedAt[:found]
}
