package kernel

import "math"

// Winners is Pool that also tells where the maxima were. Numbers of X are
// counted by pixels, that of window i at (y, x) being
// First + i·Window + y·Row + x.
//
// For each window i < Windows and lane l < Lanes·Vectors:
//
//	Dst[i·DstWindow + l] = max(Floor, max_{y,x<Kernel} X[i·XWindow + y·XRow + x·Lanes·Vectors + l])
//	From[i·DstWindow + l] = the pixel of that maximum: of the first of equal ones, of the last NaN
//
// Windows are written in increasing order, whole vectors at a time, as by
// Linear.
type Winners struct {
	Dst  []float32
	From []int32
	X    []float32

	Vectors int // 1 or 2
	Windows int // at least 1
	Kernel  int // at least 1

	XRow, XWindow, DstWindow int // distances, at least 0

	First, Row, Window int32

	Floor float32
}

func (k *Winners) check() {
	if k.Vectors < 1 || k.Vectors > 2 || k.Windows < 1 || k.Kernel < 1 || k.XRow < 0 || k.XWindow < 0 || k.DstWindow < 0 {
		panic("kernel: argument of Winners out of range")
	}
	lanes := Lanes * k.Vectors
	reach := (k.Windows-1)*k.DstWindow + lanes
	if len(k.Dst) < reach || len(k.From) < reach ||
		len(k.X) < (k.Windows-1)*k.XWindow+(k.Kernel-1)*k.XRow+k.Kernel*lanes {
		panic("kernel: slice of Winners too short")
	}
}

func winnersGo(k *Winners) {
	lanes := Lanes * k.Vectors
	for i := range k.Windows {
		dst, from := k.Dst[i*k.DstWindow:][:lanes], k.From[i*k.DstWindow:][:lanes]
		corner := k.First + int32(i)*k.Window
		for l := range dst {
			dst[l], from[l] = negativeInfinity, corner
		}
		for y := range k.Kernel {
			row := k.X[i*k.XWindow+y*k.XRow:][:k.Kernel*lanes]
			for pixel := corner + int32(y)*k.Row; len(row) >= len(dst); row = row[lanes:] {
				for l := range dst {
					if v := row[l]; v > dst[l] || v != v {
						dst[l], from[l] = v, pixel
					}
				}
				pixel++
			}
		}
		for l := range dst {
			dst[l] = max(k.Floor, dst[l])
		}
	}
}

var negativeInfinity = float32(math.Inf(-1))
