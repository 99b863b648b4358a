package kernel

// MaxPixels is how many pixels a block of Linear can have for one and for two
// vectors of outputs: as many sums as there are registers for.
var MaxPixels = [3]int{0, 12, 6}

// Linear is the inner loop of convolutions and dense layers: weighted sums
// for blocks of pixels, for one or two vectors of outputs (channels). A pixel
// is an output position of a convolution, or a sample of a dense layer.
//
// For each block i < Blocks, pixel p < Pixels and lane l < Lanes·Vectors:
//
//	Dst[i·DstBlock + p·DstPixel + l] = max(Floor, Bias[l] +
//	    Σ_{g<Segments} Σ_{r<Length} X[i·XBlock + p·XPixel + g·Segment + r] · W[(g·Length + r)·Lanes·Vectors + l])
//
// The sum starts with the bias and goes in this order, whatever the number of
// pixels. Pixels are written in increasing order, whole vectors at a time:
// where DstPixel is smaller than that, a later pixel overwrites what an
// earlier one has left beyond its end.
type Linear struct {
	Dst  []float32
	X    []float32
	W    []float32 // Segments × Length × Lanes·Vectors
	Bias []float32 // Lanes·Vectors

	Vectors int // 1 or 2
	Pixels  int // 1 to MaxPixels[Vectors]
	Blocks  int // at least 1

	XPixel, XBlock, DstPixel, DstBlock int // distances, at least 0

	Segments, Length int // at least 1
	Segment       int // distance in X, at least 0

	Floor float32
}

// check panics if an argument is out of its range or a slice too short.
func (k *Linear) check() {
	if k.Vectors < 1 || k.Vectors > 2 || k.Pixels < 1 || k.Pixels > MaxPixels[k.Vectors] || k.Blocks < 1 ||
		k.XPixel < 0 || k.XBlock < 0 || k.DstPixel < 0 || k.DstBlock < 0 ||
		k.Segments < 1 || k.Length < 1 || k.Segment < 0 {
		panic("kernel: argument of Linear out of range")
	}
	lanes := Lanes * k.Vectors
	if len(k.Dst) < (k.Blocks-1)*k.DstBlock+(k.Pixels-1)*k.DstPixel+lanes ||
		len(k.X) < (k.Blocks-1)*k.XBlock+(k.Pixels-1)*k.XPixel+(k.Segments-1)*k.Segment+k.Length ||
		len(k.W) < k.Segments*k.Length*lanes || len(k.Bias) < lanes {
		panic("kernel: slice of Linear too short")
	}
}

// linearGo is the twin of the machine code.
func linearGo(k *Linear) {
	lanes := Lanes * k.Vectors
	var sums [2 * Lanes]float32
	for i := range k.Blocks {
		for p := range k.Pixels {
			copy(sums[:], k.Bias[:lanes])
			x := k.X[i*k.XBlock+p*k.XPixel:]
			w := k.W
			for g := range k.Segments {
				for _, v := range x[g*k.Segment:][:k.Length] {
					addScaled(&sums, v, w[:lanes])
					w = w[lanes:]
				}
			}
			dst := k.Dst[i*k.DstBlock+p*k.DstPixel:][:lanes]
			for l := range dst {
				dst[l] = maximum(k.Floor, sums[l])
			}
		}
	}
}

// addScaled adds v·w to the sums; w is one or two vectors.
func addScaled(sums *[2 * Lanes]float32, v float32, w []float32) {
	for l, x := range w {
		sums[l] += v * x
	}
}

// maximum is the larger of a floor, which is not NaN, and x; NaN if x is.
func maximum(floor, x float32) float32 {
	if floor > x {
		return floor
	}
	return x
}
