package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose writes Transpose for lengths of at least a vector: squares of
// 8 × 8 numbers, of which the last one overlaps the one before it where the
// length is no multiple of that.
func (g *generator) transpose() {
	k := g.function("transposeAVX2", "Transpose", "transposeAVX2 is transposeGo for Length ≥ Lanes.")
	dst, x, left := g.base(k.Field("Dst")), g.base(k.Field("X")), g.integer(k.Field("Length"))
	dstRow, row := g.bytes(k.Field("DstRow")), g.bytes(k.Field("XRow"))
	row3, middle := g.GP64(), g.GP64() // three rows, and where row 4 is
	g.LEAQ(operand.Mem{Base: row, Index: row, Scale: 2}, row3)
	g.LEAQ(operand.Mem{Base: x, Index: row, Scale: 4}, middle)

	g.Label("square")
	for column := 0; column < lanes; column += 4 {
		// Rows 0 to 3, and beside each the fourth one after it.
		pairs := g.ymms(4)
		for i, pair := range pairs {
			at := operand.Mem{Disp: 4 * column}
			if i > 0 {
				at.Index, at.Scale = []reg.Register{nil, row, row, row3}[i], []uint8{0, 1, 2, 1}[i]
			}
			at.Base = x
			g.VMOVUPS(at, pair.AsX())
			at.Base = middle
			g.VINSERTF128(operand.Imm(1), at, pair, pair)
		}
		halves := g.ymms(4)
		g.VUNPCKLPS(pairs[1], pairs[0], halves[0])
		g.VUNPCKLPS(pairs[3], pairs[2], halves[1])
		g.VUNPCKHPS(pairs[1], pairs[0], halves[2])
		g.VUNPCKHPS(pairs[3], pairs[2], halves[3])
		for i := range 4 {
			whole := g.YMM()
			g.VSHUFPS(operand.Imm([]uint64{0x44, 0xee}[i%2]), halves[i/2*2+1], halves[i/2*2], whole)
			g.VMOVUPS(whole, operand.Mem{Base: dst})
			g.ADDQ(dstRow, dst)
		}
	}
	g.ADDQ(operand.Imm(vector), x)
	g.ADDQ(operand.Imm(vector), middle)
	g.SUBQ(operand.Imm(lanes), left)
	g.CMPQ(left, operand.Imm(lanes))
	g.JGE(operand.LabelRef("square"))
	g.TESTQ(left, left)
	g.JE(operand.LabelRef("done"))

	// Back to where a whole square is left.
	back := g.GP64()
	g.LEAQ(operand.Mem{Base: left, Disp: -lanes}, back) // negative
	g.LEAQ(operand.Mem{Base: x, Index: back, Scale: 4}, x)
	g.LEAQ(operand.Mem{Base: middle, Index: back, Scale: 4}, middle)
	g.IMULQ(dstRow, back)
	g.ADDQ(back, dst)
	g.MOVQ(operand.U32(lanes), left)
	g.JMP(operand.LabelRef("square"))
	g.Label("done")
	g.end()
}
