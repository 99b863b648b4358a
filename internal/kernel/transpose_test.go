package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func (k Transpose) describe() string {
	k.Dst, k.X = nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomTranspose has random distances, NaN and infinities. Dst is missing,
// and returned is its length.
func randomTranspose(rng *rand.Rand, length int) (*Transpose, int) {
	k := &Transpose{DstRow: Lanes + rng.IntN(3*Lanes), XRow: rng.IntN(2*length + 1), Length: length}
	k.X = floats((Lanes-1)*k.XRow+length, rng.Uint64())
	spoil(rng, k.X, rng.IntN(5))
	return k, (length-1)*k.DstRow + Lanes
}

// definedTranspose is the definition of Transpose, over guard words.
func definedTranspose(k *Transpose, n int) []float32 {
	dst, _ := guarded(n)
	for i := range k.Length {
		for l := range Lanes {
			dst[i*k.DstRow+l] = k.X[l*k.XRow+i]
		}
	}
	return dst
}

// All lengths around several squares.
func TestTranspose(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(80)
			for length := 1; length <= 70; length++ {
				for range 5 {
					k, n := randomTranspose(rng, length)
					dst, intact := guarded(n)
					k.Dst = dst
					on(table, k.Run)
					intact(t)
					requireSame(t, definedTranspose(k, n), dst, k.describe())
				}
			}
		})
	}
}

func TestTransposeChecks(t *testing.T) {
	valid := func() *Transpose {
		k, n := randomTranspose(newRand(81), 11)
		k.XRow = 11
		k.X, k.Dst = make([]float32, Lanes*11), make([]float32, n)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Transpose){
		"Dst":    func(k *Transpose) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"X":      func(k *Transpose) { k.X = k.X[:len(k.X)-1] },
		"DstRow": func(k *Transpose) { k.DstRow = Lanes - 1 },
		"XRow":   func(k *Transpose) { k.XRow = -1 },
		"Length": func(k *Transpose) { k.Length = 0 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
