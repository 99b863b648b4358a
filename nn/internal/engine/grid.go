package engine

import "github.com/trajens/trajens/internal/kernel"

// A cut divides a row of pixels into nearly equal strips: few pixels at a
// time leave the processor waiting for its own sums.
type cut struct {
	strips int
	size   int // of a strip
	wide   int // how many strips, the first ones, have one more pixel
}

func cutRow(pixels, most int) cut {
	strips := (pixels + most - 1) / most
	return cut{strips, pixels / strips, pixels % strips}
}

// calls returns how many calls of a kernel a row takes.
func (c cut) calls() int {
	if c.wide > 0 {
		return 2
	}
	return 1
}

// A grid is what kernel.Linear computes of an image: height × width pixels,
// with the distances of their rows. The kernel has everything but its strips.
type grid struct {
	height, width int
	xRow, dstRow  int
	ordered       bool // pixels must be written in their order, as each leaves an excess in the next
}

// compute computes the grid in few calls of the kernel.
func (g grid) compute(k *kernel.Linear) {
	x, dst := k.X, k.Dst
	c := cutRow(g.width, kernel.MaxPixels(k.Vectors))
	if c.strips == 1 || !g.ordered && c.strips < g.height*c.calls() {
		g.columns(k, c)
		return
	}
	for y := range g.height {
		k.X, k.Dst = x[y*g.xRow:], dst[y*g.dstRow:]
		c.row(k)
	}
}

// columns computes the same strip of all rows in one call.
func (g grid) columns(k *kernel.Linear, c cut) {
	k.Strips, k.XStrip, k.DstStrip = g.height, g.xRow, g.dstRow
	for i := range c.strips {
		k.Pixels = c.size
		if i < c.wide {
			k.Pixels++
		}
		k.Run()
		if i < c.strips-1 {
			k.X, k.Dst = k.X[k.Pixels*k.XPixel:], k.Dst[k.Pixels*k.DstPixel:]
		}
	}
}

// row computes the pixels of one row.
func (c cut) row(k *kernel.Linear) {
	if c.wide > 0 {
		computeStrips(k, c.wide, c.size+1)
		k.X, k.Dst = k.X[c.wide*k.XStrip:], k.Dst[c.wide*k.DstStrip:]
	}
	computeStrips(k, c.strips-c.wide, c.size)
}

func computeStrips(k *kernel.Linear, strips, pixels int) {
	k.Strips, k.Pixels = strips, pixels
	k.XStrip, k.DstStrip = pixels*k.XPixel, pixels*k.DstPixel
	k.Run()
}
