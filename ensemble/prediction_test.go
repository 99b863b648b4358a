package ensemble

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// What a committee says of one input is what it says of that input in a
// dataset.
func TestPredictAgreesWithDatasets(t *testing.T) {
	net := nn.MairCNN()
	digits, err := data.Digits(20, random.Source(3))
	require.NoError(t, err)
	models := make([][]float32, 3)
	for k := range models {
		models[k] = make([]float32, net.Params())
		nn.InitNormal(models[k], 0.3, random.Source(uint64(k)))
	}
	c := committee(t, net, models...)
	outputs, err := c.Outputs(digits)
	require.NoError(t, err)
	probabilities, err := c.Probabilities(digits)
	require.NoError(t, err)
	votes, err := c.Votes(digits)
	require.NoError(t, err)
	for i := range digits.Len() {
		p, err := c.Predict(digits.Input(i))
		require.NoError(t, err)
		require.InDeltaSlice(t, outputs[10*i:10*(i+1)], p.Outputs, 1e-4)
		require.InDeltaSlice(t, probabilities[10*i:10*(i+1)], p.Probabilities, 1e-4)
		require.Equal(t, votes[i], p.Class)
		total := 0
		for _, n := range p.Votes {
			total += n
		}
		require.Equal(t, 3, total)
		require.GreaterOrEqual(t, p.Votes[p.Class], 1)
	}
}

func TestPredict(t *testing.T) {
	c := committee(t, identity(t), diagonal(1), diagonal(-1), diagonal(2))
	p, err := c.Predict([]float32{0, 0, float32(math.Ln2)})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{0, 0, 2 * math.Ln2 / 3}, p.Outputs, 1e-6)
	// Softmax of (0, 0, log 2), (0, 0, −log 2) and (0, 0, log 4).
	assert.InDeltaSlice(t, []float64{
		(1./4 + 2./5 + 1./6) / 3, (1./4 + 2./5 + 1./6) / 3, (2./4 + 1./5 + 4./6) / 3,
	}, p.Probabilities, 1e-6)
	assert.Equal(t, []int{1, 0, 2}, p.Votes)
	assert.Equal(t, 2, p.Class)

	line := committee(t, nn.LinearPerceptron(1), []float32{1, 0}, []float32{1, 1})
	p, err = line.Predict([]float32{3})
	require.NoError(t, err)
	assert.Equal(t, Prediction{Outputs: []float64{3.5}, Variances: []float64{0.25}, Class: -1}, p)

	for _, bad := range [][]float32{nil, {1, 2}, {1, 2, 3, 4, 5, 6}, {1, float32(math.NaN()), 3}, {1, float32(math.Inf(1)), 3}} {
		_, err := c.Predict(bad)
		assert.ErrorContains(t, err, "ensemble: ", "%v", bad)
	}
	_, err = c.Predict([]float32{1, 2, 3, 4, 5, 6})
	assert.ErrorContains(t, err, "ensemble: the input has 6 numbers, want the 3 of the shape [3]")
	huge := committee(t, identity(t), diagonal(1), diagonal(math.MaxFloat32))
	_, err = huge.Predict([]float32{0, 10, 0})
	assert.ErrorContains(t, err, "member 1 gives +Inf")
}

// Inputs without labels or targets are enough to predict, but not to measure.
func TestInputsWithoutAnswers(t *testing.T) {
	inputs := []float32{0, 1, 2, 2, 1, 0}
	d, err := data.NewInputs(inputs, []int{3})
	require.NoError(t, err)
	labeled := classes(t, inputs, []int{0, 0})
	c := committee(t, identity(t), diagonal(1), diagonal(-1))
	for _, predict := range []func(*data.Dataset) (any, error){
		func(d *data.Dataset) (any, error) { return c.Outputs(d) },
		func(d *data.Dataset) (any, error) { return c.Probabilities(d) },
		func(d *data.Dataset) (any, error) { return c.Votes(d) },
	} {
		got, err := predict(d)
		require.NoError(t, err)
		want, err := predict(labeled)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err = c.Evaluate(d)
	assert.ErrorContains(t, err, "neither labels nor targets")
}
