package main

import "gonum.org/v1/gonum/mathext/prng"

// numpyPermutation returns numpy.random.RandomState(seed).permutation(n), in whose order
// scikit-learn's train_test_split takes samples: those to test on first. n is at least 1 and
// below 2³².
func numpyPermutation(seed uint32, n int) []int {
	source := prng.NewMT19937()
	source.Seed(uint64(seed))
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		mask := uint32(i) // with all bits below its highest one
		for shift := 1; shift < 32; shift *= 2 {
			mask |= mask >> shift
		}
		j := source.Uint32() & mask
		for j > uint32(i) {
			j = source.Uint32() & mask
		}
		order[i], order[j] = order[j], order[i]
	}
	return order
}
