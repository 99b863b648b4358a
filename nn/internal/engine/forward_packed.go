package engine

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"github.com/trajens/trajens/internal/kernel"
)

// A packed stage holds one model's parameters of one stage, as the kernels
// take them.
type packed struct {
	numbers []float32
	sparse  bool // packed for the sparse first stage
	finite  bool // no parameter is infinite or NaN; only known where it matters

	params []float32    // as the model has them
	forms  [2][]float32 // memory for numbers, if dense and if sparse
	zeros  []float32    // a row of weights
	valid  bool

	transpose kernel.Transpose // its arguments, as they escape
}

// update packs the parameters of a stage, unless they are packed already: a
// chain asks for the losses of its current model again and again. If sparse
// is not nil it is used, unless a parameter is not finite. It reports whether
// they were other ones.
func (w *packed) update(params []float32, s *stagePlan, sparse *packing) bool {
	if w.valid && sameBits(w.params, params) && w.sparse == (sparse != nil && w.finite) {
		return false
	}
	if w.params == nil {
		w.params = make([]float32, len(params))
		w.zeros = make([]float32, s.packing.inner)
	}
	copy(w.params, params)
	w.finite = (sparse == nil && s.layer.Padding == 0) || allFinite(params)
	w.sparse = sparse != nil && w.finite
	form, p := &w.forms[0], &s.packing
	if w.sparse {
		form, p = &w.forms[1], sparse
	}
	if *form == nil {
		*form = make([]float32, p.length)
	}
	w.numbers, w.valid = *form, true
	p.pack(w.numbers, params, w.zeros, &w.transpose)
	return true
}

// packedLength returns how many numbers the packed parameters of a model have.
func (f *forward) packedLength() int {
	n := 0
	for i := range f.plan.stages {
		if i == 0 && f.sparse != nil {
			n += f.plan.sparse.packing.length
		} else {
			n += f.plan.stages[i].packing.length
		}
	}
	return n
}

// sameBits reports whether two vectors of the same length are equal bit for
// bit, so that NaN equals itself and zeros of different sign differ.
func sameBits(a, b []float32) bool { return bytes.Equal(memory(a), memory(b)) }

// memory returns the bytes of x. Comparing them is several times as fast as
// comparing one number after the other.
func memory(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// allFinite reports whether no number is infinite or NaN: these have all bits
// of the exponent set, so that one more overflows into the sign.
func allFinite(x []float32) bool {
	const exponents, one, signs = 0x7f800000_7f800000, 0x00800000_00800000, 0x80000000_80000000
	b := memory(x)
	var o0, o1, o2, o3 uint64
	for len(b) >= 32 {
		o0 |= binary.NativeEndian.Uint64(b)&exponents + one
		o1 |= binary.NativeEndian.Uint64(b[8:])&exponents + one
		o2 |= binary.NativeEndian.Uint64(b[16:])&exponents + one
		o3 |= binary.NativeEndian.Uint64(b[24:])&exponents + one
		b = b[32:]
	}
	for ; len(b) > 0; b = b[4:] {
		o0 |= uint64(binary.NativeEndian.Uint32(b))&exponents + one
	}
	return (o0|o1|o2|o3)&signs == 0
}
