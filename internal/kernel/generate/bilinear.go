package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bilinear writes Bilinear.
func (g *generator) bilinear(w width) {
	name := "bilinear" + w.suffix
	if w.suffix == "" {
		name = "bilinearAVX2"
	}
	k := g.function(name, "Bilinear", name+" is bilinearGo.")
	total := w.one()
	g.zero(total)
	left := g.GP64()
	g.MOVQ(address(k.Field("Values").Len()), left)
	values, wAt, xAt := g.base(k.Field("Values")), g.base(k.Field("WAt")), g.base(k.Field("XAt"))
	length, row := g.integer(k.Field("Length")), g.bytes(k.Field("XRow"))

	// What is left of a row after whole registers.
	count := g.GP64()
	g.MOVQ(length, count)
	g.ANDQ(operand.Imm(uint64(w.bytes/4-1)), count)
	var tail reg.VecVirtual
	var mask reg.OpmaskVirtual
	if w.vectors == 2 {
		mask = g.K()
		ones := g.GP32()
		g.MOVL(operand.U32(1), ones)
		// The count is in CL for the shift.
		g.MOVQ(count, reg.RCX)
		g.SHLL(reg.CL, ones)
		g.DECL(ones)
		g.KMOVW(ones, mask)
	} else {
		tail = g.tail(count)
	}
	g.SUBQ(count, length) // in whole registers
	g.SHLQ(operand.Imm(2), length)
	g.TESTQ(left, left)
	g.JE(operand.LabelRef("done"))

	g.Label("value")
	weights, directions := g.GP64(), g.GP64()
	inputs, tangents := g.GP64(), g.GP64()
	g.MOVLQSX(operand.Mem{Base: wAt}, weights)
	g.SHLQ(operand.Imm(2), weights)
	g.MOVQ(weights, directions)
	g.ADDQ(address(k.Field("W").Base()), weights)
	g.ADDQ(address(k.Field("Directions").Base()), directions)
	g.MOVLQSX(operand.Mem{Base: xAt}, inputs)
	g.SHLQ(operand.Imm(2), inputs)
	g.MOVQ(inputs, tangents)
	g.ADDQ(address(k.Field("X").Base()), inputs)
	g.ADDQ(address(k.Field("Tangents").Base()), tangents)
	a, b := w.one(), w.one()
	g.zero(a)
	g.zero(b)
	rows := g.integer(k.Field("Rows"))

	g.Label("row")
	at := g.GP64()
	g.XORQ(at, at)
	g.CMPQ(at, length)
	g.JGE(operand.LabelRef("rest"))
	g.Label("register")
	x, y := w.one(), w.one()
	g.VMOVUPS(operand.Mem{Base: weights, Index: at, Scale: 1}, x)
	g.VFMADD231PS(operand.Mem{Base: tangents, Index: at, Scale: 1}, x, a)
	g.VMOVUPS(operand.Mem{Base: directions, Index: at, Scale: 1}, y)
	g.VFMADD231PS(operand.Mem{Base: inputs, Index: at, Scale: 1}, y, b)
	g.ADDQ(operand.Imm(uint64(w.bytes)), at)
	g.CMPQ(at, length)
	g.JL(operand.LabelRef("register"))
	g.Label("rest")
	g.TESTQ(count, count)
	g.JE(operand.LabelRef("next"))
	part := func(base reg.GPVirtual) reg.VecVirtual {
		r := w.one()
		from := operand.Mem{Base: base, Index: at, Scale: 1}
		if w.vectors == 2 {
			g.VMOVUPS_Z(from, mask, r)
		} else {
			g.VMASKMOVPS(from, tail, r)
		}
		return r
	}
	g.VFMADD231PS(part(tangents), part(weights), a)
	g.VFMADD231PS(part(inputs), part(directions), b)
	g.LEAQ(operand.Mem{Base: weights, Index: count, Scale: 4}, weights)
	g.LEAQ(operand.Mem{Base: directions, Index: count, Scale: 4}, directions)
	g.Label("next")
	g.ADDQ(at, weights)
	g.ADDQ(at, directions)
	g.ADDQ(row, inputs)
	g.ADDQ(row, tangents)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))

	value := w.one()
	g.VBROADCASTSS(operand.Mem{Base: values}, value)
	g.VADDPS(b, a, a)
	g.VFMADD231PS(a, value, total)
	g.ADDQ(operand.Imm(4), values)
	g.ADDQ(operand.Imm(4), wAt)
	g.ADDQ(operand.Imm(4), xAt)
	g.DECQ(left)
	g.JNE(operand.LabelRef("value"))

	g.Label("done")
	if w.vectors == 2 {
		high := g.YMM()
		g.VEXTRACTF64X4(operand.Imm(1), total, high)
		g.VADDPS(high, total.AsY(), total.AsY())
	}
	g.storeSum(total, address(k.Field("Sum")))
	g.end()
}

// storeSum stores the sum of the lanes of a vector, which it overwrites.
func (g *generator) storeSum(sum reg.VecVirtual, to operand.Mem) {
	half, total := g.XMM(), sum.AsX()
	g.VEXTRACTF128(operand.Imm(1), sum.AsY(), half)
	g.VADDPS(half, total, total)
	g.VMOVHLPS(total, total, half)
	g.VADDPS(half, total, total)
	g.VMOVSHDUP(total, half)
	g.VADDSS(half, total, total)
	g.VMOVSS(total, to)
}
