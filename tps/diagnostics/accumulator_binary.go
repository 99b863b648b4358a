package diagnostics

import (
	"fmt"
	"math"
)

const accumulatorVersion = 1

// AppendBinary appends the state to dst: 2 bytes, and 33 for each level in use,
// of which a run of n values has log₂ n. The error is nil.
func (a *Accumulator) AppendBinary(dst []byte) ([]byte, error) {
	used := 0
	for used < levels && a.level[used].count > 0 {
		used++
	}
	dst = append(dst, accumulatorVersion, byte(used))
	for _, level := range a.level[:used] {
		dst = appendUint(dst, level.count)
		dst = appendFloats(dst, []float64{level.mean, level.deviations, level.pending})
		half := byte(0)
		if level.half {
			half = 1
		}
		dst = append(dst, half)
	}
	return dst, nil
}

// MarshalBinary returns the state. The error is nil.
func (a *Accumulator) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary restores a state that MarshalBinary returned. On an error the
// accumulator is what it was.
func (a *Accumulator) UnmarshalBinary(data []byte) error {
	r := newReader(data, accumulatorVersion)
	var restored Accumulator
	used := int(r.byte())
	if used > levels {
		r.fail(fmt.Errorf("%d levels, want at most %d", used, levels))
		used = 0
	}
	below := uint64(maxCount)
	for l := range used {
		level := &restored.level[l]
		level.count = r.uint()
		level.mean, level.deviations, level.pending = r.float(), r.float(), r.float()
		half := r.byte()
		level.half = half == 1
		switch {
		case r.err != nil:
		case level.count == 0 || level.count > below:
			r.fail(fmt.Errorf("level %d has %d blocks, want 1 to %d", l, level.count, below))
		case level.deviations < 0:
			r.fail(fmt.Errorf("level %d has a negative variance", l))
		case half > 1 || (half == 0 && math.Float64bits(level.pending) != 0):
			r.fail(fmt.Errorf("level %d: it is unclear whether a block is pending", l))
		}
		below = level.count / 2
	}
	if err := r.end("state of an Accumulator"); err != nil {
		return err
	}
	*a = restored
	return nil
}
