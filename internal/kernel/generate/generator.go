package main

import (
	"go/token"
	"go/types"
	"log"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	lanes  = 8         // float32 in a vector
	vector = 4 * lanes // bytes
	tile   = 4         // pixels of Gather
)

// generator adds functions to one assembly file.
type generator struct {
	*build.Context
	types *types.Package // has the types of arguments

	// Data: the integers from 0, of 32 bits.
	iota8, iota16 operand.Mem

	// Data: where the lanes of a register of two vectors come from when the
	// vectors are zipped, lane by lane, and unzipped.
	zip, unzip operand.Mem
}

// newGenerator starts a file for this package of argument types.
func newGenerator(pkg *types.Package) *generator {
	g := &generator{Context: build.NewContext(), types: pkg}
	g.ConstraintExpr("amd64,!noasm")
	g.iota8 = g.StaticGlobal("iota8")
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range lanes {
		g.AppendDatum(operand.U32(i))
	}
	g.iota16 = g.lanes("iota16", func(i int) int { return i })
	g.zip = g.lanes("zip", func(i int) int { return i/2 + i%2*lanes })
	g.unzip = g.lanes("unzip", func(i int) int { return 2*i%(2*lanes) + i/lanes })
	return g
}

// lanes adds data: an integer of 32 bits for each lane of two vectors.
func (g *generator) lanes(name string, from func(lane int) int) operand.Mem {
	data := g.StaticGlobal(name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * lanes {
		g.AppendDatum(operand.U32(from(i)))
	}
	return data
}

// function starts a function of one pointer to arguments of the named type,
// and returns the arguments.
func (g *generator) function(name, argument, doc string) gotypes.Component {
	parameters := types.NewTuple(types.NewVar(token.NoPos, g.types, "k", types.NewPointer(g.plain(argument))))
	g.Function(name)
	g.Attributes(attr.NOSPLIT)
	g.Signature(gotypes.NewSignature(g.types, types.NewSignatureType(nil, nil, nil, parameters, nil, false)))
	g.Pragma("noescape")
	g.Doc(doc)
	return g.Dereference(g.Param("k"))
}

// plain returns the named struct type with the types of fields replaced by what
// they are underneath, as avo does not look through the names of integer types.
func (g *generator) plain(name string) types.Type {
	structure := g.types.Scope().Lookup(name).Type().Underlying().(*types.Struct)
	fields := make([]*types.Var, structure.NumFields())
	for i := range fields {
		field := structure.Field(i)
		fields[i] = types.NewField(token.NoPos, g.types, field.Name(), field.Type().Underlying(), false)
	}
	return types.NewNamed(types.NewTypeName(token.NoPos, g.types, name, nil), types.NewStruct(fields, nil), nil)
}

// end ends a function that has used the upper halves of vector registers.
func (g *generator) end() {
	g.VZEROUPPER()
	g.RET()
}

// address is where a number or a part of a slice header is.
func address(c gotypes.Component) operand.Mem {
	basic, err := c.Resolve()
	if err != nil {
		log.Fatal(err)
	}
	return basic.Addr
}

// integer loads an int.
func (g *generator) integer(c gotypes.Component) reg.GPVirtual {
	r := g.GP64()
	g.MOVQ(address(c), r)
	return r
}

// bytes loads a distance in float32 and converts it to bytes.
func (g *generator) bytes(c gotypes.Component) reg.GPVirtual {
	r := g.integer(c)
	g.SHLQ(operand.Imm(2), r)
	return r
}

// advance adds a distance in float32 to pointers.
func (g *generator) advance(c gotypes.Component, pointers ...reg.GPVirtual) {
	distance := g.bytes(c)
	for _, p := range pointers {
		g.ADDQ(distance, p)
	}
}

// base loads the address of a slice's first element.
func (g *generator) base(c gotypes.Component) reg.GPVirtual {
	r := g.GP64()
	g.MOVQ(address(c.Base()), r)
	return r
}

// broadcast loads a float32 into all lanes.
func (g *generator) broadcast(c gotypes.Component) reg.VecVirtual {
	r := g.YMM()
	g.VBROADCASTSS(address(c), r)
	return r
}

// ymms returns n vector registers.
func (g *generator) ymms(n int) []reg.VecVirtual { return registers(n, g.YMM) }

func registers(n int, one func() reg.VecVirtual) []reg.VecVirtual {
	r := make([]reg.VecVirtual, n)
	for i := range r {
		r[i] = one()
	}
	return r
}

// zero sets a register to zero.
func (g *generator) zero(r reg.VecVirtual) {
	if r.Size() == 2*vector {
		g.VPXORD(r, r, r)
	} else {
		g.VXORPS(r, r, r)
	}
}

// tail returns a mask of the first lanes of a vector, count of them.
func (g *generator) tail(count reg.GPVirtual) reg.VecVirtual {
	mask, all := g.YMM(), g.YMM()
	g.VMOVD(count.As32(), all.AsX())
	g.VPBROADCASTD(all.AsX(), all)
	g.VPCMPGTD(g.iota8, all, mask)
	return mask
}

// A width is how much of a pixel's vectors a register takes: one vector with
// AVX2, two with AVX-512.
type width struct {
	suffix  string // of functions
	vectors int
	bytes   int
	sums    int // that Linear keeps in registers
	one     func() reg.VecVirtual

	maximumOf4 func([4]reg.VecVirtual) maximum
}

func (g *generator) avx2() width { return width{"", 1, vector, linearSums, g.YMM, g.maximumOf4} }

func (g *generator) avx512() width {
	return width{"AVX512", 2, 2 * vector, linearSumsAVX512, g.ZMM, g.maximumOf4AVX512}
}
