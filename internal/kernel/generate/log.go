package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// log writes Log.
func (g *generator) log() { g.inPlace("logAVX2", "Log", "logAVX2 is logGo.", g.logarithm()) }

// logCoefficients are those of FreeBSD's e_log.c, Lg1 to Lg7: the polynomial R of s² for
// which ln(1+f) = 2s + s·R(s²), s = f/(2+f), to 2⁻⁵⁸·⁴⁵.
var logCoefficients = []float64{
	6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
	1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
}

// logarithm writes the constants, and returns a function that writes ln of four positive
// float64 that are normal: x = 2ᵏ·m with m in [√½, √2), ln x = k·ln 2 + ln m, as FreeBSD's
// e_log.c has it.
func (g *generator) logarithm() func(x reg.VecVirtual) {
	table := g.StaticGlobal("logarithm")
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	size := 0
	constant := func(bits uint64) func() reg.VecVirtual {
		at := table.Offset(size)
		g.AppendDatum(operand.U64(bits))
		size += 8
		return func() reg.VecVirtual {
			r := g.YMM()
			g.VBROADCASTSD(at, r)
			return r
		}
	}
	number := func(x float64) func() reg.VecVirtual { return constant(math.Float64bits(x)) }
	const bias = 1023
	// By what exponents and √½ are taken off: the quotient is k + bias.
	least := constant(math.Float64bits(math.Sqrt2/2) - bias<<52)
	biased, carrier := constant(bias<<52), number(0x1p52)
	carried := number(0x1p52 + bias)
	one, two, half := number(1), number(2), number(0.5)
	high, low := number(ln2High), number(ln2Low)
	var coefficients []func() reg.VecVirtual
	for _, c := range logCoefficients {
		coefficients = append(coefficients, number(c))
	}
	return func(x reg.VecVirtual) {
		k, m := g.YMM(), g.YMM()
		g.VPSUBQ(least(), x, k)
		g.VPSRLQ(operand.Imm(52), k, k)
		g.VPSLLQ(operand.Imm(52), k, m)
		g.VPSUBQ(m, x, m)
		g.VPADDQ(biased(), m, m)
		g.VPOR(carrier(), k, k)
		g.VSUBPD(carried(), k, k)

		f, s, z, r, square := g.YMM(), g.YMM(), g.YMM(), coefficients[len(coefficients)-1](), g.YMM()
		g.VSUBPD(one(), m, f)
		g.VADDPD(two(), f, s)
		g.VDIVPD(s, f, s)
		g.VMULPD(s, s, z)
		for i := len(coefficients) - 2; i >= 0; i-- {
			g.VFMADD213PD(coefficients[i](), z, r)
		}
		g.VMULPD(z, r, r)
		g.VMULPD(f, f, square)
		g.VMULPD(half(), square, square)
		// k·high − ((f²/2 − (s·(f²/2 + R) + k·low)) − f)
		g.VADDPD(square, r, r)
		g.VMULPD(s, r, r)
		g.VFMADD231PD(low(), k, r)
		g.VSUBPD(r, square, r)
		g.VSUBPD(f, r, r)
		g.VMULPD(high(), k, x)
		g.VSUBPD(r, x, x)
	}
}
