package kernel

// A GatherMode says what becomes of the sums of a list.
type GatherMode int

const (
	// GatherRow writes the sums as they are, Tile·Lanes·Vectors numbers.
	GatherRow GatherMode = iota
	// GatherTile writes the Tile = 4 pixels of a 2×2 tile of a convolution to
	// two rows of two pixels.
	GatherTile
	// GatherPool writes the maximum over the Tile = 4 pixels.
	GatherPool
)

// Tile is how many pixels of Vectors vectors a list is summed for.
const Tile = 4

// Gather is the inner loop of sparse first layers: for each of some lists of
// values and places (see Patches), the sum of table rows weighted by the
// values. A table row has Tile pixels of one or two vectors,
//
//	Table[place + (pixel·Vectors + vector)·Lanes + lane],
//
// so a place is a multiple of Tile·Vectors·Lanes. For each list t the sums
//
//	sums = Bias + Σ_{j in list t} Values[j] · Table[Places[j]:]
//
// go to Dst[DstOrigins[t]:], after max(Floor, ·), in the way that Mode says.
// The lists are those that start where the one before ended: list 0 at First,
// list t at Ends[t−1]; they have even lengths.
//
// With two vectors the sums are in the order of the list. With one, even and
// odd entries are summed apart, the bias with the even ones, and then added.
// Lists are written in increasing order, whole vectors at a time; in a tile
// first the upper row, from left to right.
type Gather struct {
	Dst        []float32
	DstOrigins []int32 // at least 0
	DstPixel   int     // for GatherTile: distance between the pixels of a row
	DstRow     int     // for GatherTile: distance between the rows

	Table  []float32
	Bias   []float32 // Tile·Vectors·Lanes
	Values []float32
	Places []uint32
	First  int
	Ends   []int32 // one for each of DstOrigins

	Vectors int // 1 or 2
	Mode    GatherMode
	Floor   float32
}

func (k *Gather) check() {
	if k.Vectors < 1 || k.Vectors > 2 || k.Mode < GatherRow || k.Mode > GatherPool || k.DstPixel < 0 || k.DstRow < 0 ||
		len(k.DstOrigins) != len(k.Ends) {
		panic("kernel: argument of Gather out of range")
	}
	row := Tile * k.Vectors * Lanes
	if len(k.Bias) < row {
		panic("kernel: slice of Gather too short")
	}
	reach := row
	switch k.Mode {
	case GatherTile:
		reach = k.DstRow + k.DstPixel + k.Vectors*Lanes
	case GatherPool:
		reach = k.Vectors * Lanes
	}
	end := k.First
	for t, origin := range k.DstOrigins {
		if origin < 0 || int(origin)+reach > len(k.Dst) || int(k.Ends[t]) < end || (int(k.Ends[t])-end)%2 != 0 {
			panic("kernel: list of Gather out of range")
		}
		end = int(k.Ends[t])
	}
	if k.First < 0 || end > len(k.Values) || end > len(k.Places) {
		panic("kernel: slice of Gather too short")
	}
	// The places are trusted: they come from Patches, and the table has a row
	// for each place of a patch.
}

func gatherGo(k *Gather) {
	row := Tile * k.Vectors * Lanes
	var even, odd [Tile * 2 * Lanes]float32
	from := k.First
	for t, origin := range k.DstOrigins {
		to := int(k.Ends[t])
		copy(even[:], k.Bias[:row])
		clear(odd[:])
		for j := from; j < to; j++ {
			sums := &even
			if k.Vectors == 1 && (j-from)%2 == 1 {
				sums = &odd
			}
			v := k.Values[j]
			for l, w := range k.Table[k.Places[j]:][:row] {
				sums[l] += v * w
			}
		}
		for l := range row {
			if k.Vectors == 1 {
				even[l] += odd[l]
			}
			even[l] = maximum(k.Floor, even[l])
		}
		k.write(k.Dst[origin:], &even)
		from = to
	}
}

func (k *Gather) write(dst []float32, sums *[Tile * 2 * Lanes]float32) {
	n := k.Vectors * Lanes
	switch k.Mode {
	case GatherRow:
		copy(dst, sums[:Tile*n])
	case GatherTile:
		copy(dst, sums[:n])
		copy(dst[k.DstPixel:], sums[n:2*n])
		copy(dst[k.DstRow:], sums[2*n:3*n])
		copy(dst[k.DstRow+k.DstPixel:], sums[3*n:4*n])
	case GatherPool:
		for l := range n {
			top := sums[l]
			for pixel := 1; pixel < Tile; pixel++ {
				if v := sums[pixel*n+l]; !(v <= top) && top == top {
					top = v
				}
			}
			dst[l] = top
		}
	}
}
