package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (k Winners) describe() string {
	k.Dst, k.From, k.X = nil, nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomWinners has random distances, and few different numbers so that some
// are equal. Dst and From are missing, and returned is their length.
func randomWinners(rng *rand.Rand, vectors, windows, size int) (*Winners, int) {
	pool, n := randomPool(rng, vectors, windows, size)
	for i := range pool.X {
		pool.X[i] = float32(rng.IntN(7) - 3)
	}
	return &Winners{
		X: pool.X, Vectors: vectors, Windows: windows, Kernel: size,
		XRow: pool.XRow, XWindow: pool.XWindow, DstWindow: pool.DstWindow, Floor: pool.Floor,
		First: int32(rng.IntN(100)), Row: int32(rng.IntN(50)), Window: int32(rng.IntN(9)),
	}, n
}

// definedWinners is the definition of Winners, over guard words.
func definedWinners(k *Winners, n int) (dst []float32, from []int32) {
	pool := &Pool{X: k.X, Vectors: k.Vectors, Windows: k.Windows, Kernel: k.Kernel,
		XRow: k.XRow, XWindow: k.XWindow, DstWindow: k.DstWindow, Floor: negativeInfinity}
	dst, from = definedPool(pool, n), make([]int32, n)
	lanes := Lanes * k.Vectors
	for i := range k.Windows {
		for l := range lanes {
			at, found := i*k.DstWindow+l, false
			for y := range k.Kernel {
				for x := range k.Kernel {
					// The definition names the maximum by its value, of this window.
					v, top := k.X[i*k.XWindow+y*k.XRow+x*lanes+l], windowTop(k, i, l)
					if v != v || v == top && !found {
						from[at], found = k.First+int32(i)*k.Window+int32(y)*k.Row+int32(x), true
					}
				}
			}
		}
	}
	pool.Floor = k.Floor
	return definedPool(pool, n), from
}

func windowTop(k *Winners, i, l int) float32 {
	top := negativeInfinity
	for y := range k.Kernel {
		for x := range k.Kernel {
			top = max(top, k.X[i*k.XWindow+y*k.XRow+x*Lanes*k.Vectors+l])
		}
	}
	return top
}

// With and without NaN and infinities.
func TestWinners(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(60)
			for vectors := 1; vectors <= 2; vectors++ {
				for windows := 1; windows <= 5; windows++ {
					for size := 1; size <= 5; size++ {
						for spoilt := range 3 {
							k, n := randomWinners(rng, vectors, windows, size)
							spoil(rng, k.X, 5*spoilt)
							dst, intact := guarded(n)
							k.Dst, k.From = dst, make([]int32, n)
							on(table, k.Run)
							intact(t)
							want, from := definedWinners(k, n)
							requireSame(t, want, dst, k.describe())
							require.Equal(t, from, k.From, k.describe())
						}
					}
				}
			}
		})
	}
}

func TestWinnersChecks(t *testing.T) {
	valid := func() *Winners {
		k, n := randomWinners(newRand(61), 2, 3, 2)
		k.Dst, k.From = make([]float32, n), make([]int32, n)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Winners){
		"Dst":       func(k *Winners) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"From":      func(k *Winners) { k.From = k.From[:len(k.From)-1] },
		"X":         func(k *Winners) { k.X = k.X[:len(k.X)-1] },
		"Vectors":   func(k *Winners) { k.Vectors = 0 },
		"Windows":   func(k *Winners) { k.Windows = 0 },
		"Kernel":    func(k *Winners) { k.Kernel = 0 },
		"XRow":      func(k *Winners) { k.XRow = -1 },
		"XWindow":   func(k *Winners) { k.XWindow = -1 },
		"DstWindow": func(k *Winners) { k.DstWindow = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
