package nn

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEvaluatorPanics(t *testing.T) {
	net := LinearPerceptron(2)
	d := targeted(t, 5, []int{2}, 1)
	e := net.NewEvaluator()
	assert.Panics(t, func() { e.Outputs(make([]float32, 2), make([]float32, 2), d, []int{0, 1}) })
	assert.Panics(t, func() { e.Outputs(make([]float32, 3), make([]float32, 3), d, []int{0, 1}) })
	assert.Panics(t, func() { e.Outputs(make([]float32, 2), make([]float32, 3), d, []int{0, 5}) })
	assert.Panics(t, func() {
		e.Outputs(make([]float32, 2), make([]float32, 3), targeted(t, 5, []int{1, 2}, 1), []int{0, 1})
	})
}

// One input alone gives what it gives in a dataset, bit for bit, whatever was
// evaluated before.
func TestOutputOfOneInput(t *testing.T) {
	image, vector := []int{1, 28, 28}, []int{9}
	for _, net := range []*Network{
		MairCNN(), mlp(), LinearPerceptron(9),
		mustNetwork(vector, Tanh{}, Dense{Outputs: 3}, ReLU{}),
		mustNetwork(image, Conv2D{Channels: 3, Kernel: 3, Padding: 1, Stride: 2}, Tanh{}),
		mustNetwork(image, Flatten{}),
	} {
		d := labeled(t, 20, net.InputShape(), 2, 0)
		sparse := labeled(t, 20, net.InputShape(), 2, 0.9)
		models := randomModels(net, 2, 6)
		e, n := net.NewEvaluator(), net.Outputs()
		all, other, one := make([]float32, 20*n), make([]float32, 20*n), make([]float32, n)
		for k := range 4 {
			params := models[k%2]
			e.Outputs(all, params, d, firstSamples(20))
			e.Outputs(other, params, sparse, firstSamples(20))
			for i := range 20 {
				e.Output(one, params, d.Input(i))
				require.Equal(t, all[i*n:][:n], one, "%v", net)
				e.Output(one, params, sparse.Input(i))
				require.InDeltaSlice(t, other[i*n:][:n], one, 1e-5, "%v", net)
			}
		}
		assert.Zero(t, testing.AllocsPerRun(20, func() { e.Output(one, models[0], d.Input(3)) }), "%v", net)
	}
}

func TestOutputPanics(t *testing.T) {
	e := LinearPerceptron(2).NewEvaluator()
	dst, params, input := make([]float32, 1), make([]float32, 3), make([]float32, 2)
	e.Output(dst, params, input)
	assert.Panics(t, func() { e.Output(dst[:0], params, input) })
	assert.Panics(t, func() { e.Output(dst, params[:2], input) })
	assert.Panics(t, func() { e.Output(dst, params, input[:1]) })
	assert.Panics(t, func() { e.Output(dst, params, nil) })
}
