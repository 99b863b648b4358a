package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func (k Pool) describe() string {
	k.Dst, k.X = nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomPool has random distances. Dst is missing, and returned is its length.
func randomPool(rng *rand.Rand, vectors, windows, size int) (*Pool, int) {
	lanes := Lanes * vectors
	k := &Pool{
		Vectors: vectors, Windows: windows, Kernel: size,
		XRow: rng.IntN(3 * size * lanes), XWindow: rng.IntN(3 * size * lanes), DstWindow: rng.IntN(3 * lanes),
	}
	if rng.IntN(2) == 0 {
		k.Floor = negativeInfinity
	}
	k.X = floats((windows-1)*k.XWindow+(size-1)*k.XRow+size*lanes, rng.Uint64())
	return k, (windows-1)*k.DstWindow + lanes
}

// definedPool is the definition of Pool, over guard words.
func definedPool(k *Pool, n int) []float32 {
	dst, _ := guarded(n)
	lanes := Lanes * k.Vectors
	for i := range k.Windows {
		for l := range lanes {
			top := k.Floor
			for y := range k.Kernel {
				for x := range k.Kernel {
					top = max(top, k.X[i*k.XWindow+y*k.XRow+x*lanes+l]) // NaN wins in the built-in function
				}
			}
			dst[i*k.DstWindow+l] = top
		}
	}
	return dst
}

// With and without NaN and infinities.
func TestPool(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(10)
			for vectors := 1; vectors <= 2; vectors++ {
				for windows := 1; windows <= 9; windows++ {
					for size := 1; size <= 7; size++ {
						for spoilt := range 3 {
							k, n := randomPool(rng, vectors, windows, size)
							spoil(rng, k.X, 5*spoilt)
							dst, intact := guarded(n)
							k.Dst = dst
							on(table, k.Run)
							intact(t)
							requireSame(t, definedPool(k, n), dst, k.describe())
						}
					}
				}
			}
		})
	}
}

// One NaN among other numbers, at each place of a window, in each lane.
func TestPoolNaNWins(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for vectors := 1; vectors <= 2; vectors++ {
				for size := 1; size <= 5; size++ {
					lanes := Lanes * vectors
					k := &Pool{Vectors: vectors, Windows: 1, Kernel: size, XRow: size * lanes, Dst: make([]float32, lanes)}
					for at := range size * size * lanes {
						for _, other := range []float32{-1, 1, specials[1], specials[2]} {
							k.X = make([]float32, size*size*lanes)
							for i := range k.X {
								k.X[i] = other
							}
							k.X[at] = specials[0]
							on(table, k.Run)
							requireSame(t, definedPool(k, lanes), k.Dst, k.describe())
						}
					}
				}
			}
		})
	}
}

func TestPoolChecks(t *testing.T) {
	valid := func() *Pool {
		k, n := randomPool(newRand(11), 2, 3, 2)
		k.Dst = make([]float32, n)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Pool){
		"Dst":       func(k *Pool) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"X":         func(k *Pool) { k.X = k.X[:len(k.X)-1] },
		"Vectors":   func(k *Pool) { k.Vectors = 0 },
		"Windows":   func(k *Pool) { k.Windows = 0 },
		"Kernel":    func(k *Pool) { k.Kernel = 0 },
		"XRow":      func(k *Pool) { k.XRow = -1 },
		"XWindow":   func(k *Pool) { k.XWindow = -1 },
		"DstWindow": func(k *Pool) { k.DstWindow = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
