package metrics

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// permutations calls visit with each order of x.
func permutations(x []int, from int, visit func([]int)) {
	if from == len(x) {
		visit(x)
		return
	}
	for i := from; i < len(x); i++ {
		x[from], x[i] = x[i], x[from]
		permutations(x, from+1, visit)
		x[from], x[i] = x[i], x[from]
	}
}

// The curve is the mean over all orders in which the samples can be accepted.
func TestRisksAreMeansOverOrders(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for range 20 {
		n := 1 + random.IntN(6)
		confidences, losses := make([]float64, n), make([]float64, n)
		for i := range n {
			confidences[i], losses[i] = float64(random.IntN(3)), random.NormFloat64()
		}
		sums, orders := make([]float64, n), 0.0
		permutations(everySample(n), 0, func(order []int) {
			for k := 1; k < n; k++ {
				if confidences[order[k]] > confidences[order[k-1]] {
					return
				}
			}
			orders++
			total := 0.0
			for k, i := range order {
				total += losses[i]
				sums[k] += total / float64(k+1)
			}
		})
		curve := must[*RiskCoverage](t)(NewRiskCoverage(confidences, losses))
		want := 0.0
		for k, risk := range curve.Risks() {
			same(t, sums[k]/orders, risk, "risk")
			want += risk / float64(n)
		}
		same(t, want, curve.AURC(), "AURC")
	}
}

// The identity of Traub et al. between AUGRC, AUROC and accuracy.
func TestAUGRCByAUROC(t *testing.T) {
	c := draw(t, rand.NewPCG(3, 2), 500, 4, 1, 1)
	var right, wrong []float64
	for i := range c.Len() {
		uncertainty := -c.LogProbabilities(i)[c.Predicted(i)]
		if c.Predicted(i) == c.Label(i) {
			right = append(right, uncertainty)
		} else {
			wrong = append(wrong, uncertainty)
		}
	}
	d := must[*Detection](t)(NewDetection(right, wrong))
	accuracy := c.Accuracy()
	same(t, (1-d.AUROC())*accuracy*(1-accuracy)+(1-accuracy)*(1-accuracy)/2, c.RiskCoverage().AUGRC(), "AUGRC")
}

func TestRiskAndCoverage(t *testing.T) {
	confidences := make([]float64, 100)
	losses := make([]float64, 100)
	for i := range confidences {
		confidences[i] = float64(-i)
		if i >= 90 {
			losses[i] = 1
		}
	}
	losses[0] = 1
	curve := must[*RiskCoverage](t)(NewRiskCoverage(confidences, losses))
	for _, c := range []struct{ coverage, risk float64 }{
		{1e-9, 1}, {0.01, 1}, {0.0101, 0.5}, {0.07, 1.0 / 7}, {0.9, 1.0 / 90}, {0.905, 2.0 / 91}, {1, 0.11},
	} {
		same(t, c.risk, must[float64](t)(curve.RiskAt(c.coverage)), "risk")
	}
	for _, c := range []struct{ risk, coverage float64 }{
		{0.01, 0}, {0.02, 0.9}, {0.05, 0.93}, {0.11, 1}, {2, 1}, {-1, 0}, {inf(1), 1}, {inf(-1), 0},
	} {
		assert.Equal(t, c.coverage, must[float64](t)(curve.CoverageAt(c.risk)), "at %v", c.risk)
	}
	for _, coverage := range []float64{0, -1, 1.001, nan, inf(1)} {
		got, err := curve.RiskAt(coverage)
		assert.ErrorContains(t, err, "metrics: coverage = ")
		assert.NotEqual(t, got, got)
	}
	_, err := curve.CoverageAt(nan)
	assert.ErrorContains(t, err, "metrics: risk is NaN")
}

func TestNewRiskCoverageErrors(t *testing.T) {
	for _, c := range []struct {
		confidences, losses []float64
		want                string
	}{
		{nil, nil, "metrics: there are no samples"},
		{[]float64{1, 2}, []float64{1}, "metrics: 1 losses for 2 confidences"},
		{[]float64{1, nan}, []float64{1, 1}, "metrics: the confidence of sample 1 is NaN"},
		{[]float64{1, 2}, []float64{inf(1), 1}, "metrics: the loss of sample 0 is +Inf"},
		{[]float64{1, 2}, []float64{1, nan}, "metrics: the loss of sample 1 is NaN"},
	} {
		curve, err := NewRiskCoverage(c.confidences, c.losses)
		assert.Nil(t, curve)
		assert.ErrorContains(t, err, c.want)
	}
	_, err := NewRiskCoverage([]float64{inf(1), inf(-1)}, []float64{0, 1})
	require.NoError(t, err)
}
