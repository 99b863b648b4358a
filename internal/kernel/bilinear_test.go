package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func randomBilinear(rng *rand.Rand, values, rows, length int) *Bilinear {
	k := &Bilinear{Rows: rows, Length: length, XRow: rng.IntN(2 * length), Sum: 7, Values: floats(values, rng.Uint64())}
	w, x := 1+rng.IntN(3*rows*length), 1+rng.IntN(3*rows*length)
	for range values {
		k.WAt, k.XAt = append(k.WAt, int32(rng.IntN(w))), append(k.XAt, int32(rng.IntN(x)))
	}
	w, x = w-1+rows*length, x-1+(rows-1)*k.XRow+length
	k.W, k.Directions = floats(w, rng.Uint64()), floats(w, rng.Uint64())
	k.X, k.Tangents = floats(x, rng.Uint64()), floats(x, rng.Uint64())
	return k
}

// defined is the definition of Bilinear.
func (k *Bilinear) defined() exact {
	e := exact{roundings: k.Rows*k.Length + len(k.Values) + 4, written: true}
	for j, v := range k.Values {
		for y := range k.Rows {
			for i := range k.Length {
				w, x := int(k.WAt[j])+y*k.Length+i, int(k.XAt[j])+y*k.XRow+i
				for _, term := range []float64{float64(k.W[w]) * float64(k.Tangents[x]), float64(k.Directions[w]) * float64(k.X[x])} {
					e.sum += float64(v) * term
					e.absolute += abs(float64(v) * term)
				}
			}
		}
	}
	return e
}

func forBilinears(do func(values, rows, length int)) {
	for _, values := range []int{0, 1, 2, 30} {
		for rows := 1; rows <= 5; rows++ {
			for length := 1; length <= 50; length++ {
				do(values, rows, length)
			}
		}
	}
}

func TestBilinear(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(98)
			forBilinears(func(values, rows, length int) {
				k := randomBilinear(rng, values, rows, length)
				on(table, k.Run)
				requireAgree(t, []exact{k.defined()}, []float32{k.Sum}, negativeInfinity, fmt.Sprint(values, rows, length))
			})
		})
	}
	for name, spoil := range map[string]func(k *Bilinear){
		"rows":       func(k *Bilinear) { k.Rows = 0 },
		"length":     func(k *Bilinear) { k.Length = 0 },
		"row":        func(k *Bilinear) { k.XRow = -1 },
		"weights":    func(k *Bilinear) { k.W = k.W[1:] },
		"inputs":     func(k *Bilinear) { k.X = k.X[1:] },
		"values":     func(k *Bilinear) { k.Values = k.Values[1:] },
		"inputs at":  func(k *Bilinear) { k.XAt = k.XAt[1:] },
		"below":      func(k *Bilinear) { k.WAt[1] = -1 },
		"beyond":     func(k *Bilinear) { k.XAt[1] = int32(len(k.X)) },
		"weights at": func(k *Bilinear) { k.WAt[0] = int32(len(k.W)) },
	} {
		k := randomBilinear(newRand(99), 3, 2, 9)
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
