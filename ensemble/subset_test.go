package ensemble

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// numbered is a committee whose member i is diagonal(i).
func numbered(t *testing.T, n int, weights []float64) *Committee {
	t.Helper()
	models := make([][]float32, n)
	for i := range models {
		models[i] = diagonal(float32(i))
	}
	return weightedCommittee(t, identity(t), models, weights)
}

// numbers are those of the members of a part of numbered.
func numbers(c *Committee) []int {
	var numbers []int
	for i := range c.Len() {
		numbers = append(numbers, int(c.Member(i)[0]))
	}
	return numbers
}

func TestSubsets(t *testing.T) {
	c := numbered(t, 7, nil)
	for _, k := range []int{1, 3, 7} {
		part, err := c.First(k)
		require.NoError(t, err)
		assert.Equal(t, count(k), numbers(part))
		assert.Nil(t, part.Weights())
		assert.Same(t, c.Network(), part.Network())
	}
	for n, want := range map[int][]int{1: {0, 1, 2, 3, 4, 5, 6}, 2: {0, 2, 4, 6}, 3: {0, 3, 6}, 6: {0, 6}, 7: {0}, int(^uint(0) >> 1): {0}} {
		part, err := c.EveryNth(n)
		require.NoError(t, err)
		assert.Equal(t, want, numbers(part))
	}
	part, err := c.Subset([]int{6, 0, 0})
	require.NoError(t, err)
	assert.Equal(t, []int{6, 0, 0}, numbers(part))
	part, err = numbered(t, 4, []float64{1, 2, 3, 0}).Subset([]int{3, 1, 2, 1})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{0, 2. / 7, 3. / 7, 2. / 7}, part.Weights(), 1e-15)

	for says, f := range map[string]func() (*Committee, error){
		"k = 0 members, want 1 to 7":                func() (*Committee, error) { return c.First(0) },
		"k = 8 members, want 1 to 7":                func() (*Committee, error) { return c.First(8) },
		"k = -1 members":                            func() (*Committee, error) { return c.Random(-1, random.Source(1)) },
		"the random source is nil":                  func() (*Committee, error) { return c.Random(1, nil) },
		"n = 0, want at least 1":                    func() (*Committee, error) { return c.EveryNth(0) },
		"the subset is empty":                       func() (*Committee, error) { return c.Subset(nil) },
		"member 7 of the subset is outside [0, 7)":  func() (*Committee, error) { return c.Subset([]int{1, 7}) },
		"member -1 of the subset is outside [0, 7)": func() (*Committee, error) { return c.Subset([]int{-1}) },
	} {
		_, err := f()
		assert.ErrorContains(t, err, "ensemble: "+says)
	}
}

// Each pair of members is drawn as often as any other, and in both orders.
func TestRandomSubset(t *testing.T) {
	c, source := numbered(t, 4, nil), random.Source(1)
	counts := map[[2]int]int{}
	const draws = 12000
	for range draws {
		part, err := c.Random(2, source)
		require.NoError(t, err)
		n := numbers(part)
		counts[[2]int{n[0], n[1]}]++
	}
	require.Len(t, counts, 12)
	chi := 0.0
	for _, n := range counts {
		chi += square(float64(n)-draws/12) / (draws / 12)
	}
	assert.Less(t, chi, 31.3) // 11 degrees of freedom: one in a thousand seeds is above
	a, err := c.Random(4, random.Source(5))
	require.NoError(t, err)
	b, err := c.Random(4, random.Source(5))
	require.NoError(t, err)
	assert.Equal(t, numbers(a), numbers(b))
	assert.ElementsMatch(t, count(4), numbers(a))
}

func TestJoin(t *testing.T) {
	a, b := numbered(t, 2, nil), numbered(t, 3, nil)
	joined, err := Join(a, b)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1, 0, 1, 2}, numbers(joined))
	assert.Nil(t, joined.Weights())
	joined, err = Join(numbered(t, 2, []float64{1, 3}), b)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{0.1, 0.3, 0.2, 0.2, 0.2}, joined.Weights(), 1e-15)
	joined, err = Join(b)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1, 2}, numbers(joined))

	_, err = Join()
	assert.ErrorContains(t, err, "ensemble: there are no committees")
	_, err = Join(a, nil)
	assert.ErrorContains(t, err, "ensemble: committee 1 is nil")
	_, err = Join(a, committee(t, nn.LinearPerceptron(1), []float32{1, 1}))
	assert.ErrorContains(t, err, "ensemble: committee 1 is of the network")
}
