package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/kernel"
)

func TestCutRow(t *testing.T) {
	assert.Equal(t, cut{4, 5, 0}, cutRow(20, 6))
	assert.Equal(t, cut{2, 5, 0}, cutRow(10, 6))
	assert.Equal(t, cut{3, 4, 1}, cutRow(13, 6))
	for most := 1; most <= 12; most++ {
		for pixels := 1; pixels <= 100; pixels++ {
			c := cutRow(pixels, most)
			require.Equal(t, pixels, c.strips*c.size+c.wide)
			require.Less(t, c.wide, c.strips)
			require.Equal(t, (pixels+most-1)/most, c.strips)
			widest := c.size
			if c.wide > 0 {
				widest++
			}
			require.LessOrEqual(t, widest, most)
			require.Positive(t, c.size)
		}
	}
}

// TestGrid compares images with what they are pixel by pixel, in compact
// buffers, where pixels must be written in their order, and in others.
func TestGrid(t *testing.T) {
	const length = 3
	x, weights, bias := inputs(4000, 0), inputs(length*16, 0), inputs(16, 0)
	for vectors := 1; vectors <= 2; vectors++ {
		lanes := vectors * kernel.Lanes
		for _, dstPixel := range []int{1, 5, lanes, lanes + 3, 2 * lanes} {
			for height := 1; height <= 5; height++ {
				for width := 1; width <= 30; width++ {
					dstRow, xRow := width*dstPixel, 2*width+length
					dst := make([]float32, height*dstRow+slack)
					k := kernel.Linear{
						Dst: dst, X: x, W: weights, Bias: bias, Vectors: vectors,
						XPixel: 2, DstPixel: dstPixel, Segments: 1, Length: length, Floor: noFloor,
					}
					grid{height: height, width: width, xRow: xRow, dstRow: dstRow, ordered: dstPixel < lanes}.compute(&k)
					for y := range height {
						for column := range width {
							for l := range min(lanes, dstPixel) {
								want := bias[l]
								for i := range length {
									want += x[y*xRow+2*column+i] * weights[i*lanes+l]
								}
								require.InDelta(t, want, dst[y*dstRow+column*dstPixel+l], 1e-6,
									"%d vectors, %d×%d, pixel distance %d: at %d, %d, lane %d", vectors, height, width, dstPixel, y, column, l)
							}
						}
					}
				}
			}
		}
	}
}
