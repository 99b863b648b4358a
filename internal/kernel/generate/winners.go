package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// greaterQuiet is a predicate of VCMPPS, false for NaN.
const greaterQuiet = 30

// winners writes Winners for one number of vectors.
func (g *generator) winners(vectors int) {
	name := fmt.Sprintf("winners%d", vectors)
	k := g.function(name, "Winners", fmt.Sprintf("%s is winnersGo for Vectors = %d.", name, vectors))
	dst, from, first := g.base(k.Field("Dst")), g.base(k.Field("From")), g.base(k.Field("X"))
	windows, number := g.integer(k.Field("Windows")), g.GP32()
	g.MOVL(address(k.Field("First")), number)
	floor := g.broadcast(k.Field("Floor"))
	least := g.YMM()
	bits := g.GP32()
	g.MOVL(operand.U32(0xff800000), bits) // −Inf
	g.VMOVD(bits, least.AsX())
	g.VPBROADCASTD(least.AsX(), least)
	minusOne, gap := g.pixelSteps(k)

	g.Label("window")
	tops, places := g.ymms(vectors), g.ymms(vectors)
	pixel := g.YMM()
	g.VMOVD(number, pixel.AsX())
	g.VPBROADCASTD(pixel.AsX(), pixel)
	for v := range vectors {
		g.VMOVAPS(least, tops[v])
		g.VMOVDQA(pixel, places[v])
	}
	rows, start := g.integer(k.Field("Kernel")), g.GP64()
	g.MOVQ(first, start)
	g.Label("row")
	columns, x := g.integer(k.Field("Kernel")), g.GP64()
	g.MOVQ(start, x)
	g.Label("column")
	for v := range vectors {
		value, wins, unordered := g.YMM(), g.YMM(), g.YMM()
		g.VMOVUPS(operand.Mem{Base: x, Disp: vector * v}, value)
		g.VCMPPS(operand.Imm(greaterQuiet), tops[v], value, wins)
		g.VCMPPS(operand.Imm(unorderedQuiet), value, value, unordered)
		g.VORPS(unordered, wins, wins)
		g.VBLENDVPS(wins, value, tops[v], tops[v])
		g.VBLENDVPS(wins, pixel, places[v], places[v])
	}
	g.VPSUBD(minusOne, pixel, pixel)
	g.ADDQ(operand.Imm(uint64(vector*vectors)), x)
	g.DECQ(columns)
	g.JNE(operand.LabelRef("column"))
	g.VPADDD(gap, pixel, pixel)
	g.advance(k.Field("XRow"), start)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))

	for v := range vectors {
		g.VMAXPS(tops[v], floor, tops[v]) // NaN, if the maximum is
		g.VMOVUPS(tops[v], operand.Mem{Base: dst, Disp: vector * v})
		g.VMOVDQU(places[v], operand.Mem{Base: from, Disp: vector * v})
	}
	g.advance(k.Field("XWindow"), first)
	g.advance(k.Field("DstWindow"), dst, from)
	g.ADDL(address(k.Field("Window")), number)
	g.DECQ(windows)
	g.JNE(operand.LabelRef("window"))
	g.end()
}

// pixelSteps returns what is subtracted from the numbers of pixels to go to the
// next one, and what is added to go from the end of a row of a window to the
// start of the next.
func (g *generator) pixelSteps(k gotypes.Component) (minusOne, gap reg.VecVirtual) {
	minusOne, gap = g.YMM(), g.YMM()
	g.VPCMPEQD(minusOne, minusOne, minusOne)
	skip := g.GP32()
	g.MOVL(address(k.Field("Row")), skip)
	g.SUBL(address(k.Field("Kernel")), skip)
	g.VMOVD(skip, gap.AsX())
	g.VPBROADCASTD(gap.AsX(), gap)
	return minusOne, gap
}
