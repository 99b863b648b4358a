package random

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestSourceIsReproducibleAndStreamsDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for seed := range uint64(20) {
		for stream := range uint64(20) {
			first := Source(seed, stream).Uint64()
			assert.Equal(t, first, Source(seed, stream).Uint64())
			assert.False(t, seen[first], "seed %d stream %d repeats another", seed, stream)
			seen[first] = true
		}
	}
	assert.NotEqual(t, Source(1, 2, 3).Uint64(), Source(1, 3, 2).Uint64())
	assert.NotEqual(t, Source(1).Uint64(), Source(1, 0).Uint64())
}

// Golden values: a change of them changes every run that anybody has seeded.
func TestSourceGolden(t *testing.T) {
	source := Source(1, 2)
	assert.Equal(t, []uint64{0xa16a4412386f9eee, 0x1117f96c4610d107}, []uint64{source.Uint64(), source.Uint64()})
}

// The state must survive saving and restoring at any moment.
func TestSourceRestores(t *testing.T) {
	source := Source(7)
	for range 100 {
		state, err := source.MarshalBinary()
		require.NoError(t, err)
		copied := Source(0)
		require.NoError(t, copied.UnmarshalBinary(state))
		for range 5 {
			require.Equal(t, source.Uint64(), copied.Uint64())
		}
	}
}

// chiSquared fails if counts are unlikely to come from equal chances.
func chiSquared(t *testing.T, counts []int, total int) {
	t.Helper()
	expected := float64(total) / float64(len(counts))
	sum := 0.0
	for _, c := range counts {
		sum += (float64(c) - expected) * (float64(c) - expected) / expected
	}
	p := distuv.ChiSquared{K: float64(len(counts) - 1)}.Survival(sum)
	assert.True(t, p > 1e-4, "chi-squared %.1f on %d counts, p = %.2g", sum, len(counts), p)
}

func TestBelow(t *testing.T) {
	source := Source(1)
	for _, n := range []int{1, 2, 3, 7, 100} {
		counts := make([]int, n)
		const draws = 200_000
		for range draws {
			counts[Below(source, n)]++
		}
		if n > 1 {
			chiSquared(t, counts, draws)
		}
	}
	assert.Panics(t, func() { Below(source, 0) })
}

// A bound of 3·2⁶¹ makes a generator without rejection prefer multiples: the
// three thirds of the range would be hit 3 : 3 : 2.
func TestBelowIsUnbiasedForLargeBounds(t *testing.T) {
	const n = 3 << 61
	source := Source(2)
	counts := make([]int, 3)
	residues := make([]int, 3)
	for range 300_000 {
		x := Below(source, n)
		counts[x>>61]++
		residues[x%3]++
	}
	chiSquared(t, counts, 300_000)
	chiSquared(t, residues, 300_000)
}

func TestOpen(t *testing.T) {
	assert.Equal(t, 0x1p-53, Open(fixed(0)))
	largest := Open(fixed(math.MaxUint64))
	assert.True(t, largest < 1)
	source := Source(3)
	sum, sumSquares := 0.0, 0.0
	const draws = 1_000_000
	for range draws {
		u := Open(source)
		sum += u
		sumSquares += u * u
	}
	mean := sum / draws
	assert.InDelta(t, 0.5, mean, 4*math.Sqrt(1.0/12/draws))
	assert.InDelta(t, 1.0/12, sumSquares/draws-mean*mean, 4*math.Sqrt(1.0/180/draws))
}

type fixed uint64

func (f fixed) Uint64() uint64 { return uint64(f) }

func TestDeckDrawnWholeIsAPermutation(t *testing.T) {
	source := Source(4)
	for _, n := range []int{1, 2, 7, 100} {
		for _, chunk := range []int{1, 2, 3, 5, n} {
			deck := NewDeck(n)
			for range 3 {
				deck.Reset()
				var all []int
				for deck.Drawn() < n {
					before := append([]int(nil), all...)
					all = deck.Draw(min(chunk, n-deck.Drawn()), source)
					require.Equal(t, before, append([]int(nil), all[:len(before)]...))
				}
				seen := make([]bool, n)
				for _, i := range all {
					require.False(t, seen[i])
					seen[i] = true
				}
				require.Len(t, all, n)
			}
		}
	}
}

func TestDeckOrdersAreEquallyLikely(t *testing.T) {
	deck := NewDeck(5)
	source := Source(5)
	counts := make([]int, 5*4*3)
	const draws = 300_000
	for range draws {
		deck.Reset()
		deck.Draw(1, source)
		x := deck.Draw(2, source)
		// Rank of the ordered triple: each later one among those left.
		second, third := x[1], x[2]
		if x[1] > x[0] {
			second--
		}
		for _, earlier := range []int{max(x[0], x[1]), min(x[0], x[1])} {
			if x[2] > earlier {
				third--
			}
		}
		counts[(x[0]*4+second)*3+third]++
	}
	chiSquared(t, counts, draws)
}

// What was drawn in earlier rounds must not matter: the deck has no state
// that a checkpoint would have to save.
func TestDeckForgets(t *testing.T) {
	used, fresh := NewDeck(50), NewDeck(50)
	noise := Source(6)
	for round := range 100 {
		used.Reset()
		used.Draw(Below(noise, 51), noise)
		used.Reset()
		fresh.Reset()
		a, b := Source(uint64(round)), Source(uint64(round))
		require.Equal(t, fresh.Draw(20, a), used.Draw(20, b))
	}
}

func TestDeckDoesNotAllocate(t *testing.T) {
	deck := NewDeck(1000)
	var source rand.Source = Source(7)
	deck.Draw(1000, source)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		deck.Reset()
		deck.Draw(500, source)
		deck.Draw(500, source)
	}))
}

func TestDeckPanics(t *testing.T) {
	deck := NewDeck(3)
	assert.Panics(t, func() { deck.Draw(4, Source(1)) })
	assert.Panics(t, func() { deck.Draw(-1, Source(1)) })
	assert.Panics(t, func() { NewDeck(-1) })
	assert.Empty(t, deck.Draw(0, Source(1)))
}

func BenchmarkDeck(b *testing.B) {
	deck := NewDeck(60_000)
	source := Source(1)
	for b.Loop() {
		deck.Reset()
		deck.Draw(32, source)
	}
}
