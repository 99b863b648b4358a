package nn

import "github.com/trajens/trajens/internal/kernel"

// convolveWithoutPadding does what kernel.Linear does, but leaves out the
// border: a weight that is not finite times one of its zeros would be NaN,
// where padding adds nothing. This is rare and not fast.
func (s *convStage) convolveWithoutPadding(dstRow, row, rows int) {
	k, layer := &s.linear, &s.plan.layer
	lanes := k.Vectors * kernel.Lanes
	input, padding, channels := s.plan.input, layer.padding, s.plan.input.channels
	var sums [2 * kernel.Lanes]float32
	for y := range rows {
		for x := range s.plan.convolved.width {
			copy(sums[:], k.Bias[:lanes])
			for ky := range layer.kernel {
				if top := (row+y)*layer.stride + ky - padding; top < 0 || top >= input.height {
					continue
				}
				for kx := range layer.kernel {
					if left := x*layer.stride + kx - padding; left < 0 || left >= input.width {
						continue
					}
					in := k.X[(y*layer.stride+ky)*s.inRow+(x*layer.stride+kx)*channels:][:channels]
					weights := k.W[(ky*layer.kernel+kx)*channels*lanes:]
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
