package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func (k Unpool) describe() string {
	k.Dst, k.Sums, k.Slopes, k.Outputs, k.From = nil, nil, nil, nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomUnpool has windows that do not overlap, of which a few have a maximum
// that is not among their pixels. Dst is missing, and returned is its length.
func randomUnpool(rng *rand.Rand, vectors, windows, size int) (*Unpool, int) {
	lanes := vectors * Lanes
	k := &Unpool{
		Vectors: vectors, Windows: windows, Kernel: size,
		DstWindow: (size + rng.IntN(3)) * lanes, SlopeWindow: lanes + rng.IntN(5), FromWindow: lanes + rng.IntN(5),
		First: int32(rng.IntN(100)), Window: int32(size + rng.IntN(3)),
	}
	k.Row = int32(windows)*k.Window + int32(rng.IntN(5))
	k.DstRow = windows*k.DstWindow + rng.IntN(20)
	k.Slopes = floats((windows-1)*k.SlopeWindow+lanes, rng.Uint64())
	k.Outputs = floats(len(k.Slopes), rng.Uint64())
	for i := range k.Outputs {
		if rng.IntN(2) == 0 {
			k.Outputs[i] = 0
		}
	}
	k.Sums = floats(lanes, rng.Uint64())
	k.From = make([]int32, (windows-1)*k.FromWindow+lanes)
	for i := range windows {
		for l := range lanes {
			k.From[i*k.FromWindow+l] = k.First + int32(i)*k.Window + int32(rng.IntN(size))*k.Row + int32(rng.IntN(size+1)) - int32(rng.IntN(20)/19)
		}
	}
	return k, (windows-1)*k.DstWindow + (size-1)*k.DstRow + size*lanes
}

// definedUnpool is the definition of Unpool, over guard words.
func definedUnpool(k *Unpool, n int) (dst, sums []float32) {
	dst, _ = guarded(n)
	sums = slices.Clone(k.Sums)
	lanes := k.Vectors * Lanes
	for i := range k.Windows {
		for l := range lanes {
			slope := k.Slopes[i*k.SlopeWindow+l]
			if k.Outputs[i*k.SlopeWindow+l] == 0 {
				slope = 0
			}
			sums[l] += slope
			for y := range k.Kernel {
				for x := range k.Kernel {
					kept := float32(0)
					if k.From[i*k.FromWindow+l] == k.First+int32(i)*k.Window+int32(y)*k.Row+int32(x) {
						kept = slope
					}
					dst[i*k.DstWindow+y*k.DstRow+x*lanes+l] = kept
				}
			}
		}
	}
	return dst, sums
}

func forUnpools(do func(vectors, windows, size int)) {
	for vectors := 1; vectors <= 2; vectors++ {
		for windows := 1; windows <= 5; windows++ {
			for size := 1; size <= 5; size++ {
				do(vectors, windows, size)
			}
		}
	}
}

// With and without NaN and infinities.
func TestUnpool(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(90)
			forUnpools(func(vectors, windows, size int) {
				for spoilt := range 3 {
					k, n := randomUnpool(rng, vectors, windows, size)
					spoil(rng, k.Slopes, 3*spoilt)
					spoil(rng, k.Outputs, 3*spoilt)
					want, wantSums := definedUnpool(k, n)
					dst, intact := guarded(n)
					k.Dst = dst
					sums, intactSums := guarded(len(k.Sums))
					copy(sums, k.Sums)
					k.Sums = sums
					on(table, k.Run)
					intact(t)
					intactSums(t)
					requireSame(t, want, dst, k.describe())
					requireSame(t, wantSums, sums, k.describe())
				}
			})
		})
	}
}

func TestUnpoolChecks(t *testing.T) {
	valid := func() *Unpool {
		k, n := randomUnpool(newRand(91), 2, 3, 2)
		k.Dst = make([]float32, n)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Unpool){
		"Dst":         func(k *Unpool) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"Sums":        func(k *Unpool) { k.Sums = k.Sums[:len(k.Sums)-1] },
		"Slopes":      func(k *Unpool) { k.Slopes = k.Slopes[:len(k.Slopes)-1] },
		"Outputs":     func(k *Unpool) { k.Outputs = k.Outputs[:len(k.Outputs)-1] },
		"From":        func(k *Unpool) { k.From = k.From[:len(k.From)-1] },
		"Vectors":     func(k *Unpool) { k.Vectors = 3 },
		"Windows":     func(k *Unpool) { k.Windows = 0 },
		"Kernel":      func(k *Unpool) { k.Kernel = 0 },
		"DstRow":      func(k *Unpool) { k.DstRow = -1 },
		"DstWindow":   func(k *Unpool) { k.DstWindow = -1 },
		"SlopeWindow": func(k *Unpool) { k.SlopeWindow = -1 },
		"FromWindow":  func(k *Unpool) { k.FromWindow = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
