package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDisagreement(t *testing.T) {
	got := must[[]float64](t)(DisagreementPerSample([]int{4, 0, 2, 2, 3, 1}, 2))
	sameAll(t, series{0, 2.0 / 3, 0.5}, got, "disagreement")
	same(t, 7.0/18, must[float64](t)(Disagreement([]int{4, 0, 2, 2, 3, 1}, 2)), "mean")
	one := must[float64](t)(Disagreement([]int{1, 0, 0, 1}, 2))
	assert.True(t, math.IsNaN(one), "of one member")
	all := must[float64](t)(Disagreement([]int{1, 1, 1}, 3))
	assert.Equal(t, 1.0, all)
	for _, c := range []struct {
		votes   []int
		classes int
		want    string
	}{
		{nil, 2, "metrics: there are no samples"},
		{[]int{1, 2, 3}, 2, "metrics: 3 numbers are not a multiple of the 2 classes"},
		{[]int{1, 2, 2, 2}, 2, "metrics: sample 1 has 4 votes, want at least 1 and as many as sample 0, 3"},
		{[]int{0, 0}, 2, "metrics: sample 0 has 0 votes, want at least 1"},
		{[]int{3, -1}, 2, "metrics: -1 votes for class 1 of sample 0, want 0 or more"},
	} {
		got, err := Disagreement(c.votes, c.classes)
		assert.ErrorContains(t, err, c.want)
		assert.True(t, math.IsNaN(got))
	}
}

func TestMutualInformationEdges(t *testing.T) {
	half := math.Log(0.5)
	p := must[*Predictions](t)(NewPredictions([]float64{half, half, 0, inf(-1)}, 2))
	// Two members that are certain of different classes, and rounding.
	assert.Equal(t, []float64{math.Ln2, 0}, must[[]float64](t)(p.MutualInformationPerSample([]float64{0, 1e-5})))
	for _, c := range []struct {
		entropy []float64
		want    string
	}{
		{[]float64{0}, "metrics: 1 mean entropies for 2 samples"},
		{[]float64{0.8, 0}, "metrics: the members' mean entropy of sample 0 is 0.8, want 0 to 0.69"},
		{[]float64{0, -1}, "metrics: the members' mean entropy of sample 1 is -1, want 0 to 0"},
		{[]float64{nan, 0}, "metrics: the members' mean entropy of sample 0 is NaN"},
	} {
		got, err := p.MutualInformation(c.entropy)
		assert.ErrorContains(t, err, c.want)
		assert.True(t, math.IsNaN(got))
	}
}

func TestNLLAmbiguityEdges(t *testing.T) {
	half := math.Log(0.5)
	// Members that are the same differ by nothing.
	got := must[Decomposition](t)(NLLAmbiguity([]float64{half, half}, 2, []int{0}))
	assert.Equal(t, Decomposition{math.Ln2, math.Ln2, 0}, got)
	// A member gives the label zero, another class is left.
	got = must[Decomposition](t)(NLLAmbiguity([]float64{inf(-1), half}, 2, []int{0}))
	assert.Equal(t, Decomposition{inf(1), inf(1), math.Ln2}, got)
	for _, c := range []struct {
		rows    []float64
		classes int
		labels  []int
		want    string
	}{
		{nil, 2, nil, "metrics: there are no samples"},
		{[]float64{half, half}, 1, []int{0, 0}, "metrics: classes = 1"},
		{[]float64{half, half}, 2, []int{0, 1}, "metrics: 2 labels for 1 samples"},
		{[]float64{half, half}, 2, []int{2}, "metrics: label 2 of sample 0, want 0 to 1"},
		{[]float64{inf(-1), inf(-1)}, 2, []int{0}, "metrics: sample 0 has no class to which all members give a probability above zero"},
		{[]float64{half, nan}, 2, []int{0}, "metrics: the geometric means of the probabilities of sample 0 sum to NaN"},
		{[]float64{0, 0}, 2, []int{0}, "metrics: the geometric means of the probabilities of sample 0 sum to 2"},
	} {
		_, err := NLLAmbiguity(c.rows, c.classes, c.labels)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestSquaredErrorAmbiguityErrors(t *testing.T) {
	one := []float64{1}
	for _, c := range []struct {
		means, variances, targets []float64
		want                      string
	}{
		{nil, nil, nil, "metrics: 0 means, 0 variances and 0 targets, want as many of each and at least 1"},
		{one, nil, one, "metrics: 1 means, 0 variances and 1 targets"},
		{[]float64{inf(1)}, one, one, "metrics: the mean of sample 0 is +Inf"},
		{one, []float64{-1}, one, "metrics: the variance of sample 0 is -1, want a finite number ≥ 0"},
		{one, []float64{nan}, one, "metrics: the variance of sample 0 is NaN"},
		{one, one, []float64{nan}, "metrics: the target of sample 0 is NaN"},
	} {
		_, err := SquaredErrorAmbiguity(c.means, c.variances, c.targets)
		assert.ErrorContains(t, err, c.want)
	}
}

// Blocks of samples make the same as all samples at once.
func TestLPPDByBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	const members, samples = 20, 10
	whole := must[*LPPD](t)(NewLPPD(samples))
	blocks := []*LPPD{must[*LPPD](t)(NewLPPD(4)), must[*LPPD](t)(NewLPPD(6))}
	for range members {
		log := make([]float64, samples)
		for i := range log {
			log[i] = -50 * random.ExpFloat64()
		}
		require.NoError(t, whole.Add(log))
		require.NoError(t, blocks[0].Add(log[:4]))
		require.NoError(t, blocks[1].Add(log[4:]))
	}
	require.NoError(t, blocks[0].Merge(blocks[1]))
	assert.Equal(t, samples, blocks[0].Samples())
	assert.Equal(t, members, blocks[0].Members())
	sameAll(t, numbers(whole.Running()), blocks[0].Running(), "running")
	assert.Equal(t, whole.PerSample(), blocks[0].PerSample())
	same(t, whole.Sum(), mean(whole.PerSample())*samples, "sum")
	assert.ErrorContains(t, whole.Merge(nil), "metrics: the LPPD to merge is nil")
	assert.ErrorContains(t, whole.Merge(must[*LPPD](t)(NewLPPD(1))), "metrics: an LPPD of 20 members merged with one of 0")
}

func TestLPPDEdges(t *testing.T) {
	_, err := NewLPPD(0)
	assert.ErrorContains(t, err, "metrics: samples = 0, want at least 1")
	l := must[*LPPD](t)(NewLPPD(2))
	assert.True(t, math.IsNaN(l.Sum()) && math.IsNaN(l.Mean()) && math.IsNaN(l.PerSample()[0]), "without members")
	assert.ErrorContains(t, l.Add([]float64{0}), "metrics: 1 log-densities for 2 samples")
	assert.ErrorContains(t, l.Add([]float64{0, nan}), "metrics: the log-density of sample 1 is NaN")
	assert.ErrorContains(t, l.Add([]float64{inf(1), 0}), "metrics: the log-density of sample 0 is +Inf")
	require.NoError(t, l.Add([]float64{inf(-1), 0}))
	require.NoError(t, l.Add([]float64{-1000, 0}))
	assert.Equal(t, inf(-1), l.Running()[0])
	same(t, -1000-math.Ln2, l.Sum(), "lppd")
	assert.Equal(t, l.Sum()/2, l.Mean())
}

func TestComparisonErrors(t *testing.T) {
	p := draw(t, rand.NewPCG(7, 2), 4, 3, 1, 0).Predictions
	for _, c := range []struct {
		other *Predictions
		want  string
	}{
		{nil, "metrics: the predictions are nil"},
		{draw(t, rand.NewPCG(7, 3), 5, 3, 1, 0).Predictions, "metrics: predictions of 4 samples × 3 classes compared with 5 × 3"},
		{draw(t, rand.NewPCG(7, 4), 4, 2, 1, 0).Predictions, "compared with 4 × 2"},
	} {
		got, err := p.Agreement(c.other)
		assert.ErrorContains(t, err, c.want)
		assert.True(t, math.IsNaN(got))
		got, err = p.TotalVariation(c.other)
		assert.ErrorContains(t, err, c.want)
		assert.True(t, math.IsNaN(got))
	}
	assert.Equal(t, 1.0, must[float64](t)(p.Agreement(p)))
	assert.Equal(t, 0.0, must[float64](t)(p.TotalVariation(p)))
	a := must[*Predictions](t)(NewPredictions([]float64{0, inf(-1)}, 2))
	b := must[*Predictions](t)(NewPredictions([]float64{inf(-1), 0}, 2))
	assert.Equal(t, 0.0, must[float64](t)(a.Agreement(b)))
	assert.Equal(t, 1.0, must[float64](t)(a.TotalVariation(b)))
}
