package kernel_test

import (
	"fmt"

	"github.com/trajens/trajens/internal/kernel"
)

// A dense layer with a ReLU, of three inputs and eight outputs, on two
// samples.
func Example() {
	k := kernel.Linear{
		Dst:     make([]float32, 2*kernel.Lanes),
		X:       []float32{1, 2, 3, 0, 1, 0},
		W:       make([]float32, 3*kernel.Lanes),
		Bias:    []float32{0, 0, 0, 0, 0, 0, 0, -7},
		Vectors: 1, Pixels: 2, Strips: 1,
		XPixel: 3, DstPixel: kernel.Lanes,
		Segments: 1, Length: 3,
	}
	for i := range k.W {
		k.W[i] = float32(i % kernel.Lanes) // output l has weight l for all inputs
	}
	k.Run()
	fmt.Println(k.Dst[:kernel.Lanes])
	fmt.Println(k.Dst[kernel.Lanes:])
	// Output:
	// [0 6 12 18 24 30 36 35]
	// [0 1 2 3 4 5 6 0]
}
