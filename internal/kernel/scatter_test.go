package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func (k Scatter) describe() string {
	return fmt.Sprintf("%d values, %d rows of %d, distances %d and %d", len(k.Values), k.Rows, k.Length, k.DstRow, k.XRow)
}

// randomScatter has random places within slices just large enough.
func randomScatter(rng *rand.Rand, values, rows, length int) *Scatter {
	k := &Scatter{Rows: rows, Length: length, DstRow: rng.IntN(2 * length), XRow: rng.IntN(2 * length), Values: floats(values, rng.Uint64())}
	const room = 20
	for range values {
		k.DstAt = append(k.DstAt, int32(rng.IntN(room+1)))
		k.XAt = append(k.XAt, int32(rng.IntN(room+1)))
	}
	if values > 0 {
		k.DstAt[0], k.XAt[values-1] = room, room
	}
	k.Dst = floats((rows-1)*k.DstRow+length+room, rng.Uint64())
	k.X = floats((rows-1)*k.XRow+length+room, rng.Uint64())
	return k
}

// exactScatter is the definition in float64.
func exactScatter(k *Scatter) []exact {
	want := make([]exact, len(k.Dst))
	for i, v := range k.Dst {
		want[i] = exact{sum: float64(v), absolute: max(float64(v), -float64(v)), written: true}
	}
	for j, v := range k.Values {
		for y := range k.Rows {
			for i := range k.Length {
				e := &want[int(k.DstAt[j])+y*k.DstRow+i]
				term := float64(v) * float64(k.X[int(k.XAt[j])+y*k.XRow+i])
				e.sum += term
				e.absolute += max(term, -term)
				e.roundings += 2
			}
		}
	}
	return want
}

func forScatters(do func(values, rows, length int)) {
	for _, values := range []int{0, 1, 2, 7} {
		for _, rows := range []int{1, 2, 5} {
			for length := 1; length <= 50; length++ {
				do(values, rows, length)
			}
		}
	}
}

func TestScatter(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(62)
			forScatters(func(values, rows, length int) {
				k := randomScatter(rng, values, rows, length)
				want := exactScatter(k)
				dst, intact := guarded(len(k.Dst))
				copy(dst, k.Dst)
				k.Dst = dst
				on(table, k.Run)
				intact(t)
				requireAgree(t, want, dst, negativeInfinity, k.describe())
			})
		})
	}
}

// NaN and infinities have the class that the twin gives them.
func TestScatterClasses(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(63)
			forScatters(func(values, rows, length int) {
				k := randomScatter(rng, values, rows, length)
				spoil(rng, k.X, 3)
				if values > 0 {
					spoil(rng, k.Values, 1)
				}
				before := slices.Clone(k.Dst)
				on(portable(), k.Run)
				want := k.Dst
				k.Dst = before
				on(table, k.Run)
				requireClasses(t, want, k.Dst, k.describe())
			})
		})
	}
}

func TestScatterChecks(t *testing.T) {
	valid := func() *Scatter { return randomScatter(newRand(64), 3, 2, 5) }
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Scatter){
		"Dst":    func(k *Scatter) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"X":      func(k *Scatter) { k.X = k.X[:len(k.X)-1] },
		"DstAt":  func(k *Scatter) { k.DstAt[1] = -1 },
		"XAt":    func(k *Scatter) { k.XAt[1] = -1 },
		"places": func(k *Scatter) { k.XAt = k.XAt[:2] },
		"Rows":   func(k *Scatter) { k.Rows = 0 },
		"Length": func(k *Scatter) { k.Length = 0 },
		"DstRow": func(k *Scatter) { k.DstRow = -1 },
		"XRow":   func(k *Scatter) { k.XRow = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
