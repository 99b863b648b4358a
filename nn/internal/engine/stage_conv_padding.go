package engine

import "github.com/trajens/trajens/internal/kernel"

// convolveWithoutPadding does what kernel.Linear does, but leaves out the
// border: a weight that is not finite times one of its zeros would be NaN,
// where padding adds nothing. This is rare and not fast.
func (s *convStage) convolveWithoutPadding(dstRow, row, rows int) {
	k, layer := &s.linear, &s.plan.layer
	lanes := k.Vectors * kernel.Lanes
	input, padding, channels := s.plan.input, layer.Padding, s.plan.input.channels
	var sums [2 * kernel.Lanes]float32
	for y := range rows {
		for x := range s.plan.convolved.width {
			copy(sums[:], k.Bias[:lanes])
			for ky := range layer.Kernel {
				if top := (row+y)*layer.Stride + ky - padding; top < 0 || top >= input.height {
					continue
				}
				for kx := range layer.Kernel {
					if left := x*layer.Stride + kx - padding; left < 0 || left >= input.width {
						continue
					}
					in := k.X[(y*layer.Stride+ky)*s.inRow+(x*layer.Stride+kx)*channels:][:channels]
					weights := k.W[(ky*layer.Kernel+kx)*channels*lanes:]
					for c, v := range in {
						for l := range lanes {
							sums[l] += v * weights[c*lanes+l]
						}
					}
				}
			}
			dst := k.Dst[y*dstRow+x*k.DstPixel:][:lanes]
			for l := range dst {
				dst[l] = max(sums[l], k.Floor)
			}
		}
	}
}
