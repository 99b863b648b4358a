package nn

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

func newGradients(t testing.TB, net *Network, d *data.Dataset, loss Loss, workers int) *Gradients {
	t.Helper()
	g, err := NewGradients(net, d, loss, Config{Workers: workers})
	require.NoError(t, err)
	t.Cleanup(g.Close)
	return g
}

// norm returns the largest absolute value.
func norm[T float32 | float64](x []T) float64 {
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(float64(v)))
	}
	return largest
}

// testdata/nn/gradients.py wrote the gradients of PyTorch in float64. Each
// number of a layer's gradient must agree to 1e-4 of the largest.
func TestGradientsGolden(t *testing.T) {
	text, err := os.ReadFile("../testdata/nn/gradients.json")
	require.NoError(t, err)
	var golden []struct {
		Name     string
		Gradient []float64
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	want := make(map[string][]float64)
	for _, g := range golden {
		want[g.Name] = g.Gradient
	}
	found := 0
	for _, c := range goldenCases(t) {
		if want[c.Name] == nil {
			continue
		}
		found++
		t.Run(c.Name, func(t *testing.T) {
			net, params, d, loss := c.build(t)
			g := newGradients(t, net, d, loss, 1)
			gradient := make([]float32, net.Params())
			mean := 0.0
			for _, l := range c.Losses {
				mean += l / float64(len(c.Losses))
			}
			assert.InEpsilon(t, mean, g.Gradient(gradient, params, firstSamples(d.Len())), 1e-5)
			for _, block := range net.Blocks() {
				want := want[c.Name][block.Offset:][:block.Size()]
				size := norm(want)
				for i, w := range want {
					if !(math.Abs(w-float64(gradient[block.Offset+i])) <= 1e-4*size) {
						t.Fatalf("%s[%d]: %v, want %v ± %.1e", block.Name, i, gradient[block.Offset+i], w, 1e-4*size)
					}
				}
			}
		})
	}
	assert.Equal(t, len(golden), found)
}

// Per-sample gradients sum to the batch's, and their products with directions
// are the directional derivatives.
func TestPerSampleGradients(t *testing.T) {
	digits, err := data.Digits(200, random.Source(1))
	require.NoError(t, err)
	targets := targeted(t, 200, []int{1, 28, 28}, 5)
	for name, c := range map[string]gradientCase{
		"cnn":                     {MairCNN(), digits, CrossEntropy},
		"mlp":                     {mlp(), digits, CrossEntropy},
		"lenet":                   {leNet(), digits, CrossEntropy},
		"cnn, GaussianExp":        {MairCNN(), targets, GaussianExp},
		"mlp, GaussianSoftplus":   {mlp(), targets, GaussianSoftplus},
		"lenet, GaussianSoftplus": {leNet(), targets, GaussianSoftplus},
	} {
		net := c.net
		g := newGradients(t, net, c.data, c.loss, 1)
		params := randomModels(net, 1, 3)[0]
		samples := randomSamples(c.data, 137, 4)
		p := net.Params()
		all, losses := make([]float32, len(samples)*p), make([]float64, len(samples))
		g.PerSample(all, losses, params, samples)
		direct := rows(1, len(samples))
		newLosses(t, net, c.data, c.loss, 1).Losses(direct, [][]float32{params}, samples)
		assert.InDeltaSlice(t, direct[0], losses, 1e-6, name)

		batch := make([]float32, p)
		mean := g.Gradient(batch, params, samples)
		sum := make([]float64, p)
		for j := range samples {
			for i, v := range all[j*p:][:p] {
				sum[i] += float64(v) / float64(len(samples))
			}
		}
		largest := norm(batch)
		for i, v := range batch {
			if !(math.Abs(sum[i]-float64(v)) <= 1e-6*largest) {
				t.Fatalf("%s, parameter %d: %v, want %v ± %.1e", name, i, v, sum[i], 1e-6*largest)
			}
		}
		total := 0.0
		for _, l := range losses {
			total += l / float64(len(losses))
		}
		assert.InDelta(t, total, mean, 1e-9)

		directions := randomModels(net, 3, 5)
		products := rows(3, len(samples))
		g.Directional(products, params, directions, samples)
		for k, direction := range directions {
			for j := range samples {
				want, size := 0.0, 0.0
				for i, v := range all[j*p:][:p] {
					want += float64(v) * float64(direction[i])
					size += math.Abs(float64(v) * float64(direction[i]))
				}
				require.InDelta(t, want, products[k][j], 1e-6*size)
			}
		}
	}
}

// A mean over so many samples that they are several rounds of blocks is the mean
// over all of them: here the derivatives are known.
func TestGradientOfManySamples(t *testing.T) {
	const n = 20_000
	d := targeted(t, n, []int{1}, 1)
	params := []float32{1.5, -0.25}
	var slope, intercept, loss float64
	for i := range n {
		x, y := float64(d.Input(i)[0]), float64(d.Target(i)[0])
		r := 1.5*x - 0.25 - y
		loss += r * r / 2 / n
		slope += r * x / n
		intercept += r / n
	}
	for _, workers := range []int{1, 3} {
		g := newGradients(t, LinearPerceptron(1), d, HalfSquaredError, workers)
		gradient := make([]float32, 2)
		assert.InEpsilon(t, loss, g.Gradient(gradient, params, firstSamples(n)), 1e-6)
		assert.InEpsilon(t, slope, float64(gradient[0]), 1e-5)
		assert.InEpsilon(t, intercept, float64(gradient[1]), 1e-5)
	}
}

// The derivative of a maximum of equal numbers goes to the first of them, as in
// PyTorch. With a weight of zero all numbers under a window are equal, and the
// derivative with respect to the weight is the input where the maximum is taken
// to be. A pooling of one pixel, which changes nothing, parts the other pooling
// from the convolution.
func TestGradientOfTiesGoesToTheFirst(t *testing.T) {
	x := make([]float32, 36)
	for i := range x {
		x[i] = float32(i + 1)
	}
	d, err := data.NewTargets(x, []int{1, 6, 6}, []float32{-1, -1, -1, -1})
	require.NoError(t, err)
	for _, pool := range []MaxPool2D{{Kernel: 3}, {Kernel: 4, Stride: 2}} {
		for name, layers := range map[string][]Layer{
			"after a convolution": {Conv2D{Channels: 1, Kernel: 1, NoBias: true}, pool, Flatten{}},
			"after a tanh":        {Conv2D{Channels: 1, Kernel: 1, NoBias: true}, Tanh{}, pool, Flatten{}},
			"alone":               {Conv2D{Channels: 1, Kernel: 1, NoBias: true}, MaxPool2D{Kernel: 1}, pool, Flatten{}},
			"after an activation": {Conv2D{Channels: 1, Kernel: 1, NoBias: true}, Tanh{}, Tanh{}, pool, Flatten{}},
		} {
			net := mustNetwork([]int{1, 6, 6}, layers...)
			step := pool.Stride
			if step == 0 {
				step = pool.Kernel
			}
			// The outputs are 0, the targets −1: each output has the derivative 1.
			first := x[0] + x[step] + x[6*step] + x[6*step+step]
			gradient := make([]float32, 1)
			newGradients(t, net, d, HalfSquaredError, 1).Gradient(gradient, []float32{0}, []int{0})
			assert.Equal(t, first, gradient[0], "%v, %s", pool, name)
		}
	}
}

// A gradientCase is a network, data and a loss to compute gradients of.
type gradientCase struct {
	net  *Network
	data *data.Dataset
	loss Loss
}

func gradientCases(t *testing.T, digits *data.Dataset) []gradientCase {
	targets := targeted(t, digits.Len(), []int{1, 28, 28}, 5)
	return []gradientCase{
		{MairCNN(), digits, CrossEntropy}, {leNet(), digits, CrossEntropy},
		{MairCNN(), targets, GaussianExp}, {MairCNN(), targets, GaussianSoftplus},
	}
}

// The number of workers does not change a bit, whatever the batch.
func TestGradientsDoNotDependOnWorkers(t *testing.T) {
	digits, err := data.Digits(500, random.Source(1))
	require.NoError(t, err)
	for _, c := range gradientCases(t, digits) {
		net := c.net
		params, directions := randomModels(net, 1, 3)[0], randomModels(net, 2, 5)
		one := newGradients(t, net, c.data, c.loss, 1)
		for _, batch := range []int{1, 16, 17, 100, 333, 700} {
			samples := randomSamples(c.data, batch, 4)
			want := make([]float32, net.Params())
			loss := one.Gradient(want, params, samples)
			slopes, each, losses := rows(2, batch), make([]float32, batch*net.Params()), make([]float64, batch)
			one.Directional(slopes, params, directions, samples)
			one.PerSample(each, losses, params, samples)
			for _, workers := range []int{2, 4} {
				several := newGradients(t, net, c.data, c.loss, workers)
				got := make([]float32, net.Params())
				for range 3 {
					require.Equal(t, loss, several.Gradient(got, params, samples))
					require.Equal(t, want, got)
				}
				slopesAgain, eachAgain, lossesAgain := rows(2, batch), make([]float32, len(each)), make([]float64, batch)
				several.Directional(slopesAgain, params, directions, samples)
				several.PerSample(eachAgain, lossesAgain, params, samples)
				require.Equal(t, slopes, slopesAgain)
				require.True(t, slices.Equal(each, eachAgain))
				require.Equal(t, losses, lossesAgain)
			}
		}
	}
}

func TestGradientsDoNotAllocate(t *testing.T) {
	digits, err := data.Digits(200, random.Source(1))
	require.NoError(t, err)
	for _, workers := range []int{1, 2} {
		for _, c := range gradientCases(t, digits) {
			net := c.net
			g := newGradients(t, net, c.data, c.loss, workers)
			params, samples := randomModels(net, 1, 3)[0], firstSamples(100)
			dst := make([]float32, net.Params())
			assert.Zero(t, testing.AllocsPerRun(10, func() { g.Gradient(dst, params, samples) }))
			per, losses, out := make([]float32, 100*net.Params()), make([]float64, 100), rows(1, 100)
			directions := [][]float32{params}
			assert.Zero(t, testing.AllocsPerRun(10, func() {
				g.PerSample(per, losses, params, samples)
				g.Directional(out, params, directions, samples)
			}))
		}
	}
}

// A parameter that is not finite makes the loss and the gradient not finite.
func TestGradientsOfInfiniteLosses(t *testing.T) {
	digits, err := data.Digits(20, random.Source(1))
	require.NoError(t, err)
	for _, bad := range []float64{math.NaN(), math.Inf(1), 1e38} {
		net := MairCNN()
		g := newGradients(t, net, digits, CrossEntropy, 1)
		params := randomModels(net, 1, 3)[0]
		params[net.Params()-1] = float32(bad)
		params[net.Params()-11] = float32(bad) * 10
		dst := make([]float32, net.Params())
		loss := g.Gradient(dst, params, firstSamples(20))
		assert.True(t, math.IsNaN(loss) || math.IsInf(loss, 1), "%v", loss)
		finite := !slices.ContainsFunc(dst, func(v float32) bool { return v-v != 0 })
		assert.False(t, finite)
	}
}

// A logit of −Inf that is not the label's is an overflow too: the loss of
// Gradients is that of Losses.
func TestGradientOfAnInfiniteOutput(t *testing.T) {
	d, err := data.NewLabeled([]float32{1}, []int{1}, []int{0}, 2)
	require.NoError(t, err)
	net := mustNetwork([]int{1}, Dense{Outputs: 2})
	params := []float32{1, 1, 0, float32(math.Inf(-1))}
	losses, dst := rows(1, 1), make([]float32, 4)
	newLosses(t, net, d, CrossEntropy, 1).Losses(losses, [][]float32{params}, []int{0})
	assert.Equal(t, math.Inf(1), losses[0][0])
	assert.Equal(t, math.Inf(1), newGradients(t, net, d, CrossEntropy, 1).Gradient(dst, params, []int{0}))
	assert.True(t, math.IsNaN(norm(dst)))
}

// A derivative beyond the largest float32 makes a gradient that is not finite, also
// of a finite loss.
func TestGradientBeyondFloat32(t *testing.T) {
	d := targeted(t, 1, []int{1}, 1)
	g := newGradients(t, mustNetwork([]int{1}, Dense{Outputs: 2}), d, GaussianExp, 1)
	dst := make([]float32, 4)
	loss := g.Gradient(dst, []float32{0, 0, 2, -100}, []int{0})
	residual := 2 - float64(d.Target(0)[0])
	assert.InEpsilon(t, residual*residual/2*math.Exp(200), loss, 1e-12)
	for _, v := range dst[2:] { // by the biases
		assert.True(t, math.IsInf(float64(v), 0), "%v", v)
	}
}

func TestGradientsErrors(t *testing.T) {
	digits, err := data.Digits(20, random.Source(1))
	require.NoError(t, err)
	_, err = NewGradients(nil, digits, CrossEntropy, Config{})
	assert.ErrorContains(t, err, "the network is nil")
	_, err = NewGradients(MairCNN(), nil, CrossEntropy, Config{})
	assert.ErrorContains(t, err, "the dataset is nil")
	_, err = NewGradients(LinearPerceptron(1), digits, CrossEntropy, Config{})
	assert.ErrorContains(t, err, "the dataset's inputs are 1×28×28")
	_, err = NewGradients(MairCNN(), digits, HalfSquaredError, Config{})
	assert.ErrorContains(t, err, "needs real targets")
	_, err = NewGradients(MairCNN(), digits, CrossEntropy, Config{Workers: -1})
	assert.ErrorContains(t, err, "Workers = -1")

	g := newGradients(t, MairCNN(), digits, CrossEntropy, 1)
	p := make([]float32, g.Params())
	assert.Panics(t, func() { g.Gradient(p[:1], p, []int{0}) })
	assert.Panics(t, func() { g.Gradient(p, p[:1], []int{0}) })
	assert.Panics(t, func() { g.Gradient(p, p, nil) })
	assert.Panics(t, func() { g.Gradient(p, p, []int{20}) })
	assert.Panics(t, func() { g.PerSample(p, nil, p, []int{0}) })
	assert.Panics(t, func() { g.Directional(nil, p, [][]float32{p}, []int{0}) })
	assert.Panics(t, func() { g.Directional(rows(1, 1), p, [][]float32{p[:1]}, []int{0}) })
	assert.Panics(t, func() { g.Directional(rows(1, 2), p, [][]float32{p}, []int{0}) })
	assert.Equal(t, 20, g.Samples())
	g.Close()
	g.Close()
}
