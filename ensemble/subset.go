package ensemble

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// Subset returns the committee of the members with the given indices, in the given
// order. A member may stand in it more than once. Members keep the ratios of their
// weights, which must not all be zero. The list is copied, the parameters are
// shared.
func (c *Committee) Subset(members []int) (*Committee, error) {
	if len(members) == 0 {
		return nil, errors.New("ensemble: the subset is empty")
	}
	models := make([][]float32, len(members))
	var weights []float64
	if c.weights != nil {
		weights = make([]float64, len(members))
	}
	for k, i := range members {
		if i < 0 || i >= c.Len() {
			return nil, fmt.Errorf("ensemble: member %d of the subset is outside [0, %d)", i, c.Len())
		}
		models[k] = c.members[i]
		if weights != nil {
			weights[k] = c.weights[i]
		}
	}
	return newCommittee(c.net, models, weights)
}

// First returns the committee of the first k members, 1 ≤ k ≤ Len.
func (c *Committee) First(k int) (*Committee, error) {
	if err := c.checkSize(k); err != nil {
		return nil, err
	}
	return c.Subset(count(k))
}

// EveryNth returns the committee of members 0, n, 2n, and so on, n ≥ 1: of a
// trajectory, whose neighbors are alike, members that differ more.
func (c *Committee) EveryNth(n int) (*Committee, error) {
	if n < 1 {
		return nil, fmt.Errorf("ensemble: n = %d, want at least 1", n)
	}
	var members []int
	for i := 0; i < c.Len(); i += min(n, c.Len()) {
		members = append(members, i)
	}
	return c.Subset(members)
}

// Random returns the committee of k different members drawn by source, 1 ≤ k ≤
// Len, in the order in which they are drawn. Weights have no influence on the draw.
func (c *Committee) Random(k int, source rand.Source) (*Committee, error) {
	if err := c.checkSize(k); err != nil {
		return nil, err
	}
	if null.Is(source) {
		return nil, errNoSource
	}
	members := count(c.Len())
	shuffle(members, source)
	return c.Subset(members[:k])
}

var errNoSource = errors.New("ensemble: the random source is nil")

func (c *Committee) checkSize(k int) error {
	if k < 1 || k > c.Len() {
		return fmt.Errorf("ensemble: k = %d members, want 1 to %d", k, c.Len())
	}
	return nil
}

// count returns 0, 1, …, n−1.
func count(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

// shuffle brings the numbers into a random order, each order as probable as the
// others.
func shuffle(numbers []int, source rand.Source) {
	for i := range numbers {
		j := i + random.Below(source, len(numbers)-i)
		numbers[i], numbers[j] = numbers[j], numbers[i]
	}
}
