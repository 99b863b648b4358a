package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// softmax writes Softmax.
func (g *generator) softmax(exp exponential) {
	k := g.function("softmaxAVX2", "Softmax", "softmaxAVX2 is softmaxGo.")
	labels, rows := g.base(k.Field("Labels")), g.GP64()
	g.MOVQ(address(k.Field("Labels").Len()), rows)
	logits, classes := g.base(k.Field("Logits")), g.integer(k.Field("Classes"))
	others, gaps := g.base(k.Field("Others")), g.base(k.Field("Gaps"))
	g.TESTQ(rows, rows)
	g.JE(operand.LabelRef("done"))

	infinite, width := g.YMM(), g.YMM()
	g.VPCMPEQD(infinite, infinite, infinite)
	g.VPSLLD(operand.Imm(23), infinite, infinite) // −Inf
	g.VPBROADCASTD(address(k.Field("Classes")), width)

	g.Label("row")
	left, at := g.GP64(), g.GP64()
	g.MOVQ(classes, left)
	g.MOVQ(logits, at)
	class, step, mask, z := g.YMM(), g.YMM(), g.YMM(), g.YMM()
	g.VMOVDQU(g.iota8, class)
	g.VPBROADCASTD(g.iota8.Offset(4*4), step)
	g.VPADDD(step, step, step)

	// The differences are 0, or NaN if a logit is not finite.
	top, difference := g.YMM(), g.YMM()
	g.VMOVAPS(infinite, top)
	g.VXORPS(difference, difference, difference)
	g.Label("top")
	g.VPCMPGTD(class, width, mask)
	g.VPADDD(step, class, class)
	g.VMASKMOVPS(operand.Mem{Base: at}, mask, z)
	zero := g.YMM()
	g.VSUBPS(z, z, zero)
	g.VADDPS(zero, difference, difference)
	g.VBLENDVPS(mask, z, infinite, z)
	g.VMAXPS(z, top, top)
	g.ADDQ(operand.Imm(vector), at)
	g.SUBQ(operand.Imm(lanes), left)
	g.JG(operand.LabelRef("top"))

	half, quarter := g.YMM(), g.YMM()
	g.VEXTRACTF128(operand.Imm(1), top, half.AsX())
	g.VMAXPS(half.AsX(), top.AsX(), half.AsX())
	g.VPERMILPS(operand.Imm(0b01_00_11_10), half.AsX(), quarter.AsX())
	g.VMAXPS(half.AsX(), quarter.AsX(), half.AsX())
	g.VPERMILPS(operand.Imm(0b10_11_00_01), half.AsX(), quarter.AsX())
	g.VMAXPS(half.AsX(), quarter.AsX(), half.AsX())
	largest := g.YMM()
	g.VCVTPS2PD(half.AsX(), largest)
	sum := g.YMM()
	g.VEXTRACTF128(operand.Imm(1), difference, half.AsX())
	g.VADDPS(half.AsX(), difference.AsX(), half.AsX())
	g.VCVTPS2PD(half.AsX(), sum)

	// Four classes at a time; lane l sums up classes l, l + 4, …
	own, label := g.GP64(), g.YMM()
	g.MOVLQSX(operand.Mem{Base: labels}, own)
	g.VPBROADCASTD(operand.Mem{Base: labels}, label)
	g.VMOVDQU(g.iota8, class)
	g.VPSRLD(operand.Imm(1), step, step)
	g.MOVQ(classes, left)
	g.MOVQ(logits, at)
	g.Label("sum")
	wanted, wide, x := g.YMM(), g.YMM(), g.YMM()
	g.VPCMPGTD(class, width, mask)
	g.VPCMPEQD(class, label, wanted)
	g.VPANDN(mask, wanted, wanted)
	g.VPADDD(step, class, class)
	g.VMASKMOVPS(operand.Mem{Base: at}, wanted.AsX(), z.AsX())
	g.VPMOVSXDQ(wanted.AsX(), wide)
	g.VCVTPS2PD(z.AsX(), x)
	g.VSUBPD(largest, x, x)
	exp(x)
	g.VANDPD(wide, x, x)
	g.VADDPD(x, sum, sum)
	g.ADDQ(operand.Imm(vector/2), at)
	g.SUBQ(operand.Imm(lanes/2), left)
	g.JG(operand.LabelRef("sum"))

	g.VEXTRACTF128(operand.Imm(1), sum, half.AsX())
	g.VADDPD(half.AsX(), sum.AsX(), sum.AsX())
	g.VPERMILPD(operand.Imm(1), sum.AsX(), half.AsX())
	g.VADDSD(half.AsX(), sum.AsX(), sum.AsX())
	g.VMOVSD(sum.AsX(), operand.Mem{Base: others})
	gap := g.XMM()
	g.VMOVSS(operand.Mem{Base: logits, Index: own, Scale: 4}, gap)
	g.VCVTSS2SD(gap, gap, gap)
	g.VSUBSD(gap, largest.AsX(), gap)
	g.VMOVSD(gap, operand.Mem{Base: gaps})

	g.ADDQ(operand.Imm(4), labels)
	g.ADDQ(operand.Imm(8), others)
	g.ADDQ(operand.Imm(8), gaps)
	g.LEAQ(operand.Mem{Base: logits, Index: classes, Scale: 4}, logits)
	g.DECQ(rows)
	g.JNE(operand.LabelRef("row"))
	g.Label("done")
	g.end()
}

const (
	// expDegree is that of the Taylor polynomial of exp for |r| ≤ log(2)/2: the
	// next term is below 2⁻⁵⁷.
	expDegree = 13
	// expLeast is what has an exp that is a normal number; that of smaller
	// numbers is taken as 0.
	expLeast = -708
	// The logarithm of 2 in two parts. The first has few enough bits that its
	// multiples here are exact.
	ln2High = 0x1.62e42feep-1
	ln2Low  = math.Ln2 - ln2High
	// shifter rounds what it is added to to an integer, which then stands in
	// the lowest bits.
	shifter = 0x1.8p52
)

// An exponential replaces four numbers by their exponentials.
type exponential func(x reg.VecVirtual)

// exp writes Exp.
func (g *generator) exp(exp exponential) { g.inPlace("expAVX2", "Exp", "expAVX2 is expGo.", exp) }

// inPlace writes a function that replaces each number of X as body does a register's.
func (g *generator) inPlace(name, argument, doc string, body func(x reg.VecVirtual)) {
	k := g.function(name, argument, doc)
	at, left := g.base(k.Field("X")), g.integer(k.Field("X").Len())
	x := g.YMM()
	g.SUBQ(operand.Imm(lanes/2), left)
	g.JL(operand.LabelRef("rest"))
	g.Label("vector")
	g.VMOVUPD(operand.Mem{Base: at}, x)
	body(x)
	g.VMOVUPD(x, operand.Mem{Base: at})
	g.ADDQ(operand.Imm(vector), at)
	g.SUBQ(operand.Imm(lanes/2), left)
	g.JGE(operand.LabelRef("vector"))
	g.Label("rest")
	g.ADDQ(operand.Imm(lanes/2), left)
	g.JE(operand.LabelRef("done"))
	mask, y := g.tail(left), g.YMM()
	g.VPMOVSXDQ(mask.AsX(), mask)
	g.VMASKMOVPD(operand.Mem{Base: at}, mask, y)
	body(y)
	g.VMASKMOVPD(y, mask, operand.Mem{Base: at})
	g.Label("done")
	g.end()
}

// exponential writes the constants, and returns a function that writes exp of
// four float64 that are at most 708: x = n·log(2) + r, exp(x) = 2ⁿ·exp(r)
// with a polynomial for exp(r). NaN becomes 0.
func (g *generator) exponential() exponential {
	table := g.StaticGlobal("exponential")
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	size := 0
	constant := func(value float64) func() reg.VecVirtual {
		at := table.Offset(size)
		g.AppendDatum(operand.F64(value))
		size += 8
		return func() reg.VecVirtual {
			r := g.YMM()
			g.VBROADCASTSD(at, r)
			return r
		}
	}
	least, log2E, shift := constant(expLeast), constant(math.Log2E), constant(shifter)
	high, low := constant(ln2High), constant(ln2Low)
	var coefficients [expDegree + 1]func() reg.VecVirtual
	for i, factorial := 0, 1.0; i <= expDegree; i++ {
		coefficients[i] = constant(1 / factorial)
		factorial *= float64(i + 1)
	}
	return func(x reg.VecVirtual) {
		normal, shifted, n, p := g.YMM(), log2E(), g.YMM(), coefficients[expDegree]()
		g.VCMPPD(operand.Imm(greaterOrEqual), least(), x, normal)
		by := shift()
		g.VFMADD213PD(by, x, shifted)
		g.VSUBPD(by, shifted, n)
		g.VFNMADD231PD(high(), n, x)
		g.VFNMADD231PD(low(), n, x)
		for i := expDegree - 1; i >= 0; i-- {
			g.VFMADD213PD(coefficients[i](), x, p)
		}
		g.VPSLLQ(operand.Imm(52), shifted, shifted)
		g.VPADDQ(shifted, p, p)
		g.VANDPD(normal, p, x)
	}
}
