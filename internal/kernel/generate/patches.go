package main

import (
	"encoding/binary"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// packing is a table for each set of lanes, given as the bits of a byte: the
// numbers of these lanes in increasing order, then zeros.
func (g *generator) packing() operand.Mem {
	table := g.StaticGlobal("packing")
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for set := range 1 << lanes {
		var order [lanes]byte
		n := 0
		for lane := range lanes {
			if set>>lane&1 == 1 {
				order[n] = byte(lane)
				n++
			}
		}
		g.AppendDatum(operand.U64(binary.LittleEndian.Uint64(order[:])))
	}
	return table
}

// patches writes Patches.
func (g *generator) patches() {
	packing := g.packing()
	k := g.function("patchesAVX2", "Patches", "patchesAVX2 is patchesGo.")
	origin, ends := g.base(k.Field("Origins")), g.base(k.Field("Ends"))
	lists := g.GP64()
	g.MOVQ(address(k.Field("Origins").Len()), lists)
	values, places := g.base(k.Field("Values")), g.base(k.Field("Places"))
	table, at, next := g.GP64(), g.GP64(), g.bytes(k.Field("Row"))
	g.LEAQ(packing, table)
	g.XORQ(at, at)
	g.TESTQ(lists, lists)
	g.JE(operand.LabelRef("done"))

	// The lanes of a row, the places of the first, and from row to row.
	mask, start, down, zero := g.YMM(), g.YMM(), g.YMM(), g.YMM()
	g.VMOVDQU(g.iota8, start)
	g.VPBROADCASTD(address(k.Field("Width")), mask)
	g.VPBROADCASTD(address(k.Field("Unit")), down)
	g.VPMULLD(mask, down, zero)
	g.VPCMPGTD(start, mask, mask)
	g.VPMULLD(start, down, start)
	g.VMOVDQA(zero, down)
	g.VXORPS(zero, zero, zero)

	g.Label("patch")
	channel, channels := g.GP64(), g.integer(k.Field("Channels"))
	g.MOVLQSX(operand.Mem{Base: origin}, channel)
	image := g.base(k.Field("Image"))
	g.LEAQ(operand.Mem{Base: image, Index: channel, Scale: 4}, channel)
	place := g.YMM()
	g.VMOVDQA(start, place)

	g.Label("channel")
	x, rows := g.GP64(), g.integer(k.Field("Rows"))
	g.MOVQ(channel, x)

	g.Label("row")
	row, other, order, placed := g.YMM(), g.YMM(), g.YMM(), g.YMM()
	set := g.GP64()
	g.VMASKMOVPS(operand.Mem{Base: x}, mask, row)
	g.VCMPPS(operand.Imm(notEqualQuiet), zero, row, other)
	g.VMOVMSKPS(other, set.As32())
	g.VPMOVZXBD(operand.Mem{Base: table, Index: set, Scale: 8}, order)
	g.POPCNTL(set.As32(), set.As32())
	g.VPERMPS(row, order, row)
	g.VPERMD(place, order, placed)
	g.VMOVUPS(row, operand.Mem{Base: values, Index: at, Scale: 4})
	g.VMOVDQU(placed, operand.Mem{Base: places, Index: at, Scale: 4})
	g.ADDQ(set, at)
	g.VPADDD(down, place, place)
	g.ADDQ(next, x)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))

	step := g.integer(k.Field("Channel"))
	g.LEAQ(operand.Mem{Base: channel, Index: step, Scale: 4}, channel)
	g.DECQ(channels)
	g.JNE(operand.LabelRef("channel"))

	// Lists start at even places, so this pads those of odd length, and leaves
	// the others alone.
	g.MOVL(operand.U32(0), operand.Mem{Base: values, Index: at, Scale: 4})
	g.MOVL(operand.U32(0), operand.Mem{Base: places, Index: at, Scale: 4})
	g.INCQ(at)
	g.ANDQ(operand.I32(-2), at)
	g.MOVL(at.As32(), operand.Mem{Base: ends})
	g.ADDQ(operand.Imm(4), origin)
	g.ADDQ(operand.Imm(4), ends)
	g.DECQ(lists)
	g.JNE(operand.LabelRef("patch"))
	g.Label("done")
	g.end()
}
