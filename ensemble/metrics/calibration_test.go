package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each end of a bin is in the bin below, although it came through a logarithm, and
// what is just above it is in the bin above.
func TestBinEnds(t *testing.T) {
	for bins := 1; bins <= 200; bins++ {
		assert.Equal(t, 0, EqualWidthBin(0, bins))
		for k := 1; k <= bins; k++ {
			end := float64(k) / float64(bins)
			assert.Equal(t, k-1, EqualWidthBin(end, bins), "%d/%d", k, bins)
			assert.Equal(t, k-1, EqualWidthBin(probability(math.Log(end)), bins), "%d/%d", k, bins)
			if k < bins {
				assert.Equal(t, k, EqualWidthBin(end+1e-9, bins), "above %d/%d", k, bins)
			}
		}
	}
	assert.Equal(t, mostBins-1, EqualWidthBin(1, mostBins))
}

func TestReliability(t *testing.T) {
	third := math.Log(1.0 / 3)
	c := classification(t, []float64{third, math.Log(2.0 / 3), third, math.Log(2.0 / 3), 0, inf(-1)}, 2, []int{1, 0, 0})
	got := must[Reliability](t)(c.Reliability(Binning{Bins: 3}))
	assert.Len(t, got, 3)
	assert.Equal(t, []int{0, 2, 1}, []int{got[0].Count, got[1].Count, got[2].Count})
	assert.True(t, math.IsNaN(got[0].Accuracy) && math.IsNaN(got[0].Confidence))
	same(t, 2.0/3, got[1].Confidence, "confidence")
	same(t, 0.5, got[1].Accuracy, "accuracy")
	same(t, 1.0/9, got.ECE(), "ECE")
	same(t, 1.0/6, got.MaximumError(), "MCE")
	assert.Equal(t, 1.0, got[2].High)
	assert.Equal(t, got[1].High, got[2].Low)

	few := must[Reliability](t)(c.Reliability(Binning{Bins: 5, EqualMass: true}))
	assert.Equal(t, 0, few[4].Count)
	assert.True(t, math.IsNaN(few[4].Low) && math.IsNaN(few[4].High))
	same(t, 0.5, few[0].Accuracy, "accuracy of a tie") // of one sample, which ties with another
	same(t, 0.5, few[1].Accuracy, "accuracy of a tie")

	for _, bins := range []int{-1, mostBins + 1} {
		_, err := c.Reliability(Binning{Bins: bins})
		assert.ErrorContains(t, err, "want 1 to 1000000, or 0 for 15")
		_, err = c.ClasswiseReliability(Binning{Bins: bins})
		assert.ErrorContains(t, err, "metrics: Bins = ")
	}
}

// Labels drawn from the predictions leave only the noise, about √(2/π) times
// √(p (1−p) bins/n) < 0.01; labels that are less sure than the predictions do not.
func TestCalibrationErrors(t *testing.T) {
	calibrated := draw(t, rand.NewPCG(2, 1), 40_000, 5, 1, 0)
	sure := draw(t, rand.NewPCG(2, 2), 40_000, 5, 2, 0)
	for name, metric := range map[string]func(*Classification) float64{
		"ECE":           (*Classification).ECE,
		"adaptive ECE":  (*Classification).AdaptiveECE,
		"classwise ECE": (*Classification).ClasswiseECE,
	} {
		assert.Less(t, metric(calibrated), 0.01, name)
		assert.Greater(t, metric(sure), 0.05, name)
	}
}
