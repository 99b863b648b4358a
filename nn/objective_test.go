package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// halfSquares is half the squared error, as a caller would write it.
type halfSquares struct {
	data   *data.Dataset
	offset float64
}

func (o halfSquares) Derive(slopes, outputs []float32, sample int) float64 {
	loss := o.offset
	for k, y := range outputs {
		r := y - o.data.Target(sample)[k]
		slopes[k] = r
		loss += float64(r) * float64(r) / 2
	}
	return loss
}

// A caller's own loss gives the gradients of the library's where the two are the
// same, whatever the number of workers.
func TestGradientsOfAnObjective(t *testing.T) {
	d := targeted(t, 200, []int{1, 28, 28}, 5)
	net := leNet()
	net = mustNetwork(net.InputShape(), append(net.Layers(), ReLU{}, Dense{Outputs: 5})...)
	params, samples := randomModels(net, 1, 3)[0], randomSamples(d, 333, 4)
	want, got := make([]float32, net.Params()), make([]float32, net.Params())
	loss := newGradients(t, net, d, HalfSquaredError, 1).Gradient(want, params, samples)
	for _, workers := range []int{1, 3} {
		g, err := NewGradientsOf(net, d, func() Objective { return halfSquares{d, 0.5} }, Config{Workers: workers})
		require.NoError(t, err)
		defer g.Close()
		assert.InDelta(t, loss+0.5, g.Gradient(got, params, samples), 1e-6)
		assert.InDeltaSlice(t, want, got, 1e-6*norm(want))
	}
}

func TestGradientsOfAnInfiniteObjective(t *testing.T) {
	d := targeted(t, 3, []int{2}, 1)
	net := LinearPerceptron(2)
	g, err := NewGradientsOf(net, d, func() Objective { return halfSquares{d, math.NaN()} }, Config{})
	require.NoError(t, err)
	dst := make([]float32, net.Params())
	assert.True(t, math.IsInf(g.Gradient(dst, make([]float32, net.Params()), []int{0}), 1), "outputs are finite, the loss is not")
	for _, v := range dst {
		assert.True(t, v != v)
	}
}

func TestNewGradientsOfErrors(t *testing.T) {
	d, err := data.Digits(10, random.Source(1))
	require.NoError(t, err)
	objective := func() Objective { return halfSquares{} }
	_, err = NewGradientsOf(nil, d, objective, Config{})
	assert.ErrorContains(t, err, "the network is nil")
	_, err = NewGradientsOf(LinearPerceptron(1), d, objective, Config{})
	assert.ErrorContains(t, err, "the dataset's inputs are 1×28×28")
	_, err = NewGradientsOf(MairCNN(), d, nil, Config{})
	assert.ErrorContains(t, err, "newObjective is nil")
	_, err = NewGradientsOf(MairCNN(), d, objective, Config{Workers: 2000})
	assert.ErrorContains(t, err, "Workers = 2000")
}
