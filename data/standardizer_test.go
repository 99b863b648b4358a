package data

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/memory"
)

func TestStandardizer(t *testing.T) {
	// Columns 1, 2, 3, 4 and 7, 7, 7, 7: of the first the mean is 2.5 and the
	// variance 5/4.
	train, err := NewTargets([]float32{1, 7, 2, 7, 3, 7, 4, 7}, []int{2}, []float32{10, -1, 20, -1, 30, -1, 40, -1})
	require.NoError(t, err)
	s, err := NewStandardizer(train)
	require.NoError(t, err)
	root := math.Sqrt(1.25)
	assert.InDeltaSlice(t, []float64{2.5, 7}, s.InputMean, 1e-12)
	assert.InDeltaSlice(t, []float64{root, 1}, s.InputScale, 1e-12)
	assert.InDeltaSlice(t, []float64{25, -1}, s.TargetMean, 1e-12)
	assert.InDeltaSlice(t, []float64{10 * root, 1}, s.TargetScale, 1e-12)

	other, err := NewTargets([]float32{2.5, 9}, []int{2}, []float32{25, 1})
	require.NoError(t, err)
	d, err := s.Apply(other)
	require.NoError(t, err)
	require.Equal(t, []float32{0, 2}, d.Input(0))
	require.Equal(t, []float32{0, 2}, d.Target(0))
	require.Equal(t, []float32{2.5, 9}, other.Input(0), "the old dataset does not change")
	require.InDelta(t, 25+10*root*0.5, s.RestoreTarget(0, 0.5), 1e-12)
	require.InDelta(t, 10*root*0.5, s.RestoreScale(0, 0.5), 1e-12)
	require.InDelta(t, -0.5, s.RestoreTarget(1, 0.5), 1e-12)
}

// Whatever the data and the view, what was learned from has mean 0 and variance
// 1 afterwards, and targets come back.
func TestStandardizerOnViews(t *testing.T) {
	x := make([]float32, 3*1000)
	y := make([]float32, 1000)
	normal := rand.New(rand.NewPCG(1, 1))
	for i := range y {
		x[3*i] = float32(1e6 + 3*normal.NormFloat64())
		x[3*i+1] = float32(1e-6 * normal.NormFloat64())
		x[3*i+2] = float32(0.1) // whose mean in floating point need not be 0.1
		y[i] = float32(-50 + 20*normal.NormFloat64())
	}
	all, err := NewTargets(x, []int{3}, y)
	require.NoError(t, err)
	train, test, err := all.Split(900, rand.NewPCG(1, 1))
	require.NoError(t, err)
	s, err := NewStandardizer(train)
	require.NoError(t, err)
	require.Equal(t, 1.0, s.InputScale[2])
	d, err := s.Apply(train)
	require.NoError(t, err)
	after, err := NewStandardizer(d)
	require.NoError(t, err)
	// Rounding to float32 by 6e-8 of up to 4, 900 times at random.
	assert.InDeltaSlice(t, []float64{0, 0, 0}, after.InputMean, 1e-6)
	assert.InDeltaSlice(t, []float64{1, 1, 1}, after.InputScale, 1e-6)
	assert.InDelta(t, 0, after.TargetMean[0], 1e-6)
	assert.InDelta(t, 1, after.TargetScale[0], 1e-6)

	held, err := s.Apply(test)
	require.NoError(t, err)
	require.Equal(t, 100, held.Len())
	for i := range test.Len() {
		require.InDelta(t, test.Target(i)[0], s.RestoreTarget(0, float64(held.Target(i)[0])), 1e-4)
		require.InDelta(t, 0, held.Input(i)[2], 1e-7)
	}
}

func TestStandardizerKeepsLabels(t *testing.T) {
	d, err := Digits(20, rand.NewPCG(1, 1))
	require.NoError(t, err)
	view, err := d.Subset([]int{5, 3, 7})
	require.NoError(t, err)
	s, err := NewStandardizer(view)
	require.NoError(t, err)
	require.Nil(t, s.TargetMean)
	same, err := s.Apply(view)
	require.NoError(t, err)
	require.Equal(t, []int{1, 28, 28}, same.Shape())
	for i := range 3 {
		require.Equal(t, view.Label(i), same.Label(i))
	}
	require.Equal(t, view.ClassNames(), same.ClassNames())
	require.Equal(t, 0.7, s.RestoreTarget(0, 0.7))
	require.Equal(t, 0.7, s.RestoreScale(0, 0.7))
}

// There must be memory for the inputs, and for targets only if they are new.
func TestMemoryOfStandardized(t *testing.T) {
	d, err := NewTargets(make([]float32, 20), []int{2}, make([]float32, 10))
	require.NoError(t, err)
	both, err := NewStandardizer(d)
	require.NoError(t, err)
	inputs, err := NewStandardizer(d.Unlabeled())
	require.NoError(t, err)
	total := memory.Total
	defer func() { memory.Total = total }()
	for s, needed := range map[*Standardizer]float64{both: 120, inputs: 80} {
		memory.Total = func() float64 { return needed }
		_, err = s.Apply(d)
		require.NoError(t, err)
		memory.Total = func() float64 { return needed - 1 }
		_, err = s.Apply(d)
		require.ErrorContains(t, err, "data: n = 10 standardized samples: it needs ")
	}
}

// Without target scales the targets stay, and a dataset without targets can be
// standardized, too.
func TestStandardizerOfInputsAlone(t *testing.T) {
	train, err := NewTargets([]float32{1, 3}, []int{1}, []float32{5, 7})
	require.NoError(t, err)
	s, err := NewStandardizer(train)
	require.NoError(t, err)
	fresh, err := NewInputs([]float32{3}, []int{1})
	require.NoError(t, err)
	d, err := s.Apply(fresh)
	require.NoError(t, err)
	require.Equal(t, []float32{1}, d.Input(0))
	s.TargetMean, s.TargetScale = nil, nil
	d, err = s.Apply(train)
	require.NoError(t, err)
	require.Equal(t, []float32{-1}, d.Input(0))
	require.Equal(t, []float32{5}, d.Target(0))
}

func TestStandardizerJSON(t *testing.T) {
	train, err := NewTargets([]float32{0.1, 0.3, 0.7}, []int{1}, []float32{1, 2, 4})
	require.NoError(t, err)
	s, err := NewStandardizer(train)
	require.NoError(t, err)
	text, err := json.Marshal(s)
	require.NoError(t, err)
	again := new(Standardizer)
	require.NoError(t, json.Unmarshal(text, again))
	require.Equal(t, s, again, "all digits")
	require.NoError(t, again.Validate())
}

func TestStandardizerRefuses(t *testing.T) {
	_, err := NewStandardizer(nil)
	require.EqualError(t, err, "data: the dataset to learn from is nil")
	d, err := NewTargets([]float32{1, math.MaxFloat32}, []int{1}, []float32{1, 2})
	require.NoError(t, err)
	one := []float64{1}
	for says, s := range map[string]Standardizer{
		"data: the standardizer has no input_mean":                              {},
		"data: the standardizer has 1 numbers of input_mean and 0 of input_sca": {InputMean: one},
		"data: the standardizer has 0 numbers of target_mean and 1 of target_s": {InputMean: one, InputScale: one, TargetScale: one},
		"data: input_mean[0] = NaN, want a finite number":                       {InputMean: []float64{math.NaN()}, InputScale: one},
		"data: input_scale[0] = 0, want a finite number above 0":                {InputMean: one, InputScale: []float64{0}},
		"data: input_scale[0] = NaN, want a finite number above 0":              {InputMean: one, InputScale: []float64{math.NaN()}},
		"data: target_scale[0] = +Inf, want a finite number above 0":            {InputMean: one, InputScale: one, TargetMean: one, TargetScale: []float64{math.Inf(1)}},
		"data: inputs of 1 numbers, the standardizer is for 2":                  {InputMean: []float64{1, 2}, InputScale: []float64{1, 2}},
		"data: 1 targets a sample, the standardizer is for 2":                   {InputMean: one, InputScale: one, TargetMean: []float64{1, 2}, TargetScale: []float64{1, 2}},
		"data: input 0 of sample 1 is +Inf after standardization":               {InputMean: one, InputScale: []float64{0.5}},
		"data: target 0 of sample 1 is +Inf after standardization":              {InputMean: one, InputScale: one, TargetMean: one, TargetScale: []float64{1e-39}},
	} {
		_, err := s.Apply(d)
		require.ErrorContains(t, err, says)
	}
	s := Standardizer{InputMean: one, InputScale: one}
	_, err = s.Apply(nil)
	require.EqualError(t, err, "data: the dataset to standardize is nil")
}
