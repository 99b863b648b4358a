package kernel

// Unpool goes backward through Winners and a ReLU after it, for windows that
// do not overlap: it spreads derivatives with respect to maxima over the
// numbers of which they were the maxima.
//
// For each window i < Windows and lane l < Lanes·Vectors let
//
//	slope = Slopes[i·SlopeWindow + l], 0 where Outputs[i·SlopeWindow + l] is 0
//
// and then, for all y, x < Kernel,
//
//	Dst[i·DstWindow + y·DstRow + x·Lanes·Vectors + l] = slope if From[i·FromWindow + l] is the number of that pixel, else 0
//	Sums[l] += slope
//
// The number of a pixel is First + i·Window + y·Row + x, as in Winners. Where
// there was no ReLU, Outputs may be the same as Slopes.
type Unpool struct {
	Dst     []float32
	Sums    []float32 // Lanes·Vectors
	Slopes  []float32
	Outputs []float32
	From    []int32

	Vectors int // 1 or 2
	Windows int // at least 1
	Kernel  int // at least 1

	DstRow, DstWindow, SlopeWindow, FromWindow int // distances, at least 0

	First, Row, Window int32
}

func (k *Unpool) check() {
	if k.Vectors < 1 || k.Vectors > 2 || k.Windows < 1 || k.Kernel < 1 ||
		k.DstRow < 0 || k.DstWindow < 0 || k.SlopeWindow < 0 || k.FromWindow < 0 {
		panic("kernel: argument of Unpool out of range")
	}
	lanes := Lanes * k.Vectors
	slopes := (k.Windows-1)*k.SlopeWindow + lanes
	if len(k.Sums) < lanes || len(k.Slopes) < slopes || len(k.Outputs) < slopes ||
		len(k.From) < (k.Windows-1)*k.FromWindow+lanes ||
		len(k.Dst) < (k.Windows-1)*k.DstWindow+(k.Kernel-1)*k.DstRow+k.Kernel*lanes {
		panic("kernel: slice of Unpool too short")
	}
}

func unpoolGo(k *Unpool) {
	lanes := Lanes * k.Vectors
	var slopes [2 * Lanes]float32
	sums := k.Sums[:lanes]
	for i := range k.Windows {
		outputs := k.Outputs[i*k.SlopeWindow:][:lanes]
		from := k.From[i*k.FromWindow:][:lanes]
		for l, slope := range k.Slopes[i*k.SlopeWindow:][:lanes] {
			if outputs[l] == 0 {
				slope = 0
			}
			slopes[l] = slope
			sums[l] += slope
		}
		for y := range k.Kernel {
			row := k.Dst[i*k.DstWindow+y*k.DstRow:][:k.Kernel*lanes]
			for pixel := k.First + int32(i)*k.Window + int32(y)*k.Row; len(row) >= lanes; row = row[lanes:] {
				for l, number := range from {
					row[l] = 0
					if number == pixel {
						row[l] = slopes[l]
					}
				}
				pixel++
			}
		}
	}
}
