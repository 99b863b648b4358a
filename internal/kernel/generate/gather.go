package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Values of GatherMode.
const (
	gatherTile = 1
	gatherPool = 2
)

// gather writes Gather for one number of vectors.
func (g *generator) gather(w width, vectors int) {
	name := fmt.Sprintf("gather%d%s", vectors, w.suffix)
	k := g.function(name, "Gather", fmt.Sprintf("%s is gatherGo for Vectors = %d.", name, vectors))
	origins, ends, lists := g.base(k.Field("DstOrigins")), g.base(k.Field("Ends")), g.GP64()
	g.MOVQ(address(k.Field("DstOrigins").Len()), lists)
	table, values, places := g.base(k.Field("Table")), g.base(k.Field("Values")), g.base(k.Field("Places"))
	bias, at, mode := g.base(k.Field("Bias")), g.integer(k.Field("First")), g.integer(k.Field("Mode"))
	g.TESTQ(lists, lists)
	g.JE(operand.LabelRef("done"))
	floor, base := address(k.Field("Floor")), g.base(k.Field("Dst"))
	// Results are written in registers of one vector, if a pixel is no more.
	whole := w
	if vectors < w.vectors {
		w = g.avx2()
	}
	each := vectors / w.vectors
	least := w.one() // kept, if there are enough registers
	if whole.vectors > 1 {
		g.VBROADCASTSS(floor, least)
	}

	// The sums of a row of the table. Where these are few registers, odd entries
	// have sums of their own, as there would not be enough to hide the latency.
	even := registers(tile*vectors/whole.vectors, whole.one)
	odd := even
	held := registers(min(tile, len(even)), whole.one)
	for i, b := range held {
		g.VMOVUPS(operand.Mem{Base: bias, Disp: whole.bytes * i}, b)
	}
	g.Label("list")
	end := g.GP64()
	g.MOVLQSX(operand.Mem{Base: ends}, end)
	for i, sum := range even {
		if i < len(held) {
			g.VMOVAPS(held[i], sum)
		} else {
			g.VMOVUPS(operand.Mem{Base: bias, Disp: whole.bytes * i}, sum)
		}
	}
	if len(even) <= tile {
		odd = registers(len(even), whole.one)
		for _, sum := range odd {
			g.zero(sum)
		}
	}
	g.CMPQ(at, end)
	g.JGE(operand.LabelRef("sums"))

	g.Label("pair")
	first, second := g.GP64(), g.GP64()
	both, low, high := whole.one(), whole.one(), whole.one()
	g.MOVQ(operand.Mem{Base: places, Index: at, Scale: 4}, second)
	g.MOVL(second.As32(), first.As32())
	g.SHRQ(operand.Imm(32), second)
	g.VBROADCASTSD(operand.Mem{Base: values, Index: at, Scale: 4}, both)
	g.VMOVSLDUP(both, low)
	g.VMOVSHDUP(both, high)
	for i, sum := range even {
		g.VFMADD231PS(operand.Mem{Base: table, Index: first, Scale: 4, Disp: whole.bytes * i}, low, sum)
	}
	for i, sum := range odd {
		g.VFMADD231PS(operand.Mem{Base: table, Index: second, Scale: 4, Disp: whole.bytes * i}, high, sum)
	}
	g.ADDQ(operand.Imm(2), at)
	g.CMPQ(at, end)
	g.JLT(operand.LabelRef("pair"))

	g.Label("sums")
	if len(even) <= tile {
		for i, sum := range even {
			g.VADDPS(odd[i], sum, sum)
		}
	}
	if whole.vectors > vectors {
		pixels := registers(tile, w.one)
		for i, sum := range even {
			g.VMOVAPS(sum.AsY(), pixels[2*i])
			g.VEXTRACTF64X4(operand.Imm(1), sum, pixels[2*i+1])
		}
		even = pixels
	}
	to := g.GP64()
	g.MOVLQSX(operand.Mem{Base: origins}, to)
	g.LEAQ(operand.Mem{Base: base, Index: to, Scale: 4}, to)
	if whole.vectors == 1 {
		g.VBROADCASTSS(floor, least)
	}
	g.CMPQ(mode, operand.Imm(gatherPool))
	g.JNE(operand.LabelRef("tile"))
	for v := range each {
		four := [tile]reg.VecVirtual{}
		for pixel := range four {
			four[pixel] = even[pixel*each+v]
		}
		g.VMOVUPS(g.settle(w.maximumOf4(four), least), operand.Mem{Base: to, Disp: w.bytes * v})
	}

	g.Label("next")
	g.ADDQ(operand.Imm(4), origins)
	g.ADDQ(operand.Imm(4), ends)
	g.DECQ(lists)
	g.JNE(operand.LabelRef("list"))
	g.Label("done")
	g.end()

	g.Label("tile")
	for _, sum := range even {
		g.VMAXPS(sum, least, sum)
	}
	// With GatherRow the pixels follow each other.
	right, down := g.GP64(), g.GP64()
	g.MOVQ(operand.U32(vector*vectors), right)
	g.MOVQ(operand.U32(2*vector*vectors), down)
	g.CMPQ(mode, operand.Imm(gatherTile))
	g.JNE(operand.LabelRef("write"))
	g.MOVQ(address(k.Field("DstPixel")), right)
	g.MOVQ(address(k.Field("DstRow")), down)
	g.SHLQ(operand.Imm(2), right)
	g.SHLQ(operand.Imm(2), down)
	g.Label("write")
	for i, sum := range even {
		switch {
		case i == 2*each:
			g.ADDQ(down, to)
			g.VMOVUPS(sum, operand.Mem{Base: to})
		case i/each%2 == 0:
			g.VMOVUPS(sum, operand.Mem{Base: to, Disp: w.bytes * (i % each)})
		default:
			g.VMOVUPS(sum, operand.Mem{Base: to, Index: right, Scale: 1, Disp: w.bytes * (i % each)})
		}
	}
	g.JMP(operand.LabelRef("next"))
}
