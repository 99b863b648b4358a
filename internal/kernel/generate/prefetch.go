package main

import "github.com/mmcloughlin/avo/operand"

// cacheLine is how many bytes come at a time.
const cacheLine = 64

// prefetch writes Prefetch.
func (g *generator) prefetch() {
	k := g.function("prefetchAVX2", "Prefetch", "prefetchAVX2 asks for each line of memory that has a part of the slice.")
	at, end := g.base(k.Field("X")), g.integer(k.Field("X").Len())
	g.LEAQ(operand.Mem{Base: at, Index: end, Scale: 4}, end)
	g.ANDQ(operand.I8(-cacheLine), at)
	g.CMPQ(at, end)
	g.JGE(operand.LabelRef("done"))
	g.Label("line")
	g.PREFETCHT0(operand.Mem{Base: at})
	g.ADDQ(operand.Imm(cacheLine), at)
	g.CMPQ(at, end)
	g.JL(operand.LabelRef("line"))
	g.Label("done")
	g.RET()
}
