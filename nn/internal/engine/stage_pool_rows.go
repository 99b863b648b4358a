package engine

import "github.com/trajens/trajens/internal/kernel"

// A rowPool takes the maximum over windows of rows of whole vectors, and
// applies the floor of an activation.
type rowPool struct {
	kernel kernel.Pool
	stride int
	dstRow int
}

func newRowPool(plan *stagePlan, out *buffer) rowPool {
	return rowPool{
		kernel: kernel.Pool{Kernel: plan.pool.kernel, Windows: plan.output.width, DstWindow: out.channels, Floor: plan.floor},
		stride: plan.pool.stride,
		dstRow: out.rowLength(),
	}
}

// poolTo writes some rows of windows of x, whose rows have the given length.
func (p *rowPool) poolTo(dst []float32, rows int, x []float32, xRow, vectors int) {
	k := &p.kernel
	k.Vectors, k.XRow, k.XWindow = vectors, xRow, p.stride*vectors*kernel.Lanes
	for y := range rows {
		k.Dst, k.X = dst[y*p.dstRow:], x[y*p.stride*xRow:]
		k.Run()
	}
}
