package data

import "math"

// rotate writes to dst one channel that is turned about its center by an angle
// in radians, as seen on the screen against the clock.
func (c *canvas) rotate(dst, src []float32, angle float64) {
	sin, cos := math.Sincos(angle)
	midY, midX := float64(c.height-1)/2, float64(c.width-1)/2
	for i := range c.height {
		y := float64(i) - midY
		for j := range c.width {
			x := float64(j) - midX
			// The pixel comes from where turning back leads.
			dst[i*c.width+j] = clip(c.at(src, midY+cos*y+sin*x, midX-sin*y+cos*x))
		}
	}
}

// translate writes to dst one channel moved down by dy and right by dx pixels.
func (c *canvas) translate(dst, src []float32, dy, dx float64) {
	for i := range c.height {
		for j := range c.width {
			dst[i*c.width+j] = clip(c.at(src, float64(i)-dy, float64(j)-dx))
		}
	}
}

// at returns the bilinear interpolation of a channel at a row and a column.
func (c *canvas) at(src []float32, y, x float64) float64 {
	y0, x0 := math.Floor(y), math.Floor(x)
	fy, fx := y-y0, x-x0
	i, j := int(y0), int(x0)
	upper := (1-fx)*c.pixel(src, i, j) + fx*c.pixel(src, i, j+1)
	lower := (1-fx)*c.pixel(src, i+1, j) + fx*c.pixel(src, i+1, j+1)
	return (1-fy)*upper + fy*lower
}

// pixel returns a number of a channel, or 0 outside of the image.
func (c *canvas) pixel(src []float32, i, j int) float64 {
	if i < 0 || i >= c.height || j < 0 || j >= c.width {
		return 0
	}
	return float64(src[i*c.width+j])
}

// kernelReach is where a Gaussian is cut off, in standard deviations.
const kernelReach = 4

// gaussianKernel returns the weights of a pixel itself and of those at the
// distances 1, 2, …, on one side. The weights of both sides sum to 1.
func gaussianKernel(deviation float64) []float64 {
	kernel := make([]float64, int(kernelReach*deviation+0.5)+1)
	sum := 0.0
	for k := range kernel {
		z := float64(k) / deviation
		kernel[k] = math.Exp(-z * z / 2)
		sum += kernel[k]
		if k > 0 {
			sum += kernel[k]
		}
	}
	for k := range kernel {
		kernel[k] /= sum
	}
	return kernel
}

// blur writes to dst one channel convolved with the kernel along rows and
// columns.
func (c *canvas) blur(dst, src []float32) {
	for i := range c.height {
		for j := range c.width {
			sum := c.kernel[0] * c.pixel(src, i, j)
			for k := 1; k < len(c.kernel); k++ {
				sum += c.kernel[k] * (c.pixel(src, i, j-k) + c.pixel(src, i, j+k))
			}
			c.rows[i*c.width+j] = sum
		}
	}
	for i := range c.height {
		for j := range c.width {
			sum := c.kernel[0] * c.rows[i*c.width+j]
			for k := 1; k < len(c.kernel); k++ {
				if i-k >= 0 {
					sum += c.kernel[k] * c.rows[(i-k)*c.width+j]
				}
				if i+k < c.height {
					sum += c.kernel[k] * c.rows[(i+k)*c.width+j]
				}
			}
			dst[i*c.width+j] = clip(sum)
		}
	}
}

// fade writes to dst one channel whose numbers are nearer to their mean by the
// strength of the canvas.
func (c *canvas) fade(dst, src []float32) {
	mean := 0.0
	for _, v := range src {
		mean += float64(v)
	}
	mean /= float64(len(src))
	for k, v := range src {
		dst[k] = clip(mean + c.strength*(float64(v)-mean))
	}
}
