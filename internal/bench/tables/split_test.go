package main

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
)

// By scikit-learn 1.4 and NumPy: train, test = train_test_split(numpy.arange(n),
// test_size=0.2, random_state=seed); those to test on come first in the permutation.
func TestNumpyPermutation(t *testing.T) {
	for _, c := range []struct {
		n, tested         int
		seed              uint32
		test, train, last []int
	}{
		{10, 2, 0, []int{2, 8}, []int{4, 9, 1, 6, 7}, []int{3, 0, 5}},
		{1503, 301, 0, []int{968, 9, 1468, 1150, 880}, []int{1058, 408, 703, 1279, 140}, []int{1216, 559, 684}},
		{1503, 301, 7, []int{1223, 1168, 1390, 141, 111}, []int{367, 571, 1073, 199, 484}, nil},
		{17379, 3476, 0, []int{3439, 6542, 15470, 9851, 12640}, []int{9229, 8534, 1468, 14388, 1826}, []int{9845, 10799, 2732}},
	} {
		order := numpyPermutation(c.seed, c.n)
		assert.Equal(t, c.test, order[:len(c.test)])
		assert.Equal(t, c.train, order[c.tested:][:len(c.train)])
		if c.last != nil {
			assert.Equal(t, c.last, order[c.n-len(c.last):])
		}
		slices.Sort(order)
		for i, v := range order {
			require.Equal(t, i, v)
		}
	}
}

// numbered returns a dataset whose i-th sample has the input i and the target 3i + 100.
func numbered(t *testing.T, n int) *data.Dataset {
	t.Helper()
	inputs, targets := make([]float32, n), make([]float32, n)
	for i := range inputs {
		inputs[i], targets[i] = float32(i), float32(3*i+100)
	}
	d, err := data.NewTargets(inputs, []int{1}, targets)
	require.NoError(t, err)
	return d
}

// restored returns the inputs of a dataset before standardization.
func restored(d *data.Dataset, s *data.Standardizer) (inputs []int) {
	for i := range d.Len() {
		inputs = append(inputs, int(math.Round(float64(d.Input(i)[0])*s.InputScale[0]+s.InputMean[0])))
	}
	return inputs
}

func TestSplitsShareNoSample(t *testing.T) {
	const n = 101
	all := numbered(t, n)
	for _, v := range []division{{share: 0.1}, {share: 0.2, numpy: true}, {share: 0.1, held: 0.2}} {
		s, err := v.split(all, 3)
		require.NoError(t, err)
		train, judged := restored(s.train, s.units), restored(s.judge, s.units)
		together := append(slices.Clone(train), judged...)
		slices.Sort(together)
		require.Len(t, slices.Compact(together), len(train)+len(judged))
		if v.held == 0 {
			require.Len(t, together, n)
			require.Len(t, judged, int(math.Ceil(v.share*n)))
			continue
		}
		// What is held out is of those that are not to test on.
		whole, err := division{share: v.share}.split(all, 3)
		require.NoError(t, err)
		test := restored(whole.judge, whole.units)
		for _, i := range together {
			require.NotContains(t, test, i)
		}
		require.Len(t, together, n-len(test))
	}
}

func TestSplitsDependOnTheirNumber(t *testing.T) {
	all := numbered(t, 100)
	of := func(v division, k int) []int {
		s, err := v.split(all, k)
		require.NoError(t, err)
		return restored(s.judge, s.units)
	}
	assert.Equal(t, of(division{share: 0.1}, 1), of(division{share: 0.1}, 1))
	assert.NotEqual(t, of(division{share: 0.1}, 1), of(division{share: 0.1}, 2))
	assert.Equal(t, of(division{share: 0.1, numpy: true}, 1), of(division{share: 0.1, numpy: true}, 2))
}

// Means and scales are those of the samples to train on alone.
func TestStandardization(t *testing.T) {
	all := numbered(t, 100)
	for _, standardized := range []bool{false, true} {
		s, err := division{share: 0.3, standardized: standardized}.split(all, 0)
		require.NoError(t, err)
		mean, square, target, targetSquare := 0.0, 0.0, 0.0, 0.0
		n := float64(s.train.Len())
		for i := range s.train.Len() {
			x, y := float64(s.train.Input(i)[0]), float64(s.train.Target(i)[0])
			mean, square, target, targetSquare = mean+x/n, square+x*x/n, target+y/n, targetSquare+y*y/n
		}
		assert.InDeltaSlice(t, []float64{0, 1, 0, 1}, []float64{mean, square, target, targetSquare}, 1e-6)
		for i := range s.judge.Len() {
			x, y := float64(s.judge.Input(i)[0]), float64(s.judge.Target(i)[0])
			if standardized {
				assert.InDelta(t, x, y, 1e-5) // the target is linear in the input
			} else {
				// The input in its own units, from which the target follows.
				learned, err := data.NewStandardizer(mustTrain(t, all, s))
				require.NoError(t, err)
				assert.InDelta(t, 3*(x*learned.InputScale[0]+learned.InputMean[0])+100, y, 1e-3)
			}
		}
	}
}

// mustTrain returns the samples to train on as they were before standardization.
func mustTrain(t *testing.T, all *data.Dataset, s *split) *data.Dataset {
	t.Helper()
	test := division{share: 0.3}
	train, _, err := test.divide(all, 0)
	require.NoError(t, err)
	require.Equal(t, s.train.Len(), train.Len())
	return train
}
