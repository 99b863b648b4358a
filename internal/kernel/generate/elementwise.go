package main

import (
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An element gives body access to one vector of each slice: load and store
// know whether it is a whole one.
type element struct {
	load  func(slice int) reg.VecVirtual
	store func(r reg.VecVirtual, slice int)
}

// elementwise calls body for each vector of some slices of one length, and for
// what is left at the end, in which lanes beyond it are loaded as zero and not
// stored. It ends the function.
func (g *generator) elementwise(slices []gotypes.Component, body func(e element)) {
	pointers := make([]reg.GPVirtual, len(slices))
	for i, s := range slices {
		pointers[i] = g.base(s)
	}
	left := g.integer(slices[0].Len())
	g.SUBQ(operand.Imm(lanes), left)
	g.JL(operand.LabelRef("rest"))
	g.Label("vector")
	body(element{
		load: func(slice int) reg.VecVirtual {
			r := g.YMM()
			g.VMOVUPS(operand.Mem{Base: pointers[slice]}, r)
			return r
		},
		store: func(r reg.VecVirtual, slice int) { g.VMOVUPS(r, operand.Mem{Base: pointers[slice]}) },
	})
	for _, p := range pointers {
		g.ADDQ(operand.Imm(vector), p)
	}
	g.SUBQ(operand.Imm(lanes), left)
	g.JGE(operand.LabelRef("vector"))

	g.Label("rest")
	g.ADDQ(operand.Imm(lanes), left)
	g.JE(operand.LabelRef("done"))
	mask := g.tail(left)
	body(element{
		load: func(slice int) reg.VecVirtual {
			r := g.YMM()
			g.VMASKMOVPS(operand.Mem{Base: pointers[slice]}, mask, r)
			return r
		},
		store: func(r reg.VecVirtual, slice int) { g.VMASKMOVPS(r, mask, operand.Mem{Base: pointers[slice]}) },
	})
	g.Label("done")
	g.end()
}

// gate writes Gate.
func (g *generator) gate() {
	k := g.function("gateAVX2", "Gate", "gateAVX2 is gateGo.")
	zero := g.YMM()
	g.zero(zero)
	g.elementwise([]gotypes.Component{k.Field("Slopes"), k.Field("Outputs")}, func(e element) {
		slope, keep := e.load(0), e.load(1)
		g.VCMPPS(operand.Imm(notEqualQuiet), zero, keep, keep)
		g.VANDPS(keep, slope, slope)
		e.store(slope, 0)
	})
}

// adam writes Adam.
func (g *generator) adam() {
	k := g.function("adamAVX2", "Adam", "adamAVX2 is adamGo.")
	beta1, rest1 := g.broadcast(k.Field("Beta1")), g.broadcast(k.Field("Rest1"))
	beta2, rest2 := g.broadcast(k.Field("Beta2")), g.broadcast(k.Field("Rest2"))
	keep, step := g.broadcast(k.Field("Keep")), g.broadcast(k.Field("Step"))
	scale, epsilon := g.broadcast(k.Field("Scale")), g.broadcast(k.Field("Epsilon"))
	slices := []gotypes.Component{k.Field("Params"), k.Field("Gradient"), k.Field("Mean"), k.Field("Square")}
	g.elementwise(slices, func(e element) {
		gradient, mean, square, term := e.load(1), e.load(2), e.load(3), g.YMM()
		g.VMULPS(mean, beta1, mean)
		g.VMULPS(gradient, rest1, term)
		g.VADDPS(term, mean, mean)
		e.store(mean, 2)
		g.VMULPS(square, beta2, square)
		g.VMULPS(gradient, rest2, term)
		g.VMULPS(gradient, term, term)
		g.VADDPS(term, square, square)
		e.store(square, 3)
		g.VSQRTPS(square, square)
		g.VMULPS(square, scale, square)
		g.VADDPS(epsilon, square, square)
		g.VMULPS(mean, step, mean)
		g.VDIVPS(square, mean, mean)
		params := e.load(0)
		g.VMULPS(params, keep, params)
		g.VSUBPS(mean, params, params)
		e.store(params, 0)
	})
}

// momentum writes Momentum.
func (g *generator) momentum() {
	k := g.function("momentumAVX2", "Momentum", "momentumAVX2 is momentumGo.")
	decay, keep, step := g.broadcast(k.Field("Decay")), g.broadcast(k.Field("Keep")), g.broadcast(k.Field("Step"))
	now, ahead := g.broadcast(k.Field("Now")), g.broadcast(k.Field("Ahead"))
	slices := []gotypes.Component{k.Field("Params"), k.Field("Gradient"), k.Field("Velocity")}
	g.elementwise(slices, func(e element) {
		params, gradient, velocity, term := e.load(0), e.load(1), e.load(2), g.YMM()
		g.VMULPS(params, decay, term)
		g.VADDPS(term, gradient, gradient)
		g.VMULPS(velocity, keep, velocity)
		g.VADDPS(gradient, velocity, velocity)
		e.store(velocity, 2)
		g.VMULPS(gradient, now, gradient)
		g.VMULPS(velocity, ahead, velocity)
		g.VADDPS(velocity, gradient, gradient)
		g.VMULPS(gradient, step, gradient)
		g.VSUBPS(gradient, params, params)
		e.store(params, 0)
	})
}

// accumulate writes Accumulate.
func (g *generator) accumulate() {
	k := g.function("accumulateAVX2", "Accumulate", "accumulateAVX2 is accumulateGo.")
	dst, x, left := g.base(k.Field("Dst")), g.base(k.Field("X")), g.integer(k.Field("X").Len())
	g.SUBQ(operand.Imm(lanes), left)
	g.JL(operand.LabelRef("rest"))
	g.Label("vector")
	for half := range 2 {
		sum := g.YMM()
		g.VCVTPS2PD(operand.Mem{Base: x, Disp: vector / 2 * half}, sum)
		g.VADDPD(operand.Mem{Base: dst, Disp: vector * half}, sum, sum)
		g.VMOVUPD(sum, operand.Mem{Base: dst, Disp: vector * half})
	}
	g.ADDQ(operand.Imm(vector), x)
	g.ADDQ(operand.Imm(2*vector), dst)
	g.SUBQ(operand.Imm(lanes), left)
	g.JGE(operand.LabelRef("vector"))
	g.Label("rest")
	g.ADDQ(operand.Imm(lanes), left)
	g.JE(operand.LabelRef("done"))
	g.Label("single")
	single, sum := g.XMM(), g.XMM()
	g.VMOVSS(operand.Mem{Base: x}, single)
	g.VCVTSS2SD(single, single, sum)
	g.VADDSD(operand.Mem{Base: dst}, sum, sum)
	g.VMOVSD(sum, operand.Mem{Base: dst})
	g.ADDQ(operand.Imm(4), x)
	g.ADDQ(operand.Imm(8), dst)
	g.DECQ(left)
	g.JNE(operand.LabelRef("single"))
	g.Label("done")
	g.end()
}
