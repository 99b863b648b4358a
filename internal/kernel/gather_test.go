package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (k Gather) describe() string {
	k.Dst, k.Table, k.Bias, k.Values, k.Places = nil, nil, nil, nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomGather has lists of random even lengths up to most, over a table of a
// few rows; the results may overlap. Dst is missing, and returned is its
// length.
func randomGather(rng *rand.Rand, vectors int, mode GatherMode, lists, most int) (*Gather, int) {
	const rows = 36
	row := Tile * vectors * Lanes
	k := &Gather{
		Vectors: vectors, Mode: mode, First: 2 * rng.IntN(3),
		Table: floats(rows*row, rng.Uint64()), Bias: floats(row, rng.Uint64()),
	}
	if rng.IntN(2) == 0 {
		k.Floor = negativeInfinity
	}
	reach := row
	switch mode {
	case GatherTile:
		k.DstPixel, k.DstRow = rng.IntN(3*vectors*Lanes), rng.IntN(3*vectors*Lanes)
		reach = k.DstRow + k.DstPixel + vectors*Lanes
	case GatherPool:
		reach = vectors * Lanes
	}
	end, n := k.First, 0
	for range lists {
		end += 2 * rng.IntN(most/2+1)
		origin := rng.IntN(4 * row)
		k.Ends, k.DstOrigins = append(k.Ends, int32(end)), append(k.DstOrigins, int32(origin))
		n = max(n, origin+reach)
	}
	k.Values = floats(end, rng.Uint64())
	for range end {
		k.Places = append(k.Places, uint32(rng.IntN(rows)*row))
	}
	return k, n
}

// exactGather is the definition of Gather. With GatherPool, the error of the
// maximum is at most the largest of those of the four sums.
func exactGather(k *Gather, n int) []exact {
	dst := make([]exact, n)
	lanes := k.Vectors * Lanes
	from := k.First
	for t, origin := range k.DstOrigins {
		sums := make([]exact, Tile*lanes)
		for l := range sums {
			b := float64(k.Bias[l])
			sums[l] = exact{sum: b, absolute: abs(b), written: true, roundings: int(k.Ends[t]) - from + 2}
			for j := from; j < int(k.Ends[t]); j++ {
				term := float64(k.Values[j]) * float64(k.Table[int(k.Places[j])+l])
				sums[l].sum += term
				sums[l].absolute += abs(term)
			}
		}
		from = int(k.Ends[t])
		to := dst[origin:]
		for pixel := range Tile {
			four := sums[pixel*lanes:][:lanes]
			switch k.Mode {
			case GatherRow:
				copy(to[pixel*lanes:], four)
			case GatherTile:
				copy(to[pixel/2*k.DstRow+pixel%2*k.DstPixel:], four)
			case GatherPool:
				for l, e := range four {
					if pixel == 0 {
						to[l] = e
					} else {
						to[l].sum, to[l].absolute = max(to[l].sum, e.sum), max(to[l].absolute, e.absolute)
					}
				}
			}
		}
	}
	return dst
}

// forGathers calls do for all modes and numbers of vectors, several numbers of
// lists and lengths.
func forGathers(do func(vectors int, mode GatherMode, lists, most int)) {
	for vectors := 1; vectors <= 2; vectors++ {
		for mode := GatherRow; mode <= GatherPool; mode++ {
			for lists := range 8 {
				for most := 0; most <= 40; most += 2 {
					do(vectors, mode, lists, most)
				}
				do(vectors, mode, lists, 800)
			}
		}
	}
}

func TestGather(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(30)
			forGathers(func(vectors int, mode GatherMode, lists, most int) {
				k, n := randomGather(rng, vectors, mode, lists, most)
				dst, intact := guarded(n)
				k.Dst = dst
				on(table, k.Run)
				intact(t)
				requireAgree(t, exactGather(k, n), dst, k.Floor, k.describe())
			})
		})
	}
}

// A list has the same bits whatever other lists are in the call.
func TestGatherListsAreIndependent(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			forGathers(func(vectors int, mode GatherMode, lists, most int) {
				all, n := randomGather(newRand(31), vectors, mode, lists, most)
				all.Dst = make([]float32, n)
				on(table, all.Run)
				one := *all
				one.Dst = make([]float32, n)
				for t := range lists {
					if t > 0 {
						one.First = int(all.Ends[t-1])
					}
					one.DstOrigins, one.Ends = all.DstOrigins[t:t+1], all.Ends[t:t+1]
					on(table, one.Run)
				}
				requireSame(t, all.Dst, one.Dst, all.describe())
			})
		})
	}
}

func TestGatherSpecials(t *testing.T) {
	twins := portable()
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(32)
			seen := map[string]int{}
			for range 3 {
				forGathers(func(vectors int, mode GatherMode, lists, most int) {
					k, n := randomGather(rng, vectors, mode, lists, min(most, 20))
					for _, x := range [][]float32{k.Table, k.Bias, k.Values} {
						if len(x) > 0 {
							spoil(rng, x, rng.IntN(3))
						}
					}
					k.Dst = make([]float32, n)
					on(twins, k.Run)
					want := k.Dst
					k.Dst = make([]float32, n)
					on(table, k.Run)
					requireClasses(t, want, k.Dst, k.describe())
					for _, x := range want {
						seen[class(float64(x))]++
					}
				})
			}
			for _, c := range []string{"NaN", "+Inf", "-Inf", "finite"} {
				assert.Greater(t, seen[c], 500, c)
			}
		})
	}
}

// One pixel of the four is NaN, the others are anything.
func TestGatherPoolNaNWins(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for vectors := 1; vectors <= 2; vectors++ {
				lanes := vectors * Lanes
				for at := range Tile * lanes {
					for _, other := range []float32{-1, 1, specials[1], specials[2]} {
						k := &Gather{
							Mode: GatherPool, Vectors: vectors, Dst: make([]float32, lanes), DstOrigins: []int32{0}, Ends: []int32{0},
							Bias: make([]float32, Tile*lanes),
						}
						for i := range k.Bias {
							k.Bias[i] = other
						}
						k.Bias[at] = specials[0]
						on(table, k.Run)
						for l, x := range k.Dst {
							require.Equal(t, l == at%lanes, x != x, "pixel %d, lane %d of %v", at/lanes, l, k.Dst)
						}
					}
				}
			}
		})
	}
}

func TestGatherChecks(t *testing.T) {
	valid := func() *Gather {
		k, n := randomGather(newRand(33), 2, GatherTile, 3, 10)
		k.Dst = make([]float32, n)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Gather){
		"Dst":        func(k *Gather) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"DstOrigins": func(k *Gather) { k.DstOrigins[1] = -1 },
		"lists":      func(k *Gather) { k.DstOrigins = k.DstOrigins[1:] },
		"Bias":       func(k *Gather) { k.Bias = k.Bias[:len(k.Bias)-1] },
		"Values":     func(k *Gather) { k.Values = k.Values[:len(k.Values)-1] },
		"Places":     func(k *Gather) { k.Places = k.Places[:len(k.Places)-1] },
		"odd list":   func(k *Gather) { k.Ends[0]++ },
		"First":      func(k *Gather) { k.First = int(k.Ends[0]) + 2 },
		"negative":   func(k *Gather) { k.First = -2 },
		"Vectors":    func(k *Gather) { k.Vectors = 3 },
		"Mode":       func(k *Gather) { k.Mode = GatherPool + 1 },
		"DstPixel":   func(k *Gather) { k.DstPixel = -1 },
		"DstRow":     func(k *Gather) { k.DstRow = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
