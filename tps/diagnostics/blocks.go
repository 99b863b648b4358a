package diagnostics

import (
	"cmp"
	"fmt"
	"math"
)

const defaultBlocks = 2048

// Blocks is the outline of a series of any length in fixed memory: the means of
// blocks of equal length, which doubles whenever there are as many blocks as the
// capacity. After the first doubling there are always at least half as many. They
// cover the whole run from its first value on, so that what is asked of a stored
// series can be asked of a run while it goes on: Geweke, BurnIn and, of several
// runs, SplitRHat.
type Blocks struct {
	means   []float64
	size    int     // values in a block
	sum     float64 // of the incomplete block
	pending int     // values in it
}

// NewBlocks returns an empty outline of up to capacity blocks, an even number
// from 2 to 2²⁴. 0 stands for 2048. Each takes 8 bytes of memory.
func NewBlocks(capacity int) (*Blocks, error) {
	capacity = cmp.Or(capacity, defaultBlocks)
	if capacity > mostCounts {
		return nil, fmt.Errorf("diagnostics: capacity = %d needs %.2g bytes of memory, want at most %d", capacity, 8*float64(capacity), mostCounts)
	}
	if capacity < 2 || capacity%2 != 0 {
		return nil, fmt.Errorf("diagnostics: capacity = %d, want an even number of at least 2, or 0 for %d", capacity, defaultBlocks)
	}
	return &Blocks{means: make([]float64, 0, capacity), size: 1}, nil
}

// Add adds a value. It does not allocate.
func (b *Blocks) Add(x float64) {
	b.sum += x
	b.pending++
	if b.pending < b.size {
		return
	}
	b.means = append(b.means, b.sum/float64(b.size))
	b.sum, b.pending = 0, 0
	if len(b.means) == cap(b.means) {
		b.fold()
	}
}

// fold joins pairs of blocks.
func (b *Blocks) fold() {
	half := len(b.means) / 2
	for k := range half {
		b.means[k] = b.means[2*k]/2 + b.means[2*k+1]/2
	}
	b.means = b.means[:half]
	b.size *= 2
}

// Count returns how many values there were.
func (b *Blocks) Count() int { return len(b.means)*b.size + b.pending }

// Size returns the number of values in a block.
func (b *Blocks) Size() int { return b.size }

// Means returns the means of the complete blocks. It is a view, which the next
// Add may change and which must not be written to.
func (b *Blocks) Means() []float64 { return b.means }

// Stationarity is Geweke's test of the run so far. It may be asked again and
// again: only the last answer counts. To stop at the first one that one likes
// is to draw until it fits.
func (b *Blocks) Stationarity() Stationarity { return Geweke(b.means) }

// BurnIn is BurnIn of the run so far, in values.
func (b *Blocks) BurnIn() (values int, settled bool) {
	values, settled = BurnIn(b.means)
	return values * b.size, settled
}

// MeanAfter returns the mean and the standard error, by autocorrelation, of the
// blocks that begin at a value or later, such as what BurnIn returned.
func (b *Blocks) MeanAfter(value int) Estimate {
	if value < 0 {
		value = 0
	}
	first := value / b.size
	if value%b.size != 0 {
		first++
	}
	if first >= len(b.means) {
		return Estimate{math.NaN(), math.NaN()}
	}
	return MeanByAutocorrelation(b.means[first:])
}

const blocksVersion = 1

// AppendBinary appends the state to dst: 41 bytes and 8 for each complete block.
// The error is nil.
func (b *Blocks) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, blocksVersion)
	for _, n := range []int{cap(b.means), len(b.means), b.size, b.pending} {
		dst = appendUint(dst, uint64(n))
	}
	return appendFloats(appendFloat(dst, b.sum), b.means), nil
}

// MarshalBinary returns the state. The error is nil.
func (b *Blocks) MarshalBinary() ([]byte, error) { return b.AppendBinary(nil) }

// UnmarshalBinary restores a state that MarshalBinary returned, into Blocks of
// the same capacity. On an error they are what they were.
func (b *Blocks) UnmarshalBinary(data []byte) error {
	r := newReader(data, blocksVersion)
	capacity, complete := r.count("capacity"), r.count("blocks")
	size, pending, sum := r.count("block length"), r.count("values in a block"), r.float()
	switch {
	case r.err != nil:
	case capacity != cap(b.means):
		r.fail(fmt.Errorf("capacity %d, want %d", capacity, cap(b.means)))
	case complete >= capacity:
		r.fail(fmt.Errorf("%d blocks, want fewer than %d", complete, capacity))
	case size < 1 || size&(size-1) != 0 || (size > 1 && complete < capacity/2) || size > maxCount/capacity:
		r.fail(fmt.Errorf("%d blocks of %d values in a capacity of %d", complete, size, capacity))
	case pending >= size || (pending == 0 && math.Float64bits(sum) != 0):
		r.fail(fmt.Errorf("%d values of sum %v in an incomplete block of %d", pending, sum, size))
	}
	means := r.floats(complete)
	if err := r.end("state of Blocks"); err != nil {
		return err
	}
	b.means = append(b.means[:0], means...)
	b.size, b.pending, b.sum = size, pending, sum
	return nil
}
