package nn

// lanes is the number of output channels that one pass over a convolution's
// input computes: as many sums as hide the latency of the additions and fit
// the registers.
const lanes = 8

// A convStep evaluates a Conv2D layer on images [height, width, channels],
// where the numbers under one row of the kernel are contiguous.
//
// Each output is its bias plus the products in the order of the input. There
// are two ways to get there: gather, which takes output by output, and
// scatter, which takes input by input and can leave out zeros. Which one it is
// depends on the sample and on whether all weights are finite (zero times
// infinity must not be left out), so that a loss does not depend on its batch.
type convStep struct {
	op     operation
	packed []float32 // [⌈out/lanes⌉, ky, kx, in, lanes]; beyond out of no effect
	bias   []float32 // [out], zero if there is none
	dst    []float32

	// For images that come from the data, if the stride is 1.
	sparse  bool
	flipped []float32 // [in, ky, kx from right to left, out]
	finite  bool      // all weights are
}

func newConvStep(op operation, first bool) *convStep {
	out, inner := op.weight[0], product(op.weight[1:]...)
	s := &convStep{
		op:     op,
		packed: make([]float32, (out+lanes-1)/lanes*lanes*inner),
		bias:   make([]float32, out),
		dst:    make([]float32, product(op.output...)),
		sparse: first && op.stride == 1,
	}
	if s.sparse {
		s.flipped = make([]float32, out*inner)
	}
	return s
}

func (s *convStep) load(params []float32) {
	out, in, k := s.op.weight[0], s.op.weight[1], s.op.kernel
	weight := params[s.op.weightAt:][:out*in*k*k]
	clear(s.bias)
	copy(s.bias, params[s.op.biasAt:][:s.op.bias])
	at := 0
	for o := range out {
		block := s.packed[o/lanes*lanes*in*k*k+o%lanes:]
		for i := range in {
			for yx := range k * k {
				block[(yx*in+i)*lanes] = weight[at]
				at++
			}
		}
	}
	if s.sparse {
		s.loadFlipped(weight)
	}
}

func (s *convStep) loadFlipped(weight []float32) {
	out, in, k := s.op.weight[0], s.op.weight[1], s.op.kernel
	var difference float32 // NaN if a weight is not finite
	at := 0
	for o := range out {
		for row := range in * k {
			for x := k - 1; x >= 0; x-- {
				w := weight[at]
				s.flipped[(row*k+x)*out+o] = w
				difference += w - w
				at++
			}
		}
	}
	s.finite = difference == 0
}

func (s *convStep) apply(src []float32) []float32 {
	src = src[:product(s.op.input...)]
	if s.sparse && s.finite && mostlyZero(src) {
		s.scatter(src)
	} else {
		s.gather(src)
	}
	return s.dst
}

// mostlyZero reports whether so many numbers are zero that it pays to look
// for the others.
func mostlyZero(x []float32) bool {
	zeros := 0
	for _, v := range x {
		if v == 0 {
			zeros++
		}
	}
	return zeros > len(x)/4
}

// gather computes one output pixel after the other, lanes channels at once.
func (s *convStep) gather(src []float32) {
	out, in, k := s.op.weight[0], s.op.weight[1], s.op.kernel
	height, width := s.op.input[1], s.op.input[2]
	at := 0
	for y := range s.op.output[1] {
		top := y*s.op.stride - s.op.padding
		y0, y1 := max(0, -top), min(k, height-top)
		for x := range s.op.output[2] {
			left := x*s.op.stride - s.op.padding
			x0, x1 := max(0, -left), min(k, width-left)
			dst := s.dst[at*out:][:out]
			at++
			copy(dst, s.bias)
			if y0 >= y1 || x0 >= x1 {
				continue // nothing but padding
			}
			patch := src[((top+y0)*width+left+x0)*in:]
			packed := s.packed[(y0*k+x0)*in*lanes:]
			var sums [lanes]float32
			for len(dst) > 0 {
				n := copy(sums[:], dst)
				addRows(&sums, patch, packed, y1-y0, (x1-x0)*in, width*in, k*in*lanes)
				dst = dst[copy(dst, sums[:n]):]
				if len(dst) > 0 {
					packed = packed[k*k*in*lanes:]
				}
			}
		}
	}
}

// addRows adds to each of the sums the products of rows of src, each of the
// given length, with those of packed weights; the steps are the distances
// between the starts of two rows.
func addRows(sums *[lanes]float32, src, packed []float32, rows, length, srcStep, packedStep int) {
	a0, a1, a2, a3 := sums[0], sums[1], sums[2], sums[3]
	a4, a5, a6, a7 := sums[4], sums[5], sums[6], sums[7]
	for row := range rows {
		x := src[row*srcStep:][:length]
		weights := packed[row*packedStep:][:length*lanes]
		for _, v := range x {
			w := (*[lanes]float32)(weights)
			weights = weights[lanes:]
			a0 += v * w[0]
			a1 += v * w[1]
			a2 += v * w[2]
			a3 += v * w[3]
			a4 += v * w[4]
			a5 += v * w[5]
			a6 += v * w[6]
			a7 += v * w[7]
		}
	}
	*sums = [lanes]float32{a0, a1, a2, a3, a4, a5, a6, a7}
}

// scatter adds each input that is not zero to all outputs that it reaches: in
// each row of the output these are neighbors, and the flipped weights stand
// in their order.
func (s *convStep) scatter(src []float32) {
	out, in, k := s.op.weight[0], s.op.weight[1], s.op.kernel
	width := s.op.input[2]
	rows, columns := s.op.output[1], s.op.output[2]
	for dst := s.dst; len(dst) > 0; dst = dst[out:] {
		copy(dst, s.bias)
	}
	for at, v := range src {
		if v == 0 {
			continue
		}
		pixel, channel := at, 0
		if in > 1 {
			pixel, channel = at/in, at%in
		}
		bottom := pixel/width + s.op.padding // the output row under ky = 0
		right := pixel%width + s.op.padding
		left := right - k + 1 // of the flipped weights
		x0, x1 := max(0, left), min(columns, right+1)
		if x0 >= x1 {
			continue
		}
		for y := max(0, bottom-k+1); y <= min(bottom, rows-1); y++ {
			ky := bottom - y
			weights := s.flipped[((channel*k+ky)*k+x0-left)*out:]
			addScaled(s.dst[(y*columns+x0)*out:(y*columns+x1)*out], v, weights)
		}
	}
}

// addScaled adds v times w to dst, element by element.
func addScaled(dst []float32, v float32, w []float32) {
	w = w[:len(dst)]
	for len(dst) >= 8 && len(w) >= 8 {
		dst[0] += v * w[0]
		dst[1] += v * w[1]
		dst[2] += v * w[2]
		dst[3] += v * w[3]
		dst[4] += v * w[4]
		dst[5] += v * w[5]
		dst[6] += v * w[6]
		dst[7] += v * w[7]
		dst, w = dst[8:], w[8:]
	}
	for i, x := range w {
		dst[i] += v * x
	}
}
