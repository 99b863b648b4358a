package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// collectVectors is the largest number of registers that collect keeps sums in.
const collectVectors = 8

// collect writes Collect for width columns in some registers, of which the last
// one is used in part or not.
func (g *generator) collect(w width, vectors int, part bool) {
	name := fmt.Sprintf("collect%d%s", vectors, w.suffix)
	doc := fmt.Sprintf("%s is collectGo for %d numbers", name, vectors*w.bytes/4)
	if part {
		name = fmt.Sprintf("collect%dPart%s", vectors, w.suffix)
		doc = fmt.Sprintf("%s is collectGo for more than %d and less than %d numbers", name, (vectors-1)*w.bytes/4, vectors*w.bytes/4)
	}
	k := g.function(name, "Collect", doc+" in a row.")
	dstAt, ends, xAt := g.base(k.Field("DstAt")), g.base(k.Field("Ends")), g.base(k.Field("XAt"))
	lists := g.GP64()
	g.MOVQ(address(k.Field("DstAt").Len()), lists)
	g.TESTQ(lists, lists)
	g.JE(operand.LabelRef("done"))
	load, store := g.masked(w, vectors, part, g.integer(k.Field("width")))
	xRow := g.bytes(k.Field("XRow"))
	from := g.GP64() // the first entry of the list
	g.XORQ(from, from)

	g.Label("list")
	end, to := g.GP64(), g.GP64()
	g.MOVLQSX(operand.Mem{Base: ends}, end)
	g.CMPQ(from, end)
	g.JE(operand.LabelRef("next"))
	g.MOVLQSX(operand.Mem{Base: dstAt}, to)
	g.ADDQ(address(k.Field("column")), to)
	g.SHLQ(operand.Imm(2), to)
	g.ADDQ(address(k.Field("Dst").Base()), to)
	rows, x := g.integer(k.Field("Rows")), g.integer(k.Field("column"))
	g.SHLQ(operand.Imm(2), x)
	g.ADDQ(address(k.Field("X").Base()), x)

	g.Label("row")
	sums := registers(vectors, w.one)
	for v, sum := range sums {
		load(v, operand.Mem{Base: to, Disp: w.bytes * v}, sum)
	}
	j, values := g.GP64(), g.base(k.Field("Values"))
	g.MOVQ(from, j)
	g.Label("entry")
	at, value := g.GP64(), w.one()
	g.MOVLQSX(operand.Mem{Base: xAt, Index: j, Scale: 4}, at)
	g.VBROADCASTSS(operand.Mem{Base: values, Index: j, Scale: 4}, value)
	for v, sum := range sums {
		there := operand.Mem{Base: x, Index: at, Scale: 4, Disp: w.bytes * v}
		if part && v == vectors-1 {
			some := w.one()
			load(v, there, some)
			g.VFMADD231PS(some, value, sum)
		} else {
			g.VFMADD231PS(there, value, sum)
		}
	}
	g.INCQ(j)
	g.CMPQ(j, end)
	g.JL(operand.LabelRef("entry"))
	for v, sum := range sums {
		store(v, sum, operand.Mem{Base: to, Disp: w.bytes * v})
	}
	g.ADDQ(xRow, x)
	g.advance(k.Field("DstRow"), to)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))
	g.MOVQ(end, from)

	g.Label("next")
	g.ADDQ(operand.Imm(4), dstAt)
	g.ADDQ(operand.Imm(4), ends)
	g.DECQ(lists)
	g.JNE(operand.LabelRef("list"))
	g.Label("done")
	g.end()
}

// masked returns functions that load and store vector v of some that hold
// length numbers: whole ones but, with part, the last.
func (g *generator) masked(w width, vectors int, part bool, length reg.GPVirtual) (load func(int, operand.Mem, reg.VecVirtual), store func(int, reg.VecVirtual, operand.Mem)) {
	var loadPart func(operand.Mem, reg.VecVirtual)
	var storePart func(reg.VecVirtual, operand.Mem)
	if part {
		g.SUBQ(operand.Imm(uint64((vectors-1)*w.bytes/4)), length)
		if w.vectors == 1 {
			mask := g.tail(length)
			loadPart = func(m operand.Mem, r reg.VecVirtual) { g.VMASKMOVPS(m, mask, r) }
			storePart = func(r reg.VecVirtual, m operand.Mem) { g.VMASKMOVPS(r, mask, m) }
		} else {
			count, mask := g.ZMM(), g.K()
			g.VPBROADCASTD(length.As32(), count)
			g.VPCMPGTD(g.iota16, count, mask)
			loadPart = func(m operand.Mem, r reg.VecVirtual) { g.VMOVUPS_Z(m, mask, r) }
			storePart = func(r reg.VecVirtual, m operand.Mem) { g.VMOVUPS(r, mask, m) }
		}
	}
	load = func(v int, m operand.Mem, r reg.VecVirtual) {
		if part && v == vectors-1 {
			loadPart(m, r)
		} else {
			g.VMOVUPS(m, r)
		}
	}
	store = func(v int, r reg.VecVirtual, m operand.Mem) {
		if part && v == vectors-1 {
			storePart(r, m)
		} else {
			g.VMOVUPS(r, m)
		}
	}
	return load, store
}
