package correction

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/internal/random"
)

func distributions(t testing.TB) map[string]*Distribution {
	return map[string]*Distribution{
		"σ_c = 0.5":    solve(t, Config{Sigma: 0.5}),
		"σ_c = 1":      solve(t, Config{Sigma: 1}),
		"σ_c = 1.3":    solve(t, Config{Sigma: 1.3}),
		"ridge":        solve(t, Config{Sigma: 1, Method: Ridge, Ridge: RidgeGrid{N: 100}}),
		"one at zero":  fromAtoms(t, 1, []float64{0}, []float64{1}),
		"one":          fromAtoms(t, 1, []float64{2}, []float64{1}),
		"a pair":       fromAtoms(t, 1, []float64{-2, 2}, []float64{0.5, 0.5}),
		"asymmetric":   fromAtoms(t, 1, []float64{-2, 2, 3}, []float64{0.3, 0.3, 0.4}),
		"equal eights": fromAtoms(t, 1, []float64{1, 2, 3, 4, 5, 6, 7, 8}, []float64{.125, .125, .125, .125, .125, .125, .125, .125}),
	}
}

// The table has exactly the weights: every word in [0, 2⁶⁴) is counted, by
// columns.
func TestAliasIsExact(t *testing.T) {
	for name, d := range distributions(t) {
		t.Run(name, func(t *testing.T) {
			require.Len(t, d.alias.columns, 1<<d.alias.index)
			words := map[float64]*big.Int{}
			add := func(y float64, n *big.Int) {
				if words[y] == nil {
					words[y] = new(big.Int)
				}
				words[y].Add(words[y], n)
			}
			perColumn := new(big.Int).Lsh(big.NewInt(1), 64-d.alias.index)
			for _, column := range d.alias.columns {
				// word<<index is compared with the threshold: a multiple of 2^index.
				require.Zero(t, column.threshold%(1<<d.alias.index))
				below := new(big.Int).SetUint64(column.threshold >> d.alias.index)
				if below.Sign() > 0 {
					add(column.atoms[1], below)
				}
				add(column.atoms[0], new(big.Int).Sub(perColumn, below))
				for _, y := range column.atoms {
					require.False(t, y == 0 && math.Signbit(y))
				}
			}
			atoms, weights := d.Atoms(), d.Weights()
			require.Len(t, words, len(atoms))
			for k, y := range atoms {
				require.Contains(t, words, y)
				got, accuracy := new(big.Float).SetMantExp(new(big.Float).SetInt(words[y]), -64).Float64()
				require.Equal(t, big.Exact, accuracy)
				require.Equal(t, weights[k], got)
			}
		})
	}
}

// fixed is a source of one word.
type fixed uint64

func (f fixed) Uint64() uint64 { return uint64(f) }

// The words at the edges of every column and threshold give the atoms that
// the definition of the table says.
func TestRandAtEdges(t *testing.T) {
	for _, d := range distributions(t) {
		size := uint64(1) << (64 - d.alias.index)
		for i, column := range d.alias.columns {
			first, below := uint64(i)*size, column.threshold>>d.alias.index
			require.Equal(t, column.atoms[0], d.Rand(fixed(first+size-1)))
			require.Equal(t, column.atoms[0], d.Rand(fixed(first+below)))
			if below > 0 {
				require.Equal(t, column.atoms[1], d.Rand(fixed(first)))
				require.Equal(t, column.atoms[1], d.Rand(fixed(first+below-1)))
			}
		}
	}
}

// With the first bit changed, the sample of a symmetric distribution changes
// its sign.
func TestRandIsSymmetric(t *testing.T) {
	d := solve(t, Config{Sigma: 1})
	source := random.Source(2, 1)
	for range 100_000 {
		word := source.Uint64()
		require.Equal(t, d.Rand(fixed(word)), 0-d.Rand(fixed(word^1<<63)))
	}
}

type counter struct {
	source rand.Source
	words  int
}

func (c *counter) Uint64() uint64 {
	c.words++
	return c.source.Uint64()
}

func TestRandTakesOneWord(t *testing.T) {
	d := solve(t, Config{Sigma: 1})
	source := &counter{source: random.Source(2, 2)}
	for range 1000 {
		d.Rand(source)
	}
	assert.Equal(t, 1000, source.words)
}

func TestRandDoesNotAllocate(t *testing.T) {
	d := solve(t, Config{Sigma: 1})
	var source rand.Source = random.Source(2, 3)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { d.Rand(source) }))
}

// chiSquared returns the probability of counts as far from the weights of
// want, or farther, in samples of got. Atoms with fewer than 20 expected
// samples count as one.
func chiSquared(got, want *Distribution, samples int, source rand.Source) float64 {
	counts := map[float64]int{}
	for range samples {
		counts[got.Rand(source)]++
	}
	atoms, weights := want.Atoms(), want.Weights()
	sum, cells := 0.0, 0
	rareWeight, rareCount := 0.0, 0
	cell := func(count int, weight float64) {
		expected := weight * float64(samples)
		sum += (float64(count) - expected) * (float64(count) - expected) / expected
		cells++
	}
	for k, y := range atoms {
		if weights[k]*float64(samples) < 20 {
			rareWeight += weights[k]
			rareCount += counts[y]
			continue
		}
		cell(counts[y], weights[k])
	}
	if rareWeight > 0 {
		cell(rareCount, rareWeight)
	}
	return distuv.ChiSquared{K: float64(cells - 1)}.Survival(sum)
}

func TestRandChiSquared(t *testing.T) {
	const samples = 4_000_000
	for i, d := range []*Distribution{
		solve(t, Config{Sigma: 1}),
		solve(t, Config{Sigma: 1.3}),
		fromAtoms(t, 1, []float64{-2, 2, 3}, []float64{0.3, 0.3, 0.4}),
	} {
		p := chiSquared(d, d, samples, random.Source(2, 4, uint64(i)))
		t.Logf("p = %.3f", p)
		assert.Greater(t, p, 1e-4)
		assert.Less(t, p, 1-1e-4)
	}
}

// Negative control: one percent more of one pair of atoms must be noticed.
func TestRandChiSquaredNoticesWrongWeights(t *testing.T) {
	d := solve(t, Config{Sigma: 1.3})
	weights := d.Weights()
	middle := len(weights) / 2
	shift := 0.01 * weights[middle-1]
	weights[middle-1] += shift
	weights[middle+1] += shift
	weights[middle] -= 2 * shift
	off := fromAtoms(t, 1.3, d.Atoms(), weights)
	assert.Less(t, chiSquared(off, d, 40_000_000, random.Source(2, 5)), 1e-6)
}

func BenchmarkRand(b *testing.B) {
	for _, method := range []Method{NonNegative, Ridge} {
		b.Run(method.String(), func(b *testing.B) {
			d := solve(b, Config{Sigma: 1, Method: method})
			var source rand.Source = random.Source(2, 6)
			sum := 0.0
			b.ReportAllocs()
			for b.Loop() {
				sum += d.Rand(source)
			}
		})
	}
	b.Run("source alone", func(b *testing.B) {
		var source rand.Source = random.Source(2, 6)
		for b.Loop() {
			source.Uint64()
		}
	})
}
