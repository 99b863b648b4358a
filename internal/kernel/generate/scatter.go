package main

import (
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// scatter writes Scatter.
func (g *generator) scatter(w width) {
	name := "scatterAVX2"
	if w.vectors == 2 {
		name = "scatterAVX512"
	}
	k := g.function(name, "Scatter", name+" is scatterGo.")
	values, dstAt, xAt, left := g.base(k.Field("Values")), g.base(k.Field("DstAt")), g.base(k.Field("XAt")), g.GP64()
	g.MOVQ(address(k.Field("Values").Len()), left)
	g.TESTQ(left, left)
	g.JE(operand.LabelRef("done"))

	g.Label("value")
	value := w.one()
	g.VBROADCASTSS(operand.Mem{Base: values}, value)
	to, from, base := g.GP64(), g.GP64(), g.GP64()
	g.MOVQ(address(k.Field("Dst").Base()), base)
	g.MOVLQSX(operand.Mem{Base: dstAt}, to)
	g.LEAQ(operand.Mem{Base: base, Index: to, Scale: 4}, to)
	g.MOVQ(address(k.Field("X").Base()), base)
	g.MOVLQSX(operand.Mem{Base: xAt}, from)
	g.LEAQ(operand.Mem{Base: base, Index: from, Scale: 4}, from)
	rows := g.integer(k.Field("Rows"))

	g.Label("row")
	if w.vectors == 2 {
		g.scatterRowAVX512(k, value, to, from)
	} else {
		g.scatterRow(k, value, to, from)
	}
	g.Label("next")
	g.advance(k.Field("DstRow"), to)
	g.advance(k.Field("XRow"), from)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))
	g.ADDQ(operand.Imm(4), values)
	g.ADDQ(operand.Imm(4), dstAt)
	g.ADDQ(operand.Imm(4), xAt)
	g.DECQ(left)
	g.JNE(operand.LabelRef("value"))
	g.Label("done")
	g.end()
}

// scatterRow adds one row, by two vectors, one vector and single numbers.
func (g *generator) scatterRow(k gotypes.Component, value reg.VecVirtual, to, from reg.GPVirtual) {
	at, length := g.GP64(), g.integer(k.Field("Length"))
	g.XORQ(at, at)
	g.SUBQ(operand.Imm(2*lanes), length)
	g.JL(operand.LabelRef("one"))
	g.Label("two")
	a, b := g.YMM(), g.YMM()
	for i, sum := range []operand.Op{a, b} {
		g.VMOVUPS(operand.Mem{Base: to, Index: at, Scale: 4, Disp: vector * i}, sum)
		g.VFMADD231PS(operand.Mem{Base: from, Index: at, Scale: 4, Disp: vector * i}, value, sum)
		g.VMOVUPS(sum, operand.Mem{Base: to, Index: at, Scale: 4, Disp: vector * i})
	}
	g.ADDQ(operand.Imm(2*lanes), at)
	g.CMPQ(at, length)
	g.JLE(operand.LabelRef("two"))
	g.Label("one")
	g.ADDQ(operand.Imm(lanes), length)
	g.CMPQ(at, length)
	g.JG(operand.LabelRef("rest"))
	sum := g.YMM()
	g.VMOVUPS(operand.Mem{Base: to, Index: at, Scale: 4}, sum)
	g.VFMADD231PS(operand.Mem{Base: from, Index: at, Scale: 4}, value, sum)
	g.VMOVUPS(sum, operand.Mem{Base: to, Index: at, Scale: 4})
	g.ADDQ(operand.Imm(lanes), at)
	g.Label("rest")
	g.ADDQ(operand.Imm(lanes), length)
	g.CMPQ(at, length)
	g.JGE(operand.LabelRef("next"))
	g.Label("single")
	single := g.XMM()
	g.VMOVSS(operand.Mem{Base: to, Index: at, Scale: 4}, single)
	g.VFMADD231SS(operand.Mem{Base: from, Index: at, Scale: 4}, value.AsX(), single)
	g.VMOVSS(single, operand.Mem{Base: to, Index: at, Scale: 4})
	g.INCQ(at)
	g.CMPQ(at, length)
	g.JL(operand.LabelRef("single"))
}

// scatterRowAVX512 adds one row, the end of it under a mask.
func (g *generator) scatterRowAVX512(k gotypes.Component, value reg.VecVirtual, to, from reg.GPVirtual) {
	at, length := g.GP64(), g.integer(k.Field("Length"))
	g.XORQ(at, at)
	g.SUBQ(operand.Imm(2*lanes), length)
	g.JL(operand.LabelRef("rest"))
	g.Label("whole")
	sum := g.ZMM()
	g.VMOVUPS(operand.Mem{Base: to, Index: at, Scale: 4}, sum)
	g.VFMADD231PS(operand.Mem{Base: from, Index: at, Scale: 4}, value, sum)
	g.VMOVUPS(sum, operand.Mem{Base: to, Index: at, Scale: 4})
	g.ADDQ(operand.Imm(2*lanes), at)
	g.CMPQ(at, length)
	g.JLE(operand.LabelRef("whole"))
	g.Label("rest")
	g.ADDQ(operand.Imm(2*lanes), length)
	g.SUBQ(at, length)
	g.JE(operand.LabelRef("next"))
	count, mask := g.ZMM(), g.K()
	g.VPBROADCASTD(length.As32(), count)
	g.VPCMPGTD(g.iota16, count, mask)
	part, some := g.ZMM(), g.ZMM()
	g.VMOVUPS_Z(operand.Mem{Base: from, Index: at, Scale: 4}, mask, some)
	g.VMOVUPS_Z(operand.Mem{Base: to, Index: at, Scale: 4}, mask, part)
	g.VFMADD231PS(some, value, part)
	g.VMOVUPS(part, mask, operand.Mem{Base: to, Index: at, Scale: 4})
}
