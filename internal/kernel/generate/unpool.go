package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
)

// unpool writes Unpool for one number of vectors.
func (g *generator) unpool(vectors int) {
	name := fmt.Sprintf("unpool%d", vectors)
	k := g.function(name, "Unpool", fmt.Sprintf("%s is unpoolGo for Vectors = %d.", name, vectors))
	dst, slopes, outputs, from := g.base(k.Field("Dst")), g.base(k.Field("Slopes")), g.base(k.Field("Outputs")), g.base(k.Field("From"))
	windows, number := g.integer(k.Field("Windows")), g.GP32()
	g.MOVL(address(k.Field("First")), number)
	zero := g.YMM()
	g.zero(zero)
	minusOne, gap := g.pixelSteps(k)
	sums, all := g.base(k.Field("Sums")), g.ymms(vectors)
	for v := range vectors {
		g.VMOVUPS(operand.Mem{Base: sums, Disp: vector * v}, all[v])
	}

	g.Label("window")
	values, places := g.ymms(vectors), g.ymms(vectors)
	for v := range vectors {
		at := vector * v
		g.VMOVUPS(operand.Mem{Base: outputs, Disp: at}, values[v])
		g.VCMPPS(operand.Imm(notEqualQuiet), zero, values[v], values[v])
		g.VANDPS(operand.Mem{Base: slopes, Disp: at}, values[v], values[v])
		g.VADDPS(values[v], all[v], all[v])
		g.VMOVDQU(operand.Mem{Base: from, Disp: at}, places[v])
	}
	pixel := g.YMM()
	g.VMOVD(number, pixel.AsX())
	g.VPBROADCASTD(pixel.AsX(), pixel)
	rows, start := g.integer(k.Field("Kernel")), g.GP64()
	g.MOVQ(dst, start)
	g.Label("row")
	columns, to := g.integer(k.Field("Kernel")), g.GP64()
	g.MOVQ(start, to)
	g.Label("column")
	for v := range vectors {
		kept := g.YMM()
		g.VPCMPEQD(places[v], pixel, kept)
		g.VANDPS(values[v], kept, kept)
		g.VMOVUPS(kept, operand.Mem{Base: to, Disp: vector * v})
	}
	g.VPSUBD(minusOne, pixel, pixel)
	g.ADDQ(operand.Imm(uint64(vector*vectors)), to)
	g.DECQ(columns)
	g.JNE(operand.LabelRef("column"))
	g.VPADDD(gap, pixel, pixel)
	g.advance(k.Field("DstRow"), start)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))

	g.advance(k.Field("DstWindow"), dst)
	g.advance(k.Field("SlopeWindow"), slopes, outputs)
	g.advance(k.Field("FromWindow"), from)
	g.ADDL(address(k.Field("Window")), number)
	g.DECQ(windows)
	g.JNE(operand.LabelRef("window"))
	for v := range vectors {
		g.VMOVUPS(all[v], operand.Mem{Base: sums, Disp: vector * v})
	}
	g.end()
}
