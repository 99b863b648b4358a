package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pool writes Pool for one number of vectors.
func (g *generator) pool(vectors int) {
	k := g.function(fmt.Sprintf("pool%d", vectors), "Pool", fmt.Sprintf("pool%d is poolGo for Vectors = %d.", vectors, vectors))
	dst, first, windows := g.base(k.Field("Dst")), g.base(k.Field("X")), g.integer(k.Field("Windows"))
	row, window, dstWindow := g.bytes(k.Field("XRow")), g.bytes(k.Field("XWindow")), g.bytes(k.Field("DstWindow"))
	size := g.integer(k.Field("Kernel"))
	floor := g.broadcast(k.Field("Floor"))

	// next stores the results of a window and goes to the next one, if any.
	next := func(maxima []maximum, label string) {
		for v, m := range maxima {
			g.VMOVUPS(g.settle(m, floor), operand.Mem{Base: dst, Disp: vector * v})
		}
		g.ADDQ(window, first)
		g.ADDQ(dstWindow, dst)
		g.DECQ(windows)
		g.JNE(operand.LabelRef(label))
		g.end()
	}

	g.CMPQ(size, operand.Imm(2))
	g.JNE(operand.LabelRef("window"))
	g.Label("window2")
	second := g.GP64()
	g.LEAQ(operand.Mem{Base: first, Index: row, Scale: 1}, second)
	maxima := make([]maximum, vectors)
	for v := range vectors {
		four := []reg.VecVirtual{}
		for _, at := range []operand.Mem{
			{Base: first, Disp: vector * v}, {Base: first, Disp: vector * (vectors + v)},
			{Base: second, Disp: vector * v}, {Base: second, Disp: vector * (vectors + v)},
		} {
			four = append(four, g.YMM())
			g.VMOVUPS(at, four[len(four)-1])
		}
		maxima[v] = g.maximumOf4([4]reg.VecVirtual(four))
	}
	next(maxima, "window2")

	g.Label("window")
	rows, start := g.GP64(), g.GP64()
	g.MOVQ(size, rows)
	g.MOVQ(first, start)
	for v := range maxima {
		maxima[v] = maximum{top: g.YMM(), nan: g.YMM()}
		g.VMOVAPS(floor, maxima[v].top)
		g.VXORPS(maxima[v].nan, maxima[v].nan, maxima[v].nan)
	}
	g.Label("row")
	columns, x := g.GP64(), g.GP64()
	g.MOVQ(size, columns)
	g.MOVQ(start, x)
	g.Label("column")
	for v := range vectors {
		number, unordered := g.YMM(), g.YMM()
		g.VMOVUPS(operand.Mem{Base: x, Disp: vector * v}, number)
		g.VCMPPS(operand.Imm(unorderedQuiet), number, number, unordered)
		g.VMAXPS(maxima[v].top, number, maxima[v].top)
		g.VORPS(unordered, maxima[v].nan, maxima[v].nan)
	}
	g.ADDQ(operand.Imm(uint64(vector*vectors)), x)
	g.DECQ(columns)
	g.JNE(operand.LabelRef("column"))
	g.ADDQ(row, start)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))
	next(maxima, "window")
}

// Predicates of VCMPPS and VCMPPD.
const (
	unorderedQuiet = 3
	notEqualQuiet  = 4 // or unordered
	greaterOrEqual = 29
)

// maximum is the maximum of some numbers, and a mask of the lanes in which one
// of them is NaN: VMAXPS alone forgets a NaN in one of its operands. With
// AVX-512 masks have registers of their own.
type maximum struct {
	top, nan reg.VecVirtual
	mask     reg.OpmaskVirtual
}

// maximumOf4 overwrites its numbers.
func (g *generator) maximumOf4(x [4]reg.VecVirtual) maximum {
	nan, other := g.YMM(), g.YMM()
	g.VCMPPS(operand.Imm(unorderedQuiet), x[1], x[0], nan)
	g.VCMPPS(operand.Imm(unorderedQuiet), x[3], x[2], other)
	g.VMAXPS(x[0], x[1], x[0])
	g.VMAXPS(x[2], x[3], x[2])
	g.VORPS(other, nan, nan)
	g.VMAXPS(x[0], x[2], x[0])
	return maximum{top: x[0], nan: nan}
}

// maximumOf4AVX512 is maximumOf4 for registers of two vectors.
func (g *generator) maximumOf4AVX512(x [4]reg.VecVirtual) maximum {
	nan, other := g.K(), g.K()
	g.VCMPPS(operand.Imm(unorderedQuiet), x[1], x[0], nan)
	g.VCMPPS(operand.Imm(unorderedQuiet), x[3], x[2], other)
	g.VMAXPS(x[0], x[1], x[0])
	g.VMAXPS(x[2], x[3], x[2])
	g.KORW(other, nan, nan)
	g.VMAXPS(x[0], x[2], x[0])
	return maximum{top: x[0], mask: nan}
}

// settle returns max(floor, m), NaN where a number was.
func (g *generator) settle(m maximum, floor reg.VecVirtual) reg.VecVirtual {
	g.VMAXPS(m.top, floor, m.top)
	if m.nan == nil {
		g.VPTERNLOGD(operand.Imm(0xff), m.top, m.top, m.mask, m.top) // all ones, a NaN
		return m.top
	}
	g.VORPS(m.nan, m.top, m.top)
	return m.top
}
