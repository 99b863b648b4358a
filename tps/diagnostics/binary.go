package diagnostics

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// States are little-endian: a byte with the version of the format, which is of
// this package and one kind of state, then numbers of 8 bytes; floats as their
// bits. Each kind has one encoding only, so that what was read is written back
// the same.

var errLength = errors.New("the length does not fit the contents")

func appendUint(dst []byte, x uint64) []byte { return binary.LittleEndian.AppendUint64(dst, x) }

func appendFloat(dst []byte, x float64) []byte { return appendUint(dst, math.Float64bits(x)) }

func appendFloats(dst []byte, values []float64) []byte {
	for _, x := range values {
		dst = appendFloat(dst, x)
	}
	return dst
}

// reader takes a state apart. After a failure, which it remembers, all that it
// returns is zero.
type reader struct {
	rest []byte
	err  error
}

// newReader checks the version.
func newReader(data []byte, version byte) *reader {
	r := &reader{rest: data}
	if found := r.byte(); r.err == nil && found != version {
		r.fail(fmt.Errorf("version %d, want %d", found, version))
	}
	return r
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}

func (r *reader) byte() byte {
	if len(r.rest) < 1 {
		r.fail(errLength)
		return 0
	}
	x := r.rest[0]
	r.rest = r.rest[1:]
	return x
}

func (r *reader) uint() uint64 {
	if len(r.rest) < 8 {
		r.fail(errLength)
		return 0
	}
	x := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return x
}

// maxCount bounds numbers that count something, so that sums of two fit int.
const maxCount = 1 << 62

// count reads a number below maxCount.
func (r *reader) count(name string) int {
	x := r.uint()
	if x >= maxCount {
		r.fail(fmt.Errorf("%s = %d, want less than 2⁶²", name, x))
		return 0
	}
	return int(x)
}

func (r *reader) float() float64 { return math.Float64frombits(r.uint()) }

// floats reads n numbers; it allocates only if they are there.
func (r *reader) floats(n int) []float64 {
	if n < 0 || n > len(r.rest)/8 {
		r.fail(errLength)
		return nil
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = r.float()
	}
	return values
}

// end returns the first failure, or that there is more than was to be read.
func (r *reader) end(kind string) error {
	if r.err == nil && len(r.rest) > 0 {
		r.fail(errLength)
	}
	if r.err != nil {
		return fmt.Errorf("diagnostics: %s: %w", kind, r.err)
	}
	return nil
}
