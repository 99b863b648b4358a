package main

import (
	"fmt"
	"math/bits"

	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// How many registers of sums Linear keeps. With 12, the latency of a
// multiply-add is hidden; with 8, just not quite. AVX-512 has registers for
// twice as many, which halves the share of the loads of weights, and of what
// is done once for a strip.
const (
	linearSums       = 12
	linearSumsAVX512 = 24
)

// splits says for how many of n pixels to load two numbers of X at once, and
// split them, instead of loading one after the other. With one vector of
// outputs, a multiply-add needs more than one load, and processors that do
// two of each a cycle would be bound by loads. Splitting too many takes the
// execution units from the multiply-adds.
func (l *linear) splits(n int) int {
	switch {
	case l.width.vectors > 1 || l.vectors > 1 || n < 2:
		return 0
	case n < 10:
		return 1
	default:
		return min(3, n-8)
	}
}

// linear writes Linear for one number of vectors and pixels. Where a strip has
// fewer sums than there are registers for, it takes pixels of several strips
// at once.
func (g *generator) linear(w width, vectors, pixels int) {
	name := fmt.Sprintf("linear%dx%d%s", vectors, pixels, w.suffix)
	k := g.function(name, "Linear", fmt.Sprintf("%s is linearGo for Vectors = %d and Pixels = %d.", name, vectors, pixels))
	l := &linear{
		generator: g, k: k, width: w, registers: max(1, vectors/w.vectors), pairs: vectors < w.vectors,
		vectors: vectors, pixels: pixels,
		dst: g.base(k.Field("Dst")), x: g.base(k.Field("X")), left: g.integer(k.Field("Strips")),
	}
	if l.pairs {
		lanes := l.GP32()
		l.even = l.K()
		l.MOVL(operand.U32(0x5555), lanes)
		l.KMOVW(lanes, l.even)
	}
	strips := w.sums / (l.registers * pixels)
	switch n := l.registers * pixels; {
	case w.sums == linearSums && (n == 7 || n == 8):
		l.group(3, 2, 1)
		l.group(1, 1, 0)
	case w.sums == linearSums && n == 9:
		l.group(4, 3, 1)
		l.group(1, 1, 0)
	default:
		// There are not enough registers for the addresses of more strips.
		if l.pairs {
			strips = min(strips, max(9-pixels, 3))
		}
		strips = min(strips, 12)
		for ; strips > 0; strips-- {
			l.group(strips, 1, strips-1)
		}
	}
	g.Label("strips0")
	g.end()
}

// linear is a function in the making.
type linear struct {
	*generator
	k               gotypes.Component
	width           width
	vectors, pixels int
	registers       int               // for each pixel
	even            reg.OpmaskVirtual // for pairs: every second lane
	pairs           bool              // a register is one vector of sums for even terms and one for odd ones

	// The first strip that is left, and how many are left.
	dst, x, left reg.GPVirtual
}

// group writes the loop that does so many strips at a time, in one or several
// passes of about as many pixels each, as long as so many are left; then there
// is the group of fewer strips, or the end at 0.
func (l *linear) group(strips, passes, fewer int) {
	l.Label(fmt.Sprint("strips", strips))
	l.CMPQ(l.left, operand.Imm(uint64(strips)))
	l.JLT(operand.LabelRef(fmt.Sprint("strips", fewer)))
	l.Label(fmt.Sprint("group", strips))
	pixel := l.GP64() // where the last pixel was written
	for i := range passes {
		n := strips * l.pixels
		l.pass(fmt.Sprintf("%dpass%d", strips, i+1), (i*n+passes-1)/passes, ((i+1)*n+passes-1)/passes, pixel)
	}
	step := l.GP64()
	l.IMUL3Q(operand.Imm(uint64(4*strips)), address(l.k.Field("XStrip")), step)
	l.ADDQ(step, l.x)
	l.SUBQ(operand.Imm(uint64(strips)), l.left)
	l.CMPQ(l.left, operand.Imm(uint64(strips)))
	l.JGE(operand.LabelRef(fmt.Sprint("group", strips)))
}

// pass does the pixels from first to before end, counted through the strips of
// a group.
func (l *linear) pass(name string, first, end int, pixel reg.GPVirtual) {
	label := func(what string) string { return what + name }
	to := func(what string) operand.LabelRef { return operand.LabelRef(label(what)) }
	n := end - first
	sums := registers(n*l.registers, l.width.one)
	bias := l.base(l.k.Field("Bias"))
	var zip reg.VecVirtual
	if l.pairs {
		zip = l.ZMM()
		l.VMOVUPS(l.zip, zip)
	}
	for i, sum := range sums {
		if i < l.registers && l.pairs {
			l.VMOVUPS(operand.Mem{Base: bias}, sum.AsY()) // the other half is zero
			l.VPERMPS(sum, zip, sum)
		} else if i < l.registers {
			l.VMOVUPS(operand.Mem{Base: bias, Disp: l.width.bytes * i}, sum)
		} else {
			l.VMOVAPS(sums[i%l.registers], sum)
		}
	}
	w, segments := l.base(l.k.Field("W")), l.integer(l.k.Field("Segments"))
	bases, number := l.numbers(first, end)

	l.Label(label("segment"))
	last := l.GP64() // where the last number of the first pixel is
	l.MOVQ(address(l.k.Field("Length")), last)
	l.LEAQ(operand.Mem{Base: bases[0], Index: last, Scale: 4, Disp: -4}, last)
	l.CMPQ(bases[0], last)
	l.JAE(to("tail"))

	l.Label(label("pair"))
	split := [2]map[int]reg.VecVirtual{{}, {}}
	for i := range l.splits(n) {
		p := i * n / l.splits(n)
		both := l.YMM()
		split[0][p], split[1][p] = l.YMM(), l.YMM()
		l.VBROADCASTSD(number(p, 0), both)
		l.VMOVSLDUP(both, split[0][p])
		l.VMOVSHDUP(both, split[1][p])
	}
	// term adds number r of each pixel, times its weights.
	term := func(r int, split map[int]reg.VecVirtual) {
		weights := registers(l.registers, l.width.one)
		for v, weight := range weights {
			l.VMOVUPS(operand.Mem{Base: w, Disp: l.width.bytes * (l.registers*r + v)}, weight)
		}
		for p := range n {
			if l.width.vectors > 1 { // the multiply-add loads and broadcasts the number itself
				for v, weight := range weights {
					l.VFMADD231PS_BCST(number(p, r), weight, sums[p*l.registers+v])
				}
				continue
			}
			x, ok := split[p]
			if !ok {
				x = l.YMM()
				l.VBROADCASTSS(number(p, r), x)
			}
			for v, weight := range weights {
				l.VFMADD231PS(x, weight, sums[p*l.registers+v])
			}
		}
	}
	advance := func(terms int) {
		for _, base := range bases {
			l.ADDQ(operand.Imm(uint64(4*terms)), base)
		}
		l.ADDQ(operand.Imm(uint64(vector*l.vectors*terms)), w)
	}
	// pair adds numbers r and r+1 of each pixel, times their weights, which
	// follow each other: lanes are zipped, so that one load broadcasts both.
	pair := func() {
		weights := l.ZMM()
		l.VMOVUPS(operand.Mem{Base: w}, weights)
		l.VPERMPS(weights, zip, weights)
		for p := range n {
			x := l.ZMM()
			l.VBROADCASTSD(number(p, 0), x)
			l.VFMADD231PS(x, weights, sums[p])
		}
	}
	// single adds number 0 to the sums of even terms: to the others it adds
	// zero times zero, which is not NaN.
	single := func() {
		weights := l.ZMM()
		l.VMOVUPS(operand.Mem{Base: w}, weights.AsY())
		l.VPERMPS(weights, zip, weights)
		for p := range n {
			x := l.ZMM()
			l.VBROADCASTSS_Z(number(p, 0), l.even, x)
			l.VFMADD231PS(x, weights, sums[p])
		}
	}
	if l.pairs {
		pair()
	} else {
		term(0, split[0])
		term(1, split[1])
	}
	advance(2)
	l.CMPQ(bases[0], last)
	l.JB(to("pair"))

	l.Label(label("tail"))
	l.JNE(to("next"))
	if l.pairs {
		single()
	} else {
		term(0, nil)
	}
	advance(1)

	l.Label(label("next"))
	gap := l.integer(l.k.Field("Segment"))
	l.SUBQ(address(l.k.Field("Length")), gap)
	for _, base := range bases {
		l.LEAQ(operand.Mem{Base: base, Index: gap, Scale: 4}, base)
	}
	l.DECQ(segments)
	l.JNE(to("segment"))

	floor := l.width.one()
	l.VBROADCASTSS(address(l.k.Field("Floor")), floor)
	var unzip reg.VecVirtual
	if l.pairs {
		unzip = l.ZMM()
		l.VMOVUPS(l.unzip, unzip)
	}
	dstPixel, dstStrip := l.bytes(l.k.Field("DstPixel")), l.bytes(l.k.Field("DstStrip"))
	for p := first; p < end; p++ {
		if p%l.pixels == 0 {
			l.MOVQ(l.dst, pixel)
			l.ADDQ(dstStrip, l.dst)
		} else {
			l.ADDQ(dstPixel, pixel)
		}
		if l.pairs {
			sum, odd := sums[p-first], l.YMM()
			l.VPERMPS(sum, unzip, sum)
			l.VEXTRACTF64X4(operand.Imm(1), sum, odd)
			l.VADDPS(odd, sum.AsY(), sum.AsY())
			l.VMAXPS(sum.AsY(), floor.AsY(), sum.AsY()) // NaN, if the sum is
			l.VMOVUPS(sum.AsY(), operand.Mem{Base: pixel})
			continue
		}
		for v, sum := range sums[(p-first)*l.registers:][:l.registers] {
			l.VMAXPS(sum, floor, sum) // NaN, if the sum is
			l.VMOVUPS(sum, operand.Mem{Base: pixel, Disp: l.width.bytes * v})
		}
	}
}

// numbers returns pointers into X for the pixels from first to before end, and
// the address that is r numbers after the start of the p-th of them, relative
// to the pointers. There is a pointer for each strip, or for each pixel of a
// strip if these are fewer.
func (l *linear) numbers(first, end int) (bases []reg.Register, number func(p, r int) operand.Mem) {
	pixel, strip := l.bytes(l.k.Field("XPixel")), reg.GPVirtual(nil)
	if end > l.pixels {
		strip = l.bytes(l.k.Field("XStrip"))
	}
	next := func(distance reg.GPVirtual) {
		base := l.GP64()
		if len(bases) == 0 {
			l.MOVQ(l.x, base)
		} else {
			l.LEAQ(operand.Mem{Base: bases[len(bases)-1], Index: distance, Scale: 1}, base)
		}
		bases = append(bases, base)
	}
	if strips := end / l.pixels; l.pixels < strips {
		for range l.pixels {
			next(pixel)
		}
		multiple := l.multiples(strip, strips)
		return bases, func(p, r int) operand.Mem { return multiple(bases[p%l.pixels], p/l.pixels, r) }
	}
	if first == 0 && end == 2*l.pixels && l.pixels > 10 && l.pixels%2 == 0 {
		return l.halves(pixel, strip)
	}
	for range (end + l.pixels - 1) / l.pixels {
		next(strip)
	}
	multiple := l.multiples(pixel, min(l.pixels, end-first))
	// The first strips may be done already, and some pixels of the next one.
	bases = bases[first/l.pixels:]
	done := first % l.pixels
	for range done {
		l.ADDQ(pixel, bases[0])
	}
	return bases, func(p, r int) operand.Mem {
		i, m := (done+p)/l.pixels, (done+p)%l.pixels
		if i == 0 {
			m = p
		}
		return multiple(bases[i], m, r)
	}
}

// halves is numbers for two strips of so many pixels that there are not enough
// registers for the multiples of their distance: there is a pointer for each
// half of a strip.
func (l *linear) halves(pixel, strip reg.GPVirtual) (bases []reg.Register, number func(p, r int) operand.Mem) {
	half, distance := l.pixels/2, l.GP64()
	l.IMUL3Q(operand.Imm(uint64(half)), pixel, distance)
	start := l.GP64()
	l.MOVQ(l.x, start)
	after := func(base, distance reg.Register) reg.Register {
		next := l.GP64()
		l.LEAQ(operand.Mem{Base: base, Index: distance, Scale: 1}, next)
		return next
	}
	second := after(start, strip)
	bases = []reg.Register{start, after(start, distance), second, after(second, distance)}
	multiple := l.multiples(pixel, half)
	return bases, func(p, r int) operand.Mem { return multiple(bases[p/half], p%half, r) }
}

// multiples prepares the odd multiples of a distance, and returns a function
// for the address r numbers after a base plus m times the distance, for m
// below n.
func (l *linear) multiples(distance reg.GPVirtual, n int) func(base reg.Register, m, r int) operand.Mem {
	odd := map[int]reg.GPVirtual{1: distance}
	for m := 3; m < n; m += 2 {
		odd[m] = l.GP64()
		l.LEAQ(operand.Mem{Base: odd[m-2], Index: distance, Scale: 2}, odd[m])
	}
	return func(base reg.Register, m, r int) operand.Mem {
		at := operand.Mem{Base: base, Disp: 4 * r}
		if m > 0 {
			scale := 1 << bits.TrailingZeros(uint(m))
			at.Index, at.Scale = odd[m/scale], uint8(scale)
		}
		return at
	}
}
