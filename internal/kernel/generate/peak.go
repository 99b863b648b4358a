package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// peakSums is how many sums fmaPeak keeps: enough to hide a latency of 4 to 6
// cycles at two multiply-adds a cycle.
const peakSums = 12

// peak writes a loop of nothing but fused multiply-adds.
func (g *generator) peak(w width) {
	g.Function("fmaPeak" + w.suffix)
	g.Attributes(attr.NOSPLIT)
	g.SignatureExpr("func(n int)")
	g.Doc("fmaPeak" + w.suffix + " does 12 n independent fused multiply-adds of vectors, n > 0.")
	n := g.GP64()
	g.Load(g.Param("n"), n)
	x, zero := w.one(), g.XMM()
	g.VXORPS(zero, zero, zero)
	g.VBROADCASTSS(zero, x)
	sums := registers(peakSums, w.one)
	for _, sum := range sums {
		g.VMOVAPS(x, sum)
	}
	g.Label("loop")
	for _, sum := range sums {
		g.VFMADD231PS(x, x, sum)
	}
	g.DECQ(n)
	g.JNE(operand.LabelRef("loop"))
	g.end()
}
