package kernel

import "testing"

func BenchmarkPool(b *testing.B) {
	for _, shape := range []struct {
		name               string
		vectors, size, out int
	}{
		{"2x2of16", 2, 2, 12}, {"4x4of8", 1, 4, 2}, {"2x2of8", 1, 2, 12},
	} {
		b.Run(shape.name, func(b *testing.B) {
			lanes, width := shape.vectors*Lanes, shape.size*shape.out
			k := &Pool{
				X: floats(shape.size*width*lanes, 1), Dst: make([]float32, shape.out*lanes),
				Vectors: shape.vectors, Windows: shape.out, Kernel: shape.size,
				XRow: width * lanes, XWindow: shape.size * lanes, DstWindow: lanes,
			}
			for b.Loop() {
				k.Run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*shape.out), "ns/window")
		})
	}
}
