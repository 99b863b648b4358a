package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (k Tangents) describe() string {
	k.Dst, k.Tangents, k.Table, k.Directions, k.Bias, k.DirectionBias, k.Values, k.Places = nil, nil, nil, nil, nil, nil, nil, nil
	k.Others, k.OtherTables, k.OtherBiases = [2][]float32{}, [2][]float32{}, [2][]float32{}
	return fmt.Sprintf("%+v", k)
}

// randomTangents has lists as randomGather has, without results, of which the
// length is returned. If whole, all numbers are small and whole: then sums are
// exact, and often equal.
func randomTangents(rng *rand.Rand, vectors, lists, most int, whole bool) (*Tangents, int) {
	g, n := randomGather(rng, vectors, GatherPool, lists, most)
	k := &Tangents{
		DstOrigins: g.DstOrigins, Ends: g.Ends, First: g.First, Vectors: vectors, Floor: g.Floor,
		Table: g.Table, Bias: g.Bias, Values: g.Values, Places: g.Places,
		Directions: floats(len(g.Table), rng.Uint64()), DirectionBias: floats(len(g.Bias), rng.Uint64()),
	}
	if whole {
		for _, numbers := range [][]float32{k.Table, k.Bias, k.Values, k.Directions, k.DirectionBias} {
			for i := range numbers {
				numbers[i] = float32(rng.IntN(4) - 2)
			}
		}
	}
	return k, n
}

// definedTangents is the definition of Tangents. Where the maximum is so near
// another number, or the floor, that roundings decide, any tangent is right.
func definedTangents(k *Tangents, n int) (top, tangent []exact) {
	top, tangent = make([]exact, n), make([]exact, n)
	lanes, from := k.Vectors*Lanes, k.First
	for t, origin := range k.DstOrigins {
		to := int(k.Ends[t])
		sum := func(bias, table []float32, l int) exact {
			e := exact{sum: float64(bias[l]), absolute: abs(float64(bias[l])), written: true, roundings: to - from + 2}
			for j := from; j < to; j++ {
				term := float64(k.Values[j]) * float64(table[int(k.Places[j])+l])
				e.sum += term
				e.absolute += abs(term)
			}
			return e
		}
		for l := range lanes {
			var tops, tangents [Tile]exact
			best := 0
			for pixel := range Tile {
				tops[pixel] = sum(k.Bias, k.Table, pixel*lanes+l)
				tangents[pixel] = sum(k.DirectionBias, k.Directions, pixel*lanes+l)
				if tops[pixel].sum > tops[best].sum {
					best = pixel
				}
			}
			// The error of the maximum is at most the largest of those of the four.
			result, maximum, floor := tangents[best], tops[best], float64(k.Floor)
			for _, e := range tops {
				maximum.absolute = max(maximum.absolute, e.absolute)
			}
			if maximum.sum <= floor {
				result.sum, result.absolute = 0, 0
			}
			bound := maximum.bound()
			close := func(x float64) bool { return x != maximum.sum && abs(x-maximum.sum) <= 2*bound }
			for _, e := range tops {
				if close(e.sum) || close(floor) {
					result.absolute = math.Inf(1)
				}
			}
			at := int(origin) + l
			top[at] = maximum
			tangent[at] = result
		}
		from = to
	}
	return top, tangent
}

func forTangents(do func(vectors, lists, most int)) {
	for vectors := 1; vectors <= 2; vectors++ {
		for lists := range 8 {
			for most := 0; most <= 40; most += 2 {
				do(vectors, lists, most)
			}
		}
	}
}

func TestTangents(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(36)
			forTangents(func(vectors, lists, most int) {
				k, n := randomTangents(rng, vectors, lists, most, false)
				dst, intact := guarded(n)
				tangents, intact2 := guarded(n)
				k.Dst, k.Tangents = dst, tangents
				on(table, k.Run)
				intact(t)
				intact2(t)
				top, tangent := definedTangents(k, n)
				requireAgree(t, top, dst, k.Floor, k.describe())
				requireAgree(t, tangent, tangents, negativeInfinity, k.describe())
			})
		})
	}
}

// Sums of small whole numbers are exact, so the first of equal ones wins, and a
// sum at the floor is not above it, in all implementations alike.
func TestTangentsOfEqualSums(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(37)
			forTangents(func(vectors, lists, most int) {
				k, n := randomTangents(rng, vectors, lists, most, true)
				k.Dst, k.Tangents = make([]float32, n), make([]float32, n)
				on(table, k.Run)
				top, tangent := definedTangents(k, n)
				for i, e := range tangent {
					if e.written {
						require.Equal(t, float32(max(top[i].sum, float64(k.Floor))), k.Dst[i], k.describe())
						require.Equal(t, float32(e.sum), k.Tangents[i], k.describe())
					}
				}
			})
		})
	}
}

// Other tables give what Gather gives, and change nothing else, bit for bit.
func TestTangentsOfOtherTables(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(41)
			forTangents(func(vectors, lists, most int) {
				k, n := randomTangents(rng, vectors, lists, most, false)
				spoil(rng, k.Bias, rng.IntN(3))
				k.Dst, k.Tangents = make([]float32, n), make([]float32, n)
				on(table, k.Run)
				more := *k
				dst, intact := guarded(n)
				tangents, intact2 := guarded(n)
				more.Dst, more.Tangents = dst, tangents
				var want [2][]float32
				var intacts [2]func(require.TestingT)
				for i := range more.Others {
					more.OtherTables[i], more.OtherBiases[i] = floats(len(k.Table), rng.Uint64()), floats(len(k.Bias), rng.Uint64())
					spoil(rng, more.OtherBiases[i], rng.IntN(3))
					spoil(rng, more.OtherTables[i], rng.IntN(3))
					more.Others[i], intacts[i] = guarded(n)
					want[i], _ = guarded(n)
					g := &Gather{
						Dst: want[i], Table: more.OtherTables[i], Bias: more.OtherBiases[i], DstOrigins: k.DstOrigins, Ends: k.Ends,
						Values: k.Values, Places: k.Places, First: k.First, Vectors: vectors, Mode: GatherPool, Floor: k.Floor,
					}
					on(table, g.Run)
				}
				if n == 0 {
					return // there is nowhere to write
				}
				on(table, more.Run)
				intact(t)
				intact2(t)
				for i := range more.Others {
					intacts[i](t)
					requireSame(t, want[i], more.Others[i], k.describe())
				}
				for i, written := range want[0] {
					if !isGuard(written) {
						requireSame(t, k.Dst[i:i+1], dst[i:i+1], k.describe())
						if k.Dst[i] == k.Dst[i] {
							requireSame(t, k.Tangents[i:i+1], tangents[i:i+1], k.describe())
						}
					}
				}
			})
		})
	}
}

// A maximum that is not finite is so in all implementations.
func TestTangentsClasses(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(38)
			forTangents(func(vectors, lists, most int) {
				k, n := randomTangents(rng, vectors, lists, most, false)
				spoil(rng, k.Table, 20)
				spoil(rng, k.Bias, 2)
				k.Dst, k.Tangents = make([]float32, n), make([]float32, n)
				twin := *k
				twin.Dst, twin.Tangents = make([]float32, n), make([]float32, n)
				on(portable(), twin.Run)
				on(table, k.Run)
				requireClasses(t, twin.Dst, k.Dst, k.describe())
			})
		})
	}
}

func TestTangentsPanics(t *testing.T) {
	for name, spoil := range map[string]func(k *Tangents){
		"vectors":        func(k *Tangents) { k.Vectors = 3 },
		"destination":    func(k *Tangents) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"tangents":       func(k *Tangents) { k.Tangents = k.Tangents[1:] },
		"bias":           func(k *Tangents) { k.Bias = k.Bias[1:] },
		"direction bias": func(k *Tangents) { k.DirectionBias = k.DirectionBias[1:] },
		"directions":     func(k *Tangents) { k.Directions = k.Directions[1:] },
		"other":          func(k *Tangents) { k.Others[1] = k.Others[1][1:] },
		"other table":    func(k *Tangents) { k.OtherTables[0] = k.OtherTables[0][1:] },
		"other bias":     func(k *Tangents) { k.OtherBiases[1] = k.OtherBiases[1][1:] },
		"one other":      func(k *Tangents) { k.Others[1] = nil },
		"values":         func(k *Tangents) { k.Values = k.Values[:len(k.Values)-1] },
		"places":         func(k *Tangents) { k.Places = k.Places[:len(k.Places)-1] },
		"origins":        func(k *Tangents) { k.DstOrigins = k.DstOrigins[1:] },
		"odd list":       func(k *Tangents) { k.First-- },
	} {
		k, n := randomTangents(newRand(39), 2, 3, 10, false)
		k.Dst, k.Tangents = make([]float32, n), make([]float32, n)
		for i := range k.Others {
			k.Others[i], k.OtherTables[i], k.OtherBiases[i] = make([]float32, n), k.Table, k.Bias
		}
		k.Run()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}

func TestInner(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(97)
			for n := range 300 {
				k := &Inner{X: floats(n, rng.Uint64()), Y: floats(n, rng.Uint64()), Sum: 7}
				want := exact{roundings: n + 3, written: true}
				for i, x := range k.X {
					term := float64(x) * float64(k.Y[i])
					want.sum += term
					want.absolute += abs(term)
				}
				on(table, k.Run)
				requireAgree(t, []exact{want}, []float32{k.Sum}, negativeInfinity, fmt.Sprint(n))
			}
		})
	}
	assert.Panics(t, (&Inner{X: make([]float32, 2), Y: make([]float32, 3)}).Run)
}
