package kernel

// Tangents is Gather, with GatherPool, for two tables at once, which have
// their rows at the same places: one of weights and one of a direction, in which
// the weights move. The sums of the second are the derivatives of those of the
// first. For each list t, with sums over Tile pixels
//
//	sums     = Bias + Σ_{j in list t} Values[j] · Table[Places[j]:]
//	tangents = DirectionBias + Σ_{j in list t} Values[j] · Directions[Places[j]:]
//
// Dst[DstOrigins[t]:] gets max(Floor, sums) over the pixels, and
// Tangents[DstOrigins[t]:] the tangent of the pixel that has the maximum: of the
// first of equal ones, and 0 where the maximum is not above the floor. Where a
// sum is NaN, the tangent does not matter.
//
// Two other tables of weights may be summed with them, for which the lists are
// read once: if there are any, Others[i][DstOrigins[t]:] gets what Gather writes
// for OtherTables[i] and OtherBiases[i], bit for bit.
//
// Sums are in the order of the list. Lists are written in increasing order,
// whole vectors at a time.
type Tangents struct {
	Dst, Tangents []float32
	DstOrigins    []int32 // at least 0

	Table, Directions   []float32 // of the same length
	Bias, DirectionBias []float32 // Tile·Vectors·Lanes
	Values              []float32
	Places              []uint32
	First               int
	Ends                []int32 // one for each of DstOrigins

	Others, OtherTables, OtherBiases [2][]float32 // nil if there are none

	Vectors int // 1 or 2
	Floor   float32

	other Gather // its arguments, as they escape
}

func (k *Tangents) check() {
	g := k.gather(k.Dst, k.Table, k.Bias)
	g.check()
	for i, dst := range k.Others {
		if k.Others[0] != nil && (len(dst) < len(k.Dst) || len(k.OtherTables[i]) < len(k.Table) || len(k.OtherBiases[i]) < len(k.Bias)) {
			panic("kernel: other slice of Tangents too short")
		}
	}
	if len(k.Tangents) < len(k.Dst) || len(k.DirectionBias) < Tile*k.Vectors*Lanes || len(k.Directions) < len(k.Table) {
		panic("kernel: slice of Tangents too short")
	}
}

// gather returns the Gather of a table.
func (k *Tangents) gather(dst, table, bias []float32) Gather {
	return Gather{
		Dst: dst, DstOrigins: k.DstOrigins, Table: table, Bias: bias, Values: k.Values, Places: k.Places,
		First: k.First, Ends: k.Ends, Vectors: k.Vectors, Mode: GatherPool, Floor: k.Floor,
	}
}

// tangentsGo is the twin of the machine code.
func tangentsGo(k *Tangents) {
	var sums, tangents [Tile * 2 * Lanes]float32
	n, from := k.Vectors*Lanes, k.First
	for t, origin := range k.DstOrigins {
		to := int(k.Ends[t])
		k.sum(sums[:Tile*n], k.Bias, k.Table, from, to)
		k.sum(tangents[:Tile*n], k.DirectionBias, k.Directions, from, to)
		from = to
		for l := range n {
			top, tangent := sums[l], tangents[l]
			for i := l + n; i < Tile*n; i += n {
				if sums[i] > top {
					tangent = tangents[i]
				}
				top = max(top, sums[i]) // NaN, if one is
			}
			top = max(k.Floor, top)
			if !(top > k.Floor) {
				tangent = 0
			}
			k.Dst[int(origin)+l], k.Tangents[int(origin)+l] = top, tangent
		}
	}
}

// sum writes the sums of a list.
func (k *Tangents) sum(dst, bias, table []float32, from, to int) {
	copy(dst, bias)
	for j := from; j < to; j++ {
		row := table[k.Places[j]:][:len(dst)]
		for i, w := range row {
			dst[i] += k.Values[j] * w
		}
	}
}
