package kernel

import (
	"slices"
	"testing"
	"time"
)

// convolution is the Linear of one row of strips, so that strip after strip
// goes from left to right through an image of one row of channels-last pixels
// for each of the kernel's rows, at stride 1.
func convolution(vectors, pixels, strips, channels, kernel, width int) *Linear {
	return &Linear{
		X:       floats(kernel*width*channels, 1),
		W:       floats(kernel*kernel*channels*Lanes*vectors, 2),
		Bias:    floats(Lanes*vectors, 3),
		Dst:     make([]float32, pixels*strips*Lanes*vectors),
		Vectors: vectors, Pixels: pixels, Strips: strips,
		XPixel: channels, XStrip: pixels * channels,
		DstPixel: Lanes * vectors, DstStrip: pixels * Lanes * vectors,
		Segments: kernel, Length: kernel * channels, Segment: width * channels,
	}
}

var linearShapes = []struct {
	name string
	make func() *Linear
}{
	{"conv3x3x16to8", func() *Linear { // the eight rows of an image of 10 × 10 are the strips
		k := convolution(1, 8, 8, 16, 3, 10)
		k.X, k.XStrip = floats(10*10*16, 1), 10*16
		return k
	}},
	{"conv3x3x16to8by4", func() *Linear { // the left half of that
		k := convolution(1, 4, 8, 16, 3, 10)
		k.X, k.XStrip = floats(10*10*16, 1), 10*16
		return k
	}},
	{"conv5x5x1to16", func() *Linear { return convolution(2, 6, 4, 1, 5, 28) }},
	{"conv5x5x1to16by5", func() *Linear { return convolution(2, 5, 4, 1, 5, 28) }},
	{"dense784", func() *Linear {
		return &Linear{
			X: floats(48*784, 1), W: floats(784*16, 2), Bias: floats(16, 3), Dst: make([]float32, 48*128),
			Vectors: 2, Pixels: 6, Strips: 8, XPixel: 784, XStrip: 6 * 784, DstPixel: 128, DstStrip: 6 * 128,
			Segments: 1, Length: 784,
		}
	}},
	{"conv3x3x32to64", func() *Linear { return convolution(2, 6, 5, 32, 3, 32) }},
	{"conv5x5x6to16", func() *Linear { return convolution(2, 4, 2, 6, 5, 12) }},
	{"conv5x5x6to16by2", func() *Linear { // two columns of eight rows
		k := convolution(2, 2, 8, 6, 5, 12)
		k.X, k.XStrip = floats(12*12*6, 1), 12*6
		return k
	}},
	{"dense1sample", func() *Linear {
		return &Linear{
			X: floats(784, 1), W: floats(784*16, 2), Bias: floats(16, 3), Dst: make([]float32, 16),
			Vectors: 2, Pixels: 1, Strips: 1, Segments: 1, Length: 784,
		}
	}},
}

func BenchmarkLinear(b *testing.B) {
	for _, shape := range linearShapes {
		b.Run(shape.name, func(b *testing.B) {
			k := shape.make()
			operations := float64(2 * k.Strips * k.Pixels * k.Vectors * Lanes * k.Segments * k.Length)
			for b.Loop() {
				k.Run()
			}
			reportPeak(b, operations, k.Run)
		})
	}
}

// reportPeak reports the benchmark's operations a second, and which share of
// the peak they are: the median of many short comparisons, as both depend on
// what else the machine does.
func reportPeak(b *testing.B, operations float64, run func()) {
	b.ReportMetric(operations*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	if active.peak == nil {
		return
	}
	const slice = 100 * time.Microsecond
	var shares []float64
	for range 201 {
		before := peakSlice(slice)
		start, calls := time.Now(), 0
		for time.Since(start) < slice {
			run()
			calls++
		}
		rate := operations * float64(calls) / time.Since(start).Seconds()
		shares = append(shares, 2*rate/(before+peakSlice(slice)))
	}
	slices.Sort(shares)
	b.ReportMetric(100*shares[len(shares)/2], "%peak")
}
