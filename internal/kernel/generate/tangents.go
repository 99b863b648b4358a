package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tangents writes Tangents for one number of vectors, with two other tables or
// with none. With AVX2 each list is gone through once for each vector, as there
// are registers for no more sums.
func (g *generator) tangents(w width, vectors, others int) {
	name, doc := fmt.Sprintf("tangents%d%s", vectors, w.suffix), "%s is tangentsGo for Vectors = %d."
	if others > 0 {
		name, doc = fmt.Sprintf("tangents%dOthers%s", vectors, w.suffix), "%s is tangentsGo for Vectors = %d, and gatherGo for two other tables."
	}
	k := g.function(name, "Tangents", fmt.Sprintf(doc, name, vectors))
	origins, ends, lists := g.base(k.Field("DstOrigins")), g.base(k.Field("Ends")), g.GP64()
	g.MOVQ(address(k.Field("DstOrigins").Len()), lists)
	all := []gathered{
		{table: k.Field("Table"), bias: k.Field("Bias"), dst: k.Field("Dst")},
		{table: k.Field("Directions"), bias: k.Field("DirectionBias"), dst: k.Field("Tangents")},
	}
	for i := range others {
		all = append(all, gathered{
			table: k.Field("OtherTables").Index(i), bias: k.Field("OtherBiases").Index(i), dst: k.Field("Others").Index(i),
			apart: true,
		})
	}
	for i := range all {
		all[i].rows = g.base(all[i].table)
	}
	values, places, start := g.base(k.Field("Values")), g.base(k.Field("Places")), g.integer(k.Field("First"))
	g.TESTQ(lists, lists)
	g.JE(operand.LabelRef("done"))
	// Registers of one vector, where a pixel is no more.
	whole := w
	if vectors < w.vectors {
		w = g.avx2()
	}

	// Biases are kept, if there are enough registers.
	if whole.vectors > 1 && others == 0 {
		for i := range all {
			bias := g.base(all[i].bias)
			all[i].held = registers(tile*min(vectors, w.vectors)/whole.vectors, whole.one)
			for r, b := range all[i].held {
				g.VMOVUPS(operand.Mem{Base: bias, Disp: whole.bytes * r}, b)
			}
		}
	}
	bases := [2]reg.GPVirtual{}
	for i := range bases {
		if others == 0 {
			bases[i] = g.base(all[i].dst)
		}
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
		for i := range all {
			t := &all[i]
			t.even = registers(tile*min(vectors, w.vectors)/whole.vectors, whole.one)
			if t.held != nil {
				for r, sum := range t.even {
					g.VMOVAPS(t.held[r], sum)
				}
			} else {
				bias := g.base(t.bias)
				for r, sum := range t.even {
					g.VMOVUPS(operand.Mem{Base: bias, Disp: place(r)}, sum)
				}
			}
			t.odd = t.even
			if t.apart {
				t.odd = registers(len(t.even), whole.one)
				for _, sum := range t.odd {
					g.zero(sum)
				}
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
		for _, t := range all {
			for r, sum := range t.even {
				g.VFMADD231PS(operand.Mem{Base: t.rows, Index: first, Scale: 4, Disp: place(r)}, low, sum)
			}
		}
		for _, t := range all {
			for r, sum := range t.odd {
				g.VFMADD231PS(operand.Mem{Base: t.rows, Index: second, Scale: 4, Disp: place(r)}, high, sum)
			}
		}
		g.ADDQ(operand.Imm(2), at)
		g.CMPQ(at, end)
		g.JLT(operand.LabelRef(label("pair")))

		g.Label(label("sums"))
		for i := range all {
			if t := &all[i]; t.apart {
				for r, sum := range t.even {
					g.VADDPS(t.odd[r], sum, sum)
				}
			}
		}
		least := w.one()
		g.VBROADCASTSS(address(k.Field("Floor")), least)
		write := func(t gathered, numbers reg.VecVirtual) {
			to := g.GP64()
			g.MOVLQSX(operand.Mem{Base: origins}, to)
			g.SHLQ(operand.Imm(2), to)
			g.ADDQ(address(t.dst.Base()), to)
			g.VMOVUPS(numbers, operand.Mem{Base: to, Disp: w.bytes * v})
		}
		for _, t := range all[2:] {
			write(t, g.settle(w.maximumOf4(g.pixels(t.even, whole, vectors)), least))
		}
		top, tangent := g.winnerOf4(w, g.pixels(all[0].even, whole, vectors), g.pixels(all[1].even, whole, vectors), least)
		if others > 0 {
			write(all[0], top)
			write(all[1], tangent)
			continue
		}
		to := g.GP64()
		g.MOVLQSX(operand.Mem{Base: origins}, to)
		for i, numbers := range []reg.VecVirtual{top, tangent} {
			g.VMOVUPS(numbers, operand.Mem{Base: bases[i], Index: to, Scale: 4, Disp: w.bytes * v})
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

// gathered is what tangents does with one table.
type gathered struct {
	table, bias, dst gotypes.Component
	apart            bool // odd entries have sums of their own, as in Gather
	rows             reg.GPVirtual
	even, odd, held  []reg.VecVirtual
}

// pixels returns a register for each pixel, for sums in registers that may hold
// two pixels.
func (g *generator) pixels(sums []reg.VecVirtual, whole width, vectors int) (pixels [tile]reg.VecVirtual) {
	if whole.vectors <= vectors {
		return [tile]reg.VecVirtual(sums)
	}
	for r, sum := range sums {
		pixels[2*r], pixels[2*r+1] = g.YMM(), g.YMM()
		g.VMOVAPS(sum.AsY(), pixels[2*r])
		g.VEXTRACTF64X4(operand.Imm(1), sum, pixels[2*r+1])
	}
	return pixels
}

// winnerOf4 returns max(floor, max x), and of y the number of the first x that is
// the maximum, 0 where that is not above the floor. It overwrites x and y.
func (g *generator) winnerOf4(w width, x, y [tile]reg.VecVirtual, floor reg.VecVirtual) (top, tangent reg.VecVirtual) {
	g.selectGreater(w, x[1], x[0], y[1], y[0])
	g.selectGreater(w, x[3], x[2], y[3], y[2])
	// The numbers of x stay, for NaN to be found, until maxima overwrite them.
	left, right := w.one(), w.one()
	g.VMAXPS(x[0], x[1], left)
	g.VMAXPS(x[2], x[3], right)
	g.selectGreater(w, right, left, y[2], y[0])
	top = g.settle(w.maximumOf4(x), floor)
	g.keepGreater(w, top, floor, y[0])
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
