package ensemble

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/nn"
)

// A predictor says what the committee says, bit for bit, whatever came before.
func TestPredictorAgreesWithCommittee(t *testing.T) {
	for _, weights := range [][]float64{nil, ramp(9)} {
		net, models, digits := digitCommittee(t, 9, 30)
		c := weightedCommittee(t, net, models, weights)
		predictor := c.NewPredictor()
		var dst Prediction
		for i := range digits.Len() {
			input := digits.Input(i)
			if i%3 == 0 { // without zeros
				input = slices.Clone(input)
				for k := range input {
					input[k] = 1 - input[k]/2
				}
			}
			want, err := c.Predict(input)
			require.NoError(t, err)
			require.NoError(t, predictor.Predict(&dst, input))
			require.Equal(t, want, dst)
		}
		x := directly(t, net, models, weights, digits)
		require.NoError(t, predictor.Predict(&dst, digits.Input(4)))
		// Another order of sums, in float32.
		assert.InDeltaSlice(t, x.means[4], dst.Outputs, 1e-4)
		assert.InDeltaSlice(t, x.variances[4], dst.Variances, 1e-3)
		assert.InDeltaSlice(t, x.shares[4], dst.VoteShares, 1e-12)
	}
}

func TestPredictorDoesNotAllocate(t *testing.T) {
	net, models, digits := digitCommittee(t, 20, 2)
	gray := slices.Repeat([]float32{0.5}, 28*28)
	for _, weights := range [][]float64{nil, ramp(20)} {
		predictor := weightedCommittee(t, net, models, weights).NewPredictor()
		var dst Prediction
		require.NoError(t, predictor.Predict(&dst, digits.Input(0)))
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			_ = predictor.Predict(&dst, digits.Input(1))
			_ = predictor.Predict(&dst, gray)
		}))
	}
}

func TestPredictorErrors(t *testing.T) {
	predictor := committee(t, identity(t), diagonal(1), diagonal(math.MaxFloat32)).NewPredictor()
	var dst Prediction
	require.NoError(t, predictor.Predict(&dst, []float32{0, 1, 0}))
	before := Prediction{slices.Clone(dst.Outputs), slices.Clone(dst.Variances), slices.Clone(dst.Probabilities), slices.Clone(dst.Votes), slices.Clone(dst.VoteShares), dst.Class}
	for says, input := range map[string][]float32{
		"the input has 0 numbers, want the 3 of the shape [3]": nil,
		"the input has 4 numbers":                              {1, 2, 3, 4},
		"number 1 of the input is NaN":                         {1, float32(math.NaN()), 3},
		"number 2 of the input is -Inf":                        {1, 1, float32(math.Inf(-1))},
		"member 1 gives +Inf":                                  {0, 10, 0},
	} {
		err := predictor.Predict(&dst, input)
		assert.ErrorContains(t, err, "ensemble: "+says)
		assert.Equal(t, before, dst)
	}
	assert.ErrorContains(t, predictor.Predict(nil, []float32{0, 1, 0}), "nil")
}

// The same prediction can be of a network with one output, then of one with more.
func TestPredictionIsReused(t *testing.T) {
	line, three := committee(t, nn.LinearPerceptron(1), []float32{1, 0}).NewPredictor(), committee(t, identity(t), diagonal(1)).NewPredictor()
	var dst Prediction
	for range 2 {
		require.NoError(t, three.Predict(&dst, []float32{0, 1, 0}))
		assert.Equal(t, []int{0, 1, 0}, dst.Votes)
		assert.Equal(t, 1, dst.Class)
		require.NoError(t, line.Predict(&dst, []float32{4}))
		assert.Equal(t, []float64{4}, dst.Outputs)
		assert.Equal(t, []float64{0}, dst.Variances)
		assert.Empty(t, dst.Probabilities)
		assert.Empty(t, dst.Votes)
		assert.Empty(t, dst.VoteShares)
		assert.Equal(t, -1, dst.Class)
	}
}
