package kernel

// MaxPixels returns how many pixels a strip of Linear can have here, for one or
// two vectors of outputs: as many sums as there are registers for. It does not
// change while a program runs, and results do not depend on how pixels are
// divided into strips.
func MaxPixels(vectors int) int { return active.maxPixels[vectors] }

// Linear is the inner loop of convolutions and dense layers: weighted sums
// for strips of pixels, for one or two vectors of outputs (channels). A pixel
// is an output position of a convolution, or a sample of a dense layer.
//
// For each strip i < Strips, pixel p < Pixels and lane l < Lanes·Vectors:
//
//	Dst[i·DstStrip + p·DstPixel + l] = max(Floor, Bias[l] +
//	    Σ_{g<Segments} Σ_{r<Length} X[i·XStrip + p·XPixel + g·Segment + r] · W[(g·Length + r)·Lanes·Vectors + l])
//
// The sum starts with the bias and goes in this order, whatever the number of
// pixels; with AVX-512 and one vector, even and odd r are summed apart. So the
// bits of a pixel depend neither on its strip nor on what else is in the call.
// Pixels are written in increasing order, whole vectors at a time: where
// DstPixel is smaller than that, a later pixel overwrites what an earlier one
// has left beyond its end.
//
// The machine code keeps up to 12 registers of sums, or 24 with AVX-512, and
// takes pixels of several strips at once where one strip has fewer. It is
// fastest where Vectors·Pixels is 6 or 12, next to that where it divides 12 or
// is 7 to 11, given enough strips; and slow where there are few sums at all, as
// for a single sample, because each waits for its last addition.
type Linear struct {
	Dst  []float32
	X    []float32
	W    []float32 // Segments × Length × Lanes·Vectors
	Bias []float32 // Lanes·Vectors

	Vectors int // 1 or 2
	Pixels  int // 1 to MaxPixels(Vectors)
	Strips  int // at least 1

	XPixel, XStrip, DstPixel, DstStrip int // distances, at least 0

	Segments, Length int // at least 1
	Segment          int // distance in X, at least 0

	Floor float32
}

// check panics if an argument is out of its range or a slice too short.
func (k *Linear) check() {
	if k.Vectors < 1 || k.Vectors > 2 || k.Pixels < 1 || k.Pixels > MaxPixels(k.Vectors) || k.Strips < 1 ||
		k.XPixel < 0 || k.XStrip < 0 || k.DstPixel < 0 || k.DstStrip < 0 ||
		k.Segments < 1 || k.Length < 1 || k.Segment < 0 {
		panic("kernel: argument of Linear out of range")
	}
	lanes := Lanes * k.Vectors
	if len(k.Dst) < (k.Strips-1)*k.DstStrip+(k.Pixels-1)*k.DstPixel+lanes ||
		len(k.X) < (k.Strips-1)*k.XStrip+(k.Pixels-1)*k.XPixel+(k.Segments-1)*k.Segment+k.Length ||
		len(k.W) < k.Segments*k.Length*lanes || len(k.Bias) < lanes {
		panic("kernel: slice of Linear too short")
	}
}

// linearGo is the twin of the machine code.
func linearGo(k *Linear) {
	for i := range k.Strips {
		for p := range k.Pixels {
			x, dst := k.X[i*k.XStrip+p*k.XPixel:], k.Dst[i*k.DstStrip+p*k.DstPixel:]
			for v := range k.Vectors {
				k.sum((*[Lanes]float32)(dst[v*Lanes:]), x, v*Lanes)
			}
		}
	}
}

// sum writes one vector of a pixel, whose weights start at w.
func (k *Linear) sum(dst *[Lanes]float32, x []float32, w int) {
	b := (*[Lanes]float32)(k.Bias[w:])
	s0, s1, s2, s3, s4, s5, s6, s7 := b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]
	for g := range k.Segments {
		for _, v := range x[g*k.Segment:][:k.Length] {
			row := (*[Lanes]float32)(k.W[w:])
			s0 += v * row[0]
			s1 += v * row[1]
			s2 += v * row[2]
			s3 += v * row[3]
			s4 += v * row[4]
			s5 += v * row[5]
			s6 += v * row[6]
			s7 += v * row[7]
			w += Lanes * k.Vectors
		}
	}
	*dst = [Lanes]float32{s0, s1, s2, s3, s4, s5, s6, s7}
	for l, s := range dst {
		dst[l] = max(k.Floor, s) // NaN, if one is
	}
}
