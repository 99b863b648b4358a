package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

func newJacobian(t testing.TB, net *Network, d *data.Dataset, workers int) *Jacobian {
	t.Helper()
	j, err := NewJacobian(net, d, Config{Workers: workers})
	require.NoError(t, err)
	t.Cleanup(j.Close)
	return j
}

// By the chain rule the gradient of a cross-entropy is the sum of the derivatives of
// the outputs, each times its probability, less 1 for the label.
func TestJacobianMakesGradients(t *testing.T) {
	digits, err := data.Digits(100, random.Source(1))
	require.NoError(t, err)
	for name, net := range map[string]*Network{"cnn": MairCNN(), "mlp": mlp(), "lenet": leNet()} {
		j := newJacobian(t, net, digits.Unlabeled(), 2)
		require.Equal(t, []int{100, net.Params(), 10}, []int{j.Samples(), j.Params(), j.Outputs()})
		params := randomModels(net, 1, 3)[0]
		samples := randomSamples(digits, 37, 4)
		p := net.Params()
		outputs := make([]float32, len(samples)*10)
		net.NewEvaluator().Outputs(outputs, params, digits, samples)
		sum := make([]float64, len(samples)*p)
		row, values := make([]float32, len(samples)*p), make([]float64, len(samples))
		for k := range 10 {
			j.PerSample(row, values, params, k, samples)
			for i, sample := range samples {
				logits := outputs[i*10:][:10]
				require.InDelta(t, logits[k], values[i], 1e-5, name)
				all := 0.0
				for _, z := range logits {
					all += math.Exp(float64(z))
				}
				factor := math.Exp(float64(logits[k])) / all
				if digits.Label(sample) == k {
					factor--
				}
				for at, v := range row[i*p:][:p] {
					sum[i*p+at] += factor * float64(v)
				}
			}
		}
		gradients, losses := make([]float32, len(samples)*p), make([]float64, len(samples))
		newGradients(t, net, digits, CrossEntropy, 1).PerSample(gradients, losses, params, samples)
		size := norm(gradients)
		for at, g := range gradients {
			if !(math.Abs(sum[at]-float64(g)) <= 1e-5*size) {
				t.Fatalf("%s, sample %d, parameter %d: %v, want %v ± %.1e", name, at/p, at%p, sum[at], g, 1e-5*size)
			}
		}
	}
}

// The outputs of a linear network are known, and so are their derivatives.
func TestJacobianOfALinearNetwork(t *testing.T) {
	d, err := data.NewInputs([]float32{1, 2, 3, -4}, []int{2})
	require.NoError(t, err)
	net, err := NewNetwork([]int{2}, Dense{Outputs: 2})
	require.NoError(t, err)
	j := newJacobian(t, net, d, 1)
	dst, values := make([]float32, 12), make([]float64, 2)
	j.PerSample(dst, values, []float32{1, 1, 2, 0.5, 10, 20}, 1, []int{0, 1})
	assert.Equal(t, []float32{0, 0, 1, 2, 0, 1, 0, 0, 3, -4, 0, 1}, dst)
	assert.Equal(t, []float64{23, 24}, values)
	j.PerSample(dst, values, []float32{1, float32(math.NaN()), 2, 0.5, 10, 20}, 0, []int{0, 1})
	assert.True(t, math.IsNaN(values[0]) && math.IsNaN(float64(dst[0])))
}

func TestJacobianDoesNotAllocate(t *testing.T) {
	digits, err := data.Digits(20, random.Source(1))
	require.NoError(t, err)
	j := newJacobian(t, MairCNN(), digits, 1)
	params := randomModels(MairCNN(), 1, 3)[0]
	dst, values := make([]float32, 20*len(params)), make([]float64, 20)
	samples := firstSamples(20)
	assert.Zero(t, testing.AllocsPerRun(5, func() { j.PerSample(dst, values, params, 3, samples) }))
}

func TestJacobianIsRefused(t *testing.T) {
	digits, err := data.Digits(20, random.Source(1))
	require.NoError(t, err)
	_, err = NewJacobian(nil, digits, Config{})
	assert.EqualError(t, err, "nn: the network is nil")
	_, err = NewJacobian(MairCNN(), nil, Config{})
	assert.EqualError(t, err, "nn: the dataset is nil")
	_, err = NewJacobian(LinearPerceptron(1), digits, Config{})
	assert.EqualError(t, err, "nn: the dataset's inputs are 1×28×28, but the network's are 1")
	_, err = NewJacobian(MairCNN(), digits, Config{Workers: -1})
	assert.EqualError(t, err, "nn: Workers = -1, want 0 to 1024")
	j := newJacobian(t, MairCNN(), digits, 1)
	params := make([]float32, j.Params())
	assert.Panics(t, func() { j.PerSample(make([]float32, j.Params()), make([]float64, 1), params, 10, []int{0}) })
	assert.Panics(t, func() { j.PerSample(make([]float32, 1), make([]float64, 1), params, 0, []int{0}) })
	assert.Panics(t, func() { j.PerSample(make([]float32, j.Params()), make([]float64, 1), params, 0, []int{20}) })
}
