package data

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// numbered returns n samples of shape [1, 2]: sample i is (2i, 2i + 1), of
// class i mod 3.
func numbered(t *testing.T, n int) *Dataset {
	t.Helper()
	x := make([]float32, 2*n)
	for i := range x {
		x[i] = float32(i)
	}
	labels := make([]int, n)
	for i := range labels {
		labels[i] = i % 3
	}
	d, err := NewLabeled(x, []int{1, 2}, labels, 3)
	require.NoError(t, err)
	return d
}

// order lists which samples of numbered are in d, after checking that inputs
// and labels still belong together.
func order(t *testing.T, d *Dataset) []int {
	t.Helper()
	list := make([]int, d.Len())
	for k := range list {
		x := d.Input(k)
		i := int(x[0]) / 2
		require.Equal(t, []float32{float32(2 * i), float32(2*i + 1)}, x)
		require.Equal(t, i%3, d.Label(k))
		list[k] = i
	}
	return list
}

func TestLabeled(t *testing.T) {
	d := numbered(t, 7)
	assert.Equal(t, 7, d.Len())
	assert.Equal(t, []int{1, 2}, d.Shape())
	assert.Equal(t, 2, d.Size())
	assert.Equal(t, 3, d.Classes())
	assert.Zero(t, d.Outputs())
	assert.Empty(t, d.Target(3))
	assert.Equal(t, []int{0, 1, 2, 3, 4, 5, 6}, order(t, d))
}

func TestTargets(t *testing.T) {
	d, err := NewTargets([]float32{1, 2, 3}, []int{1}, []float32{10, 11, 20, 21, 30, 31})
	require.NoError(t, err)
	assert.Equal(t, 3, d.Len())
	assert.Equal(t, 2, d.Outputs())
	assert.Zero(t, d.Classes())
	assert.Equal(t, []float32{2}, d.Input(1))
	assert.Equal(t, []float32{20, 21}, d.Target(1))
	assert.Panics(t, func() { d.Label(1) })

	part, err := d.Slice(1, 3)
	require.NoError(t, err)
	assert.Equal(t, []float32{30, 31}, part.Target(1))
	part, err = part.Subset([]int{1, 0, 1})
	require.NoError(t, err)
	assert.Equal(t, []float32{20, 21}, part.Target(1))
	assert.Equal(t, []float32{3}, part.Input(2))
}

func TestInputs(t *testing.T) {
	d, err := NewInputs([]float32{1, 2, 3, 4, 5, 6}, []int{1, 2})
	require.NoError(t, err)
	assert.Equal(t, 3, d.Len())
	assert.Equal(t, []int{1, 2}, d.Shape())
	assert.Zero(t, d.Classes())
	assert.Zero(t, d.Outputs())
	assert.Empty(t, d.Target(1))
	assert.Panics(t, func() { d.Label(1) })

	part, err := d.Slice(1, 3)
	require.NoError(t, err)
	assert.Equal(t, []float32{5, 6}, part.Input(1))
	part, err = part.Subset([]int{1, 0})
	require.NoError(t, err)
	assert.Equal(t, []float32{5, 6}, part.Input(0))
	assert.Empty(t, part.Target(0))

	_, err = NewInputs([]float32{1, 2, 3}, []int{2})
	require.ErrorContains(t, err, "data: 3 input numbers")
	_, err = NewInputs([]float32{1, float32(math.NaN())}, []int{1})
	require.ErrorContains(t, err, "input 0 of sample 1 is NaN")
}

func TestDatasetKeepsItsOwnShapeAndLabels(t *testing.T) {
	shape, labels := []int{2}, []int{0, 1}
	d, err := NewLabeled([]float32{1, 2, 3, 4}, shape, labels, 2)
	require.NoError(t, err)
	shape[0], labels[1] = 99, 0
	assert.Equal(t, []int{2}, d.Shape())
	assert.Equal(t, 1, d.Label(1))
}

func TestBadDatasets(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, test := range map[string]struct {
		inputs  []float32
		shape   []int
		labels  []int
		classes int
		says    string
	}{
		"empty":            {nil, []int{1}, nil, 2, "data: the dataset is empty"},
		"no shape":         {[]float32{1}, nil, []int{0}, 2, "data: the shape of an input is empty"},
		"zero dimension":   {[]float32{1}, []int{1, 0}, []int{0}, 2, "shape [1 0] has a dimension below 1"},
		"negative":         {[]float32{1}, []int{-1, -1}, []int{0}, 2, "has a dimension below 1"},
		"overflow":         {[]float32{1}, []int{math.MaxInt, 2}, []int{0}, 2, "is too large"},
		"part of a sample": {[]float32{1, 2, 3}, []int{2}, []int{0}, 2, "3 input numbers are not a whole number of samples of shape [2]"},
		"NaN":              {[]float32{1, 2, 3, nan}, []int{2}, []int{0, 1}, 2, "input 1 of sample 1 is NaN"},
		"infinite":         {[]float32{1, 2, inf, 4}, []int{2}, []int{0, 1}, 2, "input 0 of sample 1 is +Inf"},
		"minus infinite":   {[]float32{-inf}, []int{1}, []int{0}, 2, "input 0 of sample 0 is -Inf"},
		"few labels":       {[]float32{1, 2}, []int{1}, []int{0}, 2, "1 labels for 2 samples"},
		"many labels":      {[]float32{1, 2}, []int{1}, []int{0, 0, 0}, 2, "3 labels for 2 samples"},
		"large label":      {[]float32{1, 2}, []int{1}, []int{0, 2}, 2, "label 2 of sample 1 is outside [0, 2)"},
		"negative label":   {[]float32{1, 2}, []int{1}, []int{-1, 0}, 2, "label -1 of sample 0 is outside [0, 2)"},
		"one class":        {[]float32{1}, []int{1}, []int{0}, 1, "classes = 1, want 2 to"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewLabeled(test.inputs, test.shape, test.labels, test.classes)
			require.ErrorContains(t, err, test.says)
		})
	}
	for name, test := range map[string]struct {
		inputs, targets []float32
		says            string
	}{
		"empty":     {nil, nil, "the dataset is empty"},
		"none":      {[]float32{1}, nil, "0 targets for 1 samples"},
		"uneven":    {[]float32{1, 2}, []float32{1, 2, 3}, "3 targets for 2 samples"},
		"NaN input": {[]float32{nan}, []float32{1}, "input 0 of sample 0 is NaN"},
		"NaN":       {[]float32{1, 2}, []float32{1, 2, nan, 4}, "target 0 of sample 1 is NaN"},
		"infinite":  {[]float32{1, 2}, []float32{1, -inf}, "target 0 of sample 1 is -Inf"},
	} {
		t.Run("targets "+name, func(t *testing.T) {
			_, err := NewTargets(test.inputs, []int{1}, test.targets)
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestViewsKeepOrder(t *testing.T) {
	d := numbered(t, 10)
	subset, err := d.Subset([]int{7, 2, 2, 9, 0})
	require.NoError(t, err)
	assert.Equal(t, []int{7, 2, 2, 9, 0}, order(t, subset))

	slice, err := d.Slice(3, 8)
	require.NoError(t, err)
	assert.Equal(t, []int{3, 4, 5, 6, 7}, order(t, slice))

	// Views of views, in both ways of addressing.
	view, err := slice.Subset([]int{4, 0, 2})
	require.NoError(t, err)
	assert.Equal(t, []int{7, 3, 5}, order(t, view))
	view, err = subset.Slice(1, 4)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 2, 9}, order(t, view))
	view, err = view.Subset([]int{2, 1})
	require.NoError(t, err)
	assert.Equal(t, []int{9, 2}, order(t, view))
	assert.Panics(t, func() { slice.Input(5) })
	assert.Panics(t, func() { slice.Label(5) })
	assert.Panics(t, func() { view.Input(2) })
}

func TestFirst(t *testing.T) {
	d := numbered(t, 5)
	for n, want := range map[int][]int{0: {0, 1, 2, 3, 4}, 2: {0, 1}, 5: {0, 1, 2, 3, 4}, 9: {0, 1, 2, 3, 4}} {
		view, err := d.First(n)
		require.NoError(t, err)
		assert.Equal(t, want, order(t, view), "n = %d", n)
	}
	_, err := d.First(-1)
	require.Error(t, err)
}

func TestViewsShareMemory(t *testing.T) {
	d := numbered(t, 6)
	slice, err := d.Slice(2, 5)
	require.NoError(t, err)
	subset, err := slice.Subset([]int{2})
	require.NoError(t, err)
	assert.Same(t, &d.Input(2)[0], &slice.Input(0)[0])
	assert.Same(t, &d.Input(4)[0], &subset.Input(0)[0])
	// Appending to an input must not reach the next sample.
	_ = append(d.Input(0), 77)
	_ = append(slice.Input(0), 77)
	assert.Equal(t, []int{0, 1, 2, 3, 4, 5}, order(t, d))
	allocs := testing.AllocsPerRun(100, func() { _, _ = subset.Input(0), subset.Label(0) })
	assert.Zero(t, allocs)
}

func TestSubsetCopiesItsList(t *testing.T) {
	list := []int{1, 2}
	view, err := numbered(t, 4).Subset(list)
	require.NoError(t, err)
	list[0] = 3
	assert.Equal(t, []int{1, 2}, order(t, view))
}

func TestBadViews(t *testing.T) {
	d := numbered(t, 4)
	for _, list := range [][]int{nil, {4}, {0, -1}} {
		_, err := d.Subset(list)
		require.ErrorContains(t, err, "data: ", "%v", list)
	}
	for _, r := range [][2]int{{-1, 2}, {0, 5}, {2, 2}, {3, 1}} {
		_, err := d.Slice(r[0], r[1])
		require.ErrorContains(t, err, "of 4 samples", "%v", r)
	}
	for _, n := range []int{-1, 0, 4, 5} {
		_, _, err := d.Split(n, random.Source(1))
		require.ErrorContains(t, err, "want 1 to 3", "%d", n)
	}
}

func TestSplitPartitions(t *testing.T) {
	d := numbered(t, 50)
	for n := 1; n < 50; n++ {
		first, second, err := d.Split(n, random.Source(uint64(n)))
		require.NoError(t, err)
		require.Equal(t, n, first.Len())
		all := append(order(t, first), order(t, second)...)
		slices.Sort(all)
		require.Equal(t, order(t, d), all)
	}
	a, _, err := d.Split(20, random.Source(1))
	require.NoError(t, err)
	b, _, err := d.Split(20, random.Source(1))
	require.NoError(t, err)
	assert.Equal(t, order(t, a), order(t, b), "the same source, the same split")
	_, c, err := a.Split(5, random.Source(2))
	require.NoError(t, err)
	assert.Subset(t, order(t, a), order(t, c), "a split of a view stays in it")
}

func TestSplitWithoutSource(t *testing.T) {
	_, _, err := numbered(t, 5).Split(2, nil)
	require.ErrorContains(t, err, "data: the random source is nil")
}

// Each ordered choice of 2 of 5 must be equally likely.
func TestSplitIsUniform(t *testing.T) {
	d := numbered(t, 5)
	source := random.Source(3)
	counts := map[[2]int]float64{}
	const draws = 40_000
	for range draws {
		first, _, err := d.Split(2, source)
		require.NoError(t, err)
		o := order(t, first)
		counts[[2]int{o[0], o[1]}]++
	}
	require.Len(t, counts, 20)
	chi2 := 0.0
	for _, n := range counts {
		chi2 += (n - draws/20) * (n - draws/20) / (draws / 20)
	}
	// 43.8 is the 0.999 quantile of chi-square with 19 degrees of freedom.
	assert.Less(t, chi2, 43.8)
}

func TestLabels(t *testing.T) {
	d := numbered(t, 5)
	labels := d.Labels()
	assert.Equal(t, []int{0, 1, 2, 0, 1}, labels)
	labels[0] = 2
	assert.Equal(t, 0, d.Label(0), "the slice is the caller's")
	some, err := d.Subset([]int{4, 2, 4})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2, 1}, some.Labels())
	assert.Nil(t, some.Unlabeled().Labels())
}

// An unlabeled view has the inputs, and is what NewInputs makes of them. The dataset
// that it comes from keeps what it has.
func TestUnlabeled(t *testing.T) {
	d := numbered(t, 7)
	named, err := d.NameClasses([]string{"a", "b", "c"})
	require.NoError(t, err)
	some, err := named.Subset([]int{6, 0, 6})
	require.NoError(t, err)
	targets, err := NewTargets([]float32{12, 13, 0, 1, 12, 13}, []int{1, 2}, []float32{1, 2, 3})
	require.NoError(t, err)
	want, err := NewInputs([]float32{12, 13, 0, 1, 12, 13}, []int{1, 2})
	require.NoError(t, err)
	for _, view := range []*Dataset{some.Unlabeled(), targets.Unlabeled(), want.Unlabeled()} {
		assert.Zero(t, view.Classes())
		assert.Zero(t, view.Outputs())
		assert.Nil(t, view.ClassNames())
		assert.Empty(t, view.Target(2))
		assert.Panics(t, func() { view.Label(0) })
		assert.Equal(t, want.Fingerprint(), view.Fingerprint())
		last, err := view.Slice(2, 3)
		require.NoError(t, err)
		assert.Equal(t, []float32{12, 13}, last.Input(0))
	}
	assert.Equal(t, &some.inputs[0], &some.Unlabeled().inputs[0], "a view shares memory")
	assert.Equal(t, []int{6, 0, 6}, order(t, some))
	assert.Equal(t, []string{"a", "b", "c"}, some.ClassNames())
	assert.Equal(t, 1, targets.Outputs())
}

func TestNameClasses(t *testing.T) {
	d, err := NewLabeled([]float32{1, 2, 3, 4}, []int{1}, []int{0, 1, 2, 1}, 3)
	require.NoError(t, err)
	require.Nil(t, d.ClassNames())
	names := []string{"ape", "bee", "cow"}
	named, err := d.NameClasses(names)
	require.NoError(t, err)
	names[0] = "changed"
	require.Equal(t, []string{"ape", "bee", "cow"}, named.ClassNames())
	require.Nil(t, d.ClassNames(), "the dataset does not change")
	require.Equal(t, d.Fingerprint(), named.Fingerprint())
	part, err := named.Slice(1, 3)
	require.NoError(t, err)
	require.Equal(t, "bee", part.ClassNames()[part.Label(0)])

	for says, names := range map[string][]string{
		"data: 2 names for 3 classes":                  {"a", "b"},
		"data: the name of class 1 is empty":           {"a", "", "c"},
		`data: classes 0 and 2 have the same name "a"`: {"a", "b", "a"},
		"data: 0 names for 3 classes":                  nil,
	} {
		_, err := d.NameClasses(names)
		require.EqualError(t, err, says)
	}
	plain, err := NewInputs([]float32{1}, []int{1})
	require.NoError(t, err)
	_, err = plain.NameClasses(nil)
	require.EqualError(t, err, "data: 0 names for 0 classes")
}
