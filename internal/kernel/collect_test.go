package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func (k Collect) describe() string {
	return fmt.Sprintf("%d values, lists to %v, %d rows of %d, distances %d and %d", len(k.Values), k.Ends, k.Rows, k.Length, k.DstRow, k.XRow)
}

// randomCollect has random places within slices just large enough.
func randomCollect(rng *rand.Rand, lists, rows, length int) *Collect {
	k := &Collect{Rows: rows, Length: length, DstRow: rng.IntN(2 * length), XRow: rng.IntN(2 * length)}
	const room = 20
	for range lists {
		k.DstAt = append(k.DstAt, int32(rng.IntN(room+1)))
		for range rng.IntN(4) {
			k.XAt = append(k.XAt, int32(rng.IntN(room+1)))
		}
		k.Ends = append(k.Ends, int32(len(k.XAt)))
	}
	if lists > 0 {
		k.DstAt[0] = room
	}
	if len(k.XAt) > 0 {
		k.XAt[0] = room
	}
	k.Values = floats(len(k.XAt), rng.Uint64())
	k.Dst = floats((rows-1)*k.DstRow+length+room, rng.Uint64())
	k.X = floats((rows-1)*k.XRow+length+room, rng.Uint64())
	return k
}

// exactCollect is the definition in float64.
func exactCollect(k *Collect) []exact {
	want := make([]exact, len(k.Dst))
	for i, v := range k.Dst {
		want[i] = exact{sum: float64(v), absolute: max(float64(v), -float64(v)), written: true}
	}
	t := 0
	for j, v := range k.Values {
		for j >= int(k.Ends[t]) {
			t++
		}
		for y := range k.Rows {
			for i := range k.Length {
				e := &want[int(k.DstAt[t])+y*k.DstRow+i]
				term := float64(v) * float64(k.X[int(k.XAt[j])+y*k.XRow+i])
				e.sum += term
				e.absolute += max(term, -term)
				e.roundings += 2
			}
		}
	}
	return want
}

func forCollects(do func(lists, rows, length int)) {
	for _, lists := range []int{0, 1, 2, 7} {
		for _, rows := range []int{1, 2, 5} {
			for length := 1; length <= 300; length += 1 + length/60*7 {
				do(lists, rows, length)
			}
		}
	}
}

func TestCollect(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(62)
			forCollects(func(lists, rows, length int) {
				k := randomCollect(rng, lists, rows, length)
				want := exactCollect(k)
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
func TestCollectClasses(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(63)
			forCollects(func(lists, rows, length int) {
				k := randomCollect(rng, lists, rows, length)
				spoil(rng, k.X, 3)
				if len(k.Values) > 0 {
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

func TestCollectChecks(t *testing.T) {
	valid := func() *Collect {
		k := randomCollect(newRand(64), 5, 2, 5)
		k.XAt[1] = 0
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Collect){
		"Dst":    func(k *Collect) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"X":      func(k *Collect) { k.X = k.X[:len(k.X)-1] },
		"DstAt":  func(k *Collect) { k.DstAt[1] = -1 },
		"XAt":    func(k *Collect) { k.XAt[1] = -1 },
		"places": func(k *Collect) { k.XAt = k.XAt[:2] },
		"lists":  func(k *Collect) { k.DstAt = k.DstAt[:2] },
		"Ends":   func(k *Collect) { k.Ends[4]++ },
		"order":  func(k *Collect) { k.Ends[0] = -1 },
		"Rows":   func(k *Collect) { k.Rows = 0 },
		"Length": func(k *Collect) { k.Length = 0 },
		"DstRow": func(k *Collect) { k.DstRow = -1 },
		"XRow":   func(k *Collect) { k.XRow = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
