package kernel

// Pool is the maximum over square windows of an image whose pixels are one or
// two vectors of channels.
//
// For each window i < Windows and lane l < Lanes·Vectors:
//
//	Dst[i·DstWindow + l] = max(Floor, max_{y,x<Kernel} X[i·XWindow + y·XRow + x·Lanes·Vectors + l])
//
// Windows are written in increasing order, whole vectors at a time, as by
// Linear.
type Pool struct {
	Dst []float32
	X   []float32

	Vectors int // 1 or 2
	Windows int // at least 1
	Kernel  int // at least 1

	XRow, XWindow, DstWindow int // distances, at least 0

	Floor float32
}

func (k *Pool) check() {
	if k.Vectors < 1 || k.Vectors > 2 || k.Windows < 1 || k.Kernel < 1 || k.XRow < 0 || k.XWindow < 0 || k.DstWindow < 0 {
		panic("kernel: argument of Pool out of range")
	}
	lanes := Lanes * k.Vectors
	if len(k.Dst) < (k.Windows-1)*k.DstWindow+lanes ||
		len(k.X) < (k.Windows-1)*k.XWindow+(k.Kernel-1)*k.XRow+k.Kernel*lanes {
		panic("kernel: slice of Pool too short")
	}
}

func poolGo(k *Pool) {
	lanes := Lanes * k.Vectors
	for i := range k.Windows {
		dst := k.Dst[i*k.DstWindow:][:lanes]
		for l := range dst {
			dst[l] = k.Floor
		}
		for y := range k.Kernel {
			row := k.X[i*k.XWindow+y*k.XRow:][:k.Kernel*lanes]
			for ; len(row) >= len(dst); row = row[lanes:] {
				for l := range dst {
					dst[l] = max(dst[l], row[l]) // NaN, if one is
				}
			}
		}
	}
}
