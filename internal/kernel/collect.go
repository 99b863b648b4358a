package kernel

// Collect adds up multiples of small images, which are parts of a larger one
// and may overlap: what the gradients of a convolution are where only some outputs
// have a derivative.
//
// For each of some lists, list t in turn, row y < Rows and i < Length:
//
//	Dst[DstAt[t] + y·DstRow + i] += Σ_{j in list t} Values[j] · X[XAt[j] + y·XRow + i]
//
// where the products are added one after the other to what is there, in the
// order of the list. List 0 starts at 0, each other one where the one before it
// ends, and list t ends before Ends[t]. Dst and X do not overlap.
type Collect struct {
	Dst, X       []float32
	DstAt        []int32 // at least 0
	Ends         []int32 // one for each of DstAt
	Values       []float32
	XAt          []int32 // at least 0, one for each of Values
	Rows         int     // at least 1
	Length       int     // at least 1
	DstRow, XRow int     // distances, at least 0

	// The columns that machine code is to do in a call.
	column, width int
}

func (k *Collect) check() {
	if k.Rows < 1 || k.Length < 1 || k.DstRow < 0 || k.XRow < 0 || len(k.Ends) != len(k.DstAt) || len(k.XAt) != len(k.Values) {
		panic("kernel: argument of Collect out of range")
	}
	// Without branches, as there are few numbers to add for each place: what
	// must not be negative is collected in one number.
	dstRoom := len(k.Dst) - (k.Rows-1)*k.DstRow - k.Length
	xRoom := len(k.X) - (k.Rows-1)*k.XRow - k.Length
	sign, from := 0, 0
	ends := k.Ends[:len(k.DstAt)]
	for t, at := range k.DstAt {
		end := int(ends[t])
		sign |= int(at) | (dstRoom - int(at)) | (end - from)
		from = end
	}
	for _, at := range k.XAt {
		sign |= int(at) | (xRoom - int(at))
	}
	if sign < 0 || from > len(k.Values) {
		panic("kernel: list or place of Collect out of range")
	}
}

func collectGo(k *Collect) {
	from := 0
	for t, at := range k.DstAt {
		end := int(k.Ends[t])
		to := int(at) + k.column
		for y := range k.Rows {
			dst := k.Dst[to : to+k.width]
			for j := from; j < end; j++ {
				v := k.Values[j]
				for i, u := range k.X[int(k.XAt[j])+y*k.XRow+k.column:][:len(dst)] {
					dst[i] += v * u
				}
			}
			to += k.DstRow
		}
		from = end
	}
}
