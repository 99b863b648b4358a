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
// With two vectors the sums are in the order of the list. With one, and with
// two in AVX-512, even and odd entries are summed apart, the bias with the even
// ones, and then added. The bits of a list's sums depend on that list alone.
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
	// Without branches, as this is done for each short list: what must not be
	// negative is collected in one number, what must be even in another.
	end, sign, parity := k.First, k.First, 0
	ends, room := k.Ends[:len(k.DstOrigins)], len(k.Dst)-reach
	for t, origin := range k.DstOrigins {
		next := int(ends[t])
		sign |= int(origin) | (room - int(origin)) | (next - end)
		parity |= next - end
		end = next
	}
	if sign < 0 || parity&1 != 0 {
		panic("kernel: list of Gather out of range")
	}
	if end > len(k.Values) || end > len(k.Places) {
		panic("kernel: slice of Gather too short")
	}
	// The places are trusted: they come from Patches, and the table has a row
	// for each place of a patch.
}

// gatherGo is the twin of the machine code.
func gatherGo(k *Gather) {
	var sums [Tile * 2 * Lanes]float32
	from := k.First
	for t, origin := range k.DstOrigins {
		to := int(k.Ends[t])
		for l := 0; l < Tile*k.Vectors*Lanes; l += Lanes {
			some := (*[Lanes]float32)(sums[l:])
			copy(some[:], k.Bias[l:])
			if k.Vectors == 2 {
				k.add(some, l, from, to, 1)
			} else {
				var odd [Lanes]float32
				k.add(some, l, from, to, 2)
				k.add(&odd, l, from+1, to, 2)
				for i, s := range odd {
					some[i] += s
				}
			}
			for i, s := range some {
				some[i] = max(k.Floor, s)
			}
		}
		k.write(k.Dst[origin:], &sums)
		from = to
	}
}

// add adds the entries from, from + step, … before to, to one vector of sums:
// that which starts at l in the table's rows.
func (k *Gather) add(sums *[Lanes]float32, l, from, to, step int) {
	s0, s1, s2, s3, s4, s5, s6, s7 := sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]
	values, places := k.Values[:to], k.Places[:to]
	for j := from; j < len(values) && j < len(places); j += step {
		v, row := values[j], (*[Lanes]float32)(k.Table[int(places[j])+l:])
		s0 += v * row[0]
		s1 += v * row[1]
		s2 += v * row[2]
		s3 += v * row[3]
		s4 += v * row[4]
		s5 += v * row[5]
		s6 += v * row[6]
		s7 += v * row[7]
	}
	*sums = [Lanes]float32{s0, s1, s2, s3, s4, s5, s6, s7}
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
			dst[l] = max(sums[l], sums[n+l], sums[2*n+l], sums[3*n+l])
		}
	}
}
