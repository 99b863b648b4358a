package main

import (
	"github.com/mmcloughlin/avo/operand"
)

// inner writes Inner.
func (g *generator) inner() {
	k := g.function("innerAVX2", "Inner", "innerAVX2 is innerGo.")
	const together = 4 // as many sums as hide the latency
	x, y, left := g.base(k.Field("X")), g.base(k.Field("Y")), g.GP64()
	g.MOVQ(address(k.Field("X").Len()), left)
	sums := g.ymms(together)
	for _, sum := range sums {
		g.zero(sum)
	}
	g.SUBQ(operand.Imm(together*lanes), left)
	g.JL(operand.LabelRef("few"))
	g.Label("vectors")
	for i, sum := range sums {
		number := g.YMM()
		g.VMOVUPS(operand.Mem{Base: x, Disp: vector * i}, number)
		g.VFMADD231PS(operand.Mem{Base: y, Disp: vector * i}, number, sum)
	}
	g.ADDQ(operand.Imm(together*vector), x)
	g.ADDQ(operand.Imm(together*vector), y)
	g.SUBQ(operand.Imm(together*lanes), left)
	g.JGE(operand.LabelRef("vectors"))

	g.Label("few")
	g.ADDQ(operand.Imm((together-1)*lanes), left)
	g.JL(operand.LabelRef("rest"))
	g.Label("vector")
	number := g.YMM()
	g.VMOVUPS(operand.Mem{Base: x}, number)
	g.VFMADD231PS(operand.Mem{Base: y}, number, sums[0])
	g.ADDQ(operand.Imm(vector), x)
	g.ADDQ(operand.Imm(vector), y)
	g.SUBQ(operand.Imm(lanes), left)
	g.JGE(operand.LabelRef("vector"))

	g.Label("rest")
	g.ADDQ(operand.Imm(lanes), left)
	g.JE(operand.LabelRef("sum"))
	mask, a, b := g.tail(left), g.YMM(), g.YMM()
	g.VMASKMOVPS(operand.Mem{Base: x}, mask, a)
	g.VMASKMOVPS(operand.Mem{Base: y}, mask, b)
	g.VFMADD231PS(b, a, sums[1])

	g.Label("sum")
	g.VADDPS(sums[1], sums[0], sums[0])
	g.VADDPS(sums[3], sums[2], sums[2])
	g.VADDPS(sums[2], sums[0], sums[0])
	g.storeSum(sums[0], address(k.Field("Sum")))
	g.end()
}
