package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tangents writes Tangents for one number of vectors. With AVX2 each
// list is gone through once for each vector, as there are registers for no more
// sums.
func (g *generator) tangents(w width, vectors int) {
	name := fmt.Sprintf("tangents%d%s", vectors, w.suffix)
	k := g.function(name, "Tangents", fmt.Sprintf("%s is tangentsGo for Vectors = %d.", name, vectors))
	origins, ends, lists := g.base(k.Field("DstOrigins")), g.base(k.Field("Ends")), g.GP64()
	g.MOVQ(address(k.Field("DstOrigins").Len()), lists)
	tables := [2]reg.GPVirtual{g.base(k.Field("Table")), g.base(k.Field("Directions"))}
	values, places, start := g.base(k.Field("Values")), g.base(k.Field("Places")), g.integer(k.Field("First"))
	g.TESTQ(lists, lists)
	g.JE(operand.LabelRef("done"))
	// Registers of one vector, where a pixel is no more.
	whole := w
	if vectors < w.vectors {
		w = g.avx2()
	}

	g.Label("list")
	at, end := g.GP64(), g.GP64()
	for v := range vectors / w.vectors {
		label := func(name string) string { return fmt.Sprintf("%s%d", name, v) }
		place := func(i int) int { // of register i in a row of the table
			if whole.vectors > vectors {
				return whole.bytes * i
			}
			return vector*vectors*i + w.bytes*v
		}
		var sums [2][]reg.VecVirtual
		for i, field := range []string{"Bias", "DirectionBias"} {
			bias := g.base(k.Field(field))
			sums[i] = registers(tile*min(vectors, w.vectors)/whole.vectors, whole.one)
			for r, sum := range sums[i] {
				g.VMOVUPS(operand.Mem{Base: bias, Disp: place(r)}, sum)
			}
		}
		g.MOVQ(start, at)
		g.MOVLQSX(operand.Mem{Base: ends}, end)
		g.CMPQ(at, end)
		g.JGE(operand.LabelRef(label("sums")))

		g.Label(label("pair"))
		first, second := g.GP64(), g.GP64()
		both, low, high := whole.one(), whole.one(), whole.one()
		g.MOVQ(operand.Mem{Base: places, Index: at, Scale: 4}, second)
		g.MOVL(second.As32(), first.As32())
		g.SHRQ(operand.Imm(32), second)
		g.VBROADCASTSD(operand.Mem{Base: values, Index: at, Scale: 4}, both)
		g.VMOVSLDUP(both, low)
		g.VMOVSHDUP(both, high)
		for _, entry := range []struct {
			row   reg.GPVirtual
			value reg.VecVirtual
		}{{first, low}, {second, high}} {
			for i, table := range tables {
				for r, sum := range sums[i] {
					g.VFMADD231PS(operand.Mem{Base: table, Index: entry.row, Scale: 4, Disp: place(r)}, entry.value, sum)
				}
			}
		}
		g.ADDQ(operand.Imm(2), at)
		g.CMPQ(at, end)
		g.JLT(operand.LabelRef(label("pair")))

		g.Label(label("sums"))
		var pixels [2][tile]reg.VecVirtual
		for i := range sums {
			if whole.vectors > vectors {
				for r, sum := range sums[i] {
					pixels[i][2*r], pixels[i][2*r+1] = w.one(), w.one()
					g.VMOVAPS(sum.AsY(), pixels[i][2*r])
					g.VEXTRACTF64X4(operand.Imm(1), sum, pixels[i][2*r+1])
				}
			} else {
				pixels[i] = [tile]reg.VecVirtual(sums[i])
			}
		}
		top, tangent := g.winnerOf4(w, pixels[0], pixels[1], address(k.Field("Floor")))
		to := g.GP64()
		for _, result := range []struct {
			field  string
			number reg.VecVirtual
		}{{"Dst", top}, {"Tangents", tangent}} {
			g.MOVLQSX(operand.Mem{Base: origins}, to)
			g.SHLQ(operand.Imm(2), to)
			g.ADDQ(address(k.Field(result.field).Base()), to)
			g.VMOVUPS(result.number, operand.Mem{Base: to, Disp: w.bytes * v})
		}
	}
	g.MOVQ(end, start)
	g.ADDQ(operand.Imm(4), origins)
	g.ADDQ(operand.Imm(4), ends)
	g.DECQ(lists)
	g.JNE(operand.LabelRef("list"))
	g.Label("done")
	g.end()
}

// winnerOf4 returns max(floor, max x), and of y the number of the first x that is
// the maximum, 0 where that is not above the floor. It overwrites x and y.
func (g *generator) winnerOf4(w width, x, y [tile]reg.VecVirtual, floor operand.Mem) (top, tangent reg.VecVirtual) {
	least := w.one()
	g.VBROADCASTSS(floor, least)
	g.selectGreater(w, x[1], x[0], y[1], y[0])
	g.selectGreater(w, x[3], x[2], y[3], y[2])
	// The numbers of x stay, for NaN to be found, until maxima overwrite them.
	left, right := w.one(), w.one()
	g.VMAXPS(x[0], x[1], left)
	g.VMAXPS(x[2], x[3], right)
	g.selectGreater(w, right, left, y[2], y[0])
	top = g.settle(w.maximumOf4(x), least)
	g.keepGreater(w, top, least, y[0])
	return top, y[0]
}

// selectGreater sets b to a where x > y.
func (g *generator) selectGreater(w width, x, y, a, b reg.VecVirtual) {
	if w.vectors == 2 {
		greater := g.K()
		g.VCMPPS(operand.Imm(greaterQuiet), y, x, greater)
		g.VMOVAPS(a, greater, b)
		return
	}
	greater := g.YMM()
	g.VCMPPS(operand.Imm(greaterQuiet), y, x, greater)
	g.VBLENDVPS(greater, a, b, b)
}

// keepGreater sets b to 0 where x is not greater than y.
func (g *generator) keepGreater(w width, x, y, b reg.VecVirtual) {
	if w.vectors == 2 {
		greater := g.K()
		g.VCMPPS(operand.Imm(greaterQuiet), y, x, greater)
		g.VMOVAPS_Z(b, greater, b)
		return
	}
	greater := g.YMM()
	g.VCMPPS(operand.Imm(greaterQuiet), y, x, greater)
	g.VANDPS(greater, b, b)
}
