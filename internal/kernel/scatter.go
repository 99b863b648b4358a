package kernel

// Scatter adds multiples of small images to parts of a larger one, or of parts
// of a larger one to small ones: the way back through a convolution, of which
// only some outputs have a derivative.
//
// For each j < len(Values) in turn, row y < Rows and i < Length:
//
//	Dst[DstAt[j] + y·DstRow + i] += Values[j] · X[XAt[j] + y·XRow + i]
//
// Dst and X do not overlap.
type Scatter struct {
	Dst, X       []float32
	Values       []float32
	DstAt, XAt   []int32 // at least 0, one for each of Values
	Rows         int     // at least 1
	Length       int     // at least 1
	DstRow, XRow int     // distances, at least 0
}

func (k *Scatter) check() {
	if k.Rows < 1 || k.Length < 1 || k.DstRow < 0 || k.XRow < 0 ||
		len(k.DstAt) != len(k.Values) || len(k.XAt) != len(k.Values) {
		panic("kernel: argument of Scatter out of range")
	}
	// Without branches, as there are few numbers to add for each place: what
	// must not be negative is collected in one number.
	dstRoom := len(k.Dst) - (k.Rows-1)*k.DstRow - k.Length
	xRoom := len(k.X) - (k.Rows-1)*k.XRow - k.Length
	sign := 0
	xAt := k.XAt[:len(k.DstAt)]
	for j, to := range k.DstAt {
		from := xAt[j]
		sign |= int(to) | (dstRoom - int(to)) | int(from) | (xRoom - int(from))
	}
	if sign < 0 {
		panic("kernel: place of Scatter out of range")
	}
}

func scatterGo(k *Scatter) {
	for j, v := range k.Values {
		to, from := int(k.DstAt[j]), int(k.XAt[j])
		for range k.Rows {
			dst, x := k.Dst[to:to+k.Length], k.X[from:from+k.Length]
			for i, u := range x {
				dst[i] += v * u
			}
			to += k.DstRow
			from += k.XRow
		}
	}
}
