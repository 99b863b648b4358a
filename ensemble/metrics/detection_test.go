package metrics

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// All pairs, and all thresholds, one by one.
func TestDetectionByBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	for range 50 {
		in, out := make([]float64, 1+random.IntN(20)), make([]float64, 1+random.IntN(20))
		for i := range in {
			in[i] = float64(random.IntN(6))
		}
		for i := range out {
			out[i] = float64(random.IntN(6) + 1)
		}
		d := must[*Detection](t)(NewDetection(in, out))
		pairs := 0.0
		for _, x := range in {
			for _, y := range out {
				if y > x {
					pairs++
				} else if y == x {
					pairs += 0.5
				}
			}
		}
		same(t, pairs/float64(len(in)*len(out)), d.AUROC(), "AUROC")
		for _, tpr := range []float64{0.01, 0.5, 0.8, 1} {
			want := 1.0
			for threshold := range 8 {
				if share(out, float64(threshold)) >= tpr {
					want = min(want, share(in, float64(threshold)))
				}
			}
			same(t, want, must[float64](t)(d.FPROut(tpr)), "FPR")
		}
	}
}

// share returns that of the numbers that are at least a threshold.
func share(x []float64, threshold float64) float64 {
	count := 0.0
	for _, v := range x {
		if v >= threshold {
			count++
		}
	}
	return count / float64(len(x))
}

func TestDetectionInfinities(t *testing.T) {
	d := must[*Detection](t)(NewDetection([]float64{inf(-1), 0}, []float64{inf(1), inf(1)}))
	assert.Equal(t, 1.0, d.AUROC())
	assert.Equal(t, 1.0, d.AUPRIn())
}

func TestDetectionErrors(t *testing.T) {
	for _, c := range []struct {
		in, out []float64
		want    string
	}{
		{nil, []float64{1}, "metrics: 0 samples in distribution and 1 out of it, want at least 1 of each"},
		{[]float64{1}, nil, "metrics: 1 samples in distribution and 0 out of it"},
		{[]float64{1, nan}, []float64{1}, "metrics: the score in distribution of sample 1 is NaN"},
		{[]float64{1}, []float64{nan}, "metrics: the score out of distribution of sample 0 is NaN"},
	} {
		d, err := NewDetection(c.in, c.out)
		assert.Nil(t, d)
		assert.ErrorContains(t, err, c.want)
	}
	d := must[*Detection](t)(NewDetection([]float64{1}, []float64{2}))
	for _, tpr := range []float64{0, -1, 1.1, nan} {
		_, err := d.FPROut(tpr)
		assert.ErrorContains(t, err, "metrics: tpr = ")
		_, err = d.FPRIn(tpr)
		assert.ErrorContains(t, err, "metrics: tpr = ")
	}
}
