package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
)

// modelNetworks are networks of all kinds of first stages.
func modelNetworks() []*Network {
	image, vector := []int{1, 28, 28}, []int{9}
	return []*Network{
		MairCNN(), mlp(), LinearPerceptron(9),
		mustNetwork(vector, Tanh{}, Dense{Outputs: 3}, ReLU{}),
		mustNetwork(image, Conv2D{Channels: 3, Kernel: 3, Padding: 1, Stride: 2}, Tanh{}),
		mustNetwork(image, Conv2D{Channels: 18, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 3}, Flatten{}, Dense{Outputs: 4}),
		mustNetwork(image, Flatten{}),
	}
}

// mixedModels are random models, of which one repeats another, one agrees with
// another but for its last parameter, and one is not finite.
func mixedModels(net *Network) [][]float32 {
	models := randomModels(net, 6, 6)
	copy(models[3], models[0])
	copy(models[4], models[1])
	if n := net.Params(); n > 0 {
		models[4][n-1]++
		models[5][0] = float32(math.Inf(1))
	}
	return models
}

// sameFloats compares bits, so that NaN equals itself.
func sameFloats(t *testing.T, want, got []float32, what ...any) {
	t.Helper()
	require.Len(t, got, len(want), what...)
	for i := range want {
		require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), what...)
	}
}

// Several models together give what each gives alone, bit for bit, on samples of
// one and of several blocks.
func TestOutputsOfModels(t *testing.T) {
	for _, net := range modelNetworks() {
		for _, zeros := range []float64{0, 0.9} {
			d := labeled(t, 100, net.InputShape(), 2, zeros)
			models, n := mixedModels(net), net.Outputs()
			alone, together := net.NewEvaluator(), net.NewEvaluator()
			for _, samples := range [][]int{{}, {7}, firstSamples(100)} {
				dst, want := make([][]float32, len(models)), make([]float32, n*len(samples))
				for k := range dst {
					dst[k] = make([]float32, n*len(samples))
				}
				together.OutputsOfModels(dst, models, d, samples)
				for k, params := range models {
					alone.Outputs(want, params, d, samples)
					sameFloats(t, want, dst[k], "model %d, %v", k, net)
				}
				assert.Zero(t, testing.AllocsPerRun(3, func() { together.OutputsOfModels(dst, models, d, samples) }), "%v", net)
			}
			together.OutputsOfModels(nil, nil, d, []int{0})
		}
	}
}

// More models than are packed at a time.
func TestOutputsOfManyModels(t *testing.T) {
	net := MairCNN()
	d := labeled(t, 3, net.InputShape(), 2, 0.8)
	models := randomModels(net, 70, 1)
	dst, want := make([][]float32, len(models)), make([]float32, 30)
	for k := range dst {
		dst[k] = make([]float32, 30)
	}
	e := net.NewEvaluator()
	e.OutputsOfModels(dst, models, d, firstSamples(3))
	for k, params := range models {
		e.Outputs(want, params, d, firstSamples(3))
		sameFloats(t, want, dst[k], "model %d", k)
	}
}

func TestOutputsOfModelsPanics(t *testing.T) {
	net := LinearPerceptron(2)
	d, e := targeted(t, 5, []int{2}, 1), net.NewEvaluator()
	models := [][]float32{make([]float32, 3), make([]float32, 3)}
	good := [][]float32{make([]float32, 2), make([]float32, 2)}
	e.OutputsOfModels(good, models, d, []int{0, 4})
	assert.Panics(t, func() { e.OutputsOfModels(good[:1], models, d, []int{0, 1}) })
	assert.Panics(t, func() { e.OutputsOfModels(good, models, d, []int{0}) })
	assert.Panics(t, func() { e.OutputsOfModels(good, models, d, []int{0, 5}) })
	assert.Panics(t, func() { e.OutputsOfModels(good, [][]float32{models[0], models[1][:2]}, d, []int{0, 1}) })
	assert.Panics(t, func() { e.OutputsOfModels(good, models, targeted(t, 5, []int{1, 2}, 1), []int{0, 1}) })
}

// Prepared models give what an evaluator gives for a dataset of one input, bit for
// bit, whatever the inputs before it were.
func TestPreparedAgreesWithEvaluator(t *testing.T) {
	for _, net := range modelNetworks() {
		models, n := mixedModels(net), net.Outputs()
		p, e := net.Prepare(models), net.NewEvaluator()
		got, want := make([]float32, n*len(models)), make([]float32, n)
		for i := range 12 {
			zeros := []float64{0, 0.95, 0.5, 0.8, 0.2, 1}[i%6]
			input := labeled(t, 12, net.InputShape(), 2, zeros).Input(i)
			one, err := data.NewInputs(input, net.InputShape())
			require.NoError(t, err)
			p.Outputs(got, input)
			for k, params := range models {
				e.Outputs(want, params, one, []int{0})
				sameFloats(t, want, got[k*n:][:n], "model %d, share of zeros %v, %v", k, zeros, net)
			}
			assert.Zero(t, testing.AllocsPerRun(3, func() { p.Outputs(got, input) }), "%v", net)
		}
	}
}

func TestPreparedCopiesItsModels(t *testing.T) {
	net := LinearPerceptron(1)
	models := [][]float32{{1, 0}, {2, 1}}
	p := net.Prepare(models)
	models[0][0], models[1] = 9, nil
	dst := make([]float32, 2)
	p.Outputs(dst, []float32{3})
	assert.Equal(t, []float32{3, 7}, dst)
	net.Prepare(nil).Outputs(nil, []float32{3})
}

func TestPreparedPanics(t *testing.T) {
	net := LinearPerceptron(2)
	assert.Panics(t, func() { net.Prepare([][]float32{{1, 2, 3}, {1, 2}}) })
	p := net.Prepare([][]float32{{1, 2, 3}, {1, 2, 3}})
	dst, input := make([]float32, 2), make([]float32, 2)
	p.Outputs(dst, input)
	assert.Panics(t, func() { p.Outputs(dst[:1], input) })
	assert.Panics(t, func() { p.Outputs(dst, input[:1]) })
	assert.Panics(t, func() { p.Outputs(dst, nil) })
}
