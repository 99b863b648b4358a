package nn

import "github.com/trajens/trajens/internal/kernel"

// A cut divides a row of pixels into nearly equal blocks: few pixels at a
// time leave the processor waiting for its own sums.
type cut struct {
	blocks int
	size   int // of a block
	wide   int // how many, the first ones, have one more pixel
}

func cutRow(pixels, most int) cut {
	blocks := (pixels + most - 1) / most
	return cut{blocks, pixels / blocks, pixels % blocks}
}

// calls returns how many calls of a kernel a row takes.
func (c cut) calls() int {
	if c.wide > 0 {
		return 2
	}
	return 1
}

// A grid is what kernel.Linear computes of an image: height × width pixels,
// with the distances of their rows. The kernel has everything but blocks.
type grid struct {
	height, width int
	xRow, dstRow  int
	ordered       bool // pixels must be written in their order, as each leaves an excess in the next
}

// run computes the grid in few calls.
func (g grid) run(k *kernel.Linear) {
	x, dst := k.X, k.Dst
	c := cutRow(g.width, kernel.MaxPixels(k.Vectors))
	if c.blocks == 1 || !g.ordered && c.blocks < g.height*c.calls() {
		g.columns(k, c)
		return
	}
	for y := range g.height {
		k.X, k.Dst = x[y*g.xRow:], dst[y*g.dstRow:]
		c.row(k)
	}
}

// columns computes the same block of pixels of all rows in one call.
func (g grid) columns(k *kernel.Linear, c cut) {
	k.Blocks, k.XBlock, k.DstBlock = g.height, g.xRow, g.dstRow
	for i := range c.blocks {
		k.Pixels = c.size
		if i < c.wide {
			k.Pixels++
		}
		k.Run()
		if i < c.blocks-1 {
			k.X, k.Dst = k.X[k.Pixels*k.XPixel:], k.Dst[k.Pixels*k.DstPixel:]
		}
	}
}

// row computes the pixels of one row.
func (c cut) row(k *kernel.Linear) {
	if c.wide > 0 {
		runBlocks(k, c.wide, c.size+1)
		k.X, k.Dst = k.X[c.wide*k.XBlock:], k.Dst[c.wide*k.DstBlock:]
	}
	runBlocks(k, c.blocks-c.wide, c.size)
}

func runBlocks(k *kernel.Linear, blocks, pixels int) {
	k.Blocks, k.Pixels = blocks, pixels
	k.XBlock, k.DstBlock = pixels*k.XPixel, pixels*k.DstPixel
	k.Run()
}
