package joint

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// randomData returns samples with random truth for a family.
func randomData(t testing.TB, f Family, n int, shape []int, outputs int) *data.Dataset {
	t.Helper()
	r := rand.New(random.Source(3, uint64(f)))
	size := 1
	for _, length := range shape {
		size *= length
	}
	inputs := make([]float32, n*size)
	for i := range inputs {
		inputs[i] = float32(r.NormFloat64())
	}
	if f == Softmax {
		labels := make([]int, n)
		for i := range labels {
			labels[i] = r.IntN(outputs)
		}
		d, err := data.NewLabeled(inputs, shape, labels, outputs)
		require.NoError(t, err)
		return d
	}
	targets := make([]float32, n*outputs)
	for i := range targets {
		targets[i] = float32(r.NormFloat64())
		if f == Poisson {
			targets[i] = float32(r.IntN(5))
		}
	}
	d, err := data.NewTargets(inputs, shape, targets)
	require.NoError(t, err)
	return d
}

func mustNetwork(t testing.TB, input []int, layers ...nn.Layer) *nn.Network {
	t.Helper()
	net, err := nn.NewNetwork(input, layers...)
	require.NoError(t, err)
	return net
}

// gradientOf returns the loss, and the gradient of each module.
func gradientOf(g gradient, modules [][]float32, samples []int) (float64, [][]float32) {
	params, dst := make([]float32, g.Params()), make([]float32, g.Params())
	g.pack(params, modules)
	loss := g.Gradient(dst, params, samples)
	result := make([][]float32, len(modules))
	for j := range result {
		result[j] = make([]float32, len(modules[j]))
	}
	g.unpack(result, dst)
	return loss, result
}

func norm(rows [][]float32) float64 {
	largest := 0.0
	for _, row := range rows {
		for _, v := range row {
			largest = max(largest, math.Abs(float64(v)))
		}
	}
	return largest
}

func requireNear(t *testing.T, want, got [][]float32, relative float64) {
	t.Helper()
	tolerance := relative * norm(want)
	for j := range want {
		for i, w := range want[j] {
			if !(math.Abs(float64(w)-float64(got[j][i])) <= tolerance) {
				t.Fatalf("module %d, parameter %d: %v, want %v ± %.1e", j, i, got[j][i], w, tolerance)
			}
		}
	}
}

func repeated(n, below int) []int {
	r := rand.New(random.Source(4))
	samples := make([]int, n)
	for i := range samples {
		samples[i] = r.IntN(below)
	}
	return samples
}

// All modules at once give what one after the other gives, for any depth, family, λ
// and number of workers.
func TestBothWaysAgree(t *testing.T) {
	for _, f := range families {
		for name, layers := range map[string][]nn.Layer{
			"linear":      {nn.Flatten{}, nn.Dense{Outputs: 5}},
			"one hidden":  {nn.Flatten{}, nn.Dense{Outputs: 4}, nn.ReLU{}, nn.Dense{Outputs: 5}},
			"two hidden":  {nn.ReLU{}, nn.Flatten{}, nn.Dense{Outputs: 9, NoBias: true}, nn.Tanh{}, nn.Dense{Outputs: 17}, nn.ReLU{}, nn.Dense{Outputs: 5, NoBias: true}},
			"active ends": {nn.Flatten{}, nn.Dense{Outputs: 3}, nn.Tanh{}, nn.Dense{Outputs: 5}, nn.Tanh{}},
		} {
			net := mustNetwork(t, []int{2, 3, 2}, layers...)
			d := randomData(t, f, 70, net.InputShape(), 5)
			modules := Initialize(net, 7, random.Source(5))
			samples := repeated(90, d.Len())
			for _, lambda := range []float64{0, 0.6, 1} {
				l, err := newLoss(net, 7, d, Config{Family: f, Lambda: lambda})
				require.NoError(t, err)
				one, err := newModulewiseGradient(net, l, 1)
				require.NoError(t, err)
				want, gradients := gradientOf(one, modules, samples)
				for _, workers := range []int{1, 3} {
					g, err := newGradient(net, 7, d, Config{Family: f, Lambda: lambda, Workers: workers})
					require.NoError(t, err)
					require.IsType(t, new(stackGradient), g)
					got, all := gradientOf(g, modules, samples)
					require.InDelta(t, want, got, 1e-6*(1+want), "%v, %s", f, name)
					requireNear(t, gradients, all, 3e-6)
					g.Close()
				}
			}
		}
	}
}

// The gradient with respect to the parameters is that of the loss, by differences.
func TestGradientAgreesWithDifferences(t *testing.T) {
	for _, f := range families {
		net := mustNetwork(t, []int{6}, nn.Dense{Outputs: 5}, nn.Tanh{}, nn.Dense{Outputs: 3})
		d := randomData(t, f, 20, net.InputShape(), 3)
		g, err := newGradient(net, 4, d, Config{Family: f, Lambda: 0.7})
		require.NoError(t, err)
		defer g.Close()
		samples := repeated(20, 20)
		params, gradient := make([]float32, g.Params()), make([]float32, g.Params())
		g.pack(params, Initialize(net, 4, random.Source(6)))
		g.Gradient(gradient, params, samples)
		r := rand.New(random.Source(7))
		for range 5 {
			up, down, moved := make([]float32, len(params)), make([]float32, len(params)), make([]float32, len(params))
			want, scale := 0.0, 0.0
			for i, p := range params {
				h := 2e-3 * r.NormFloat64()
				up[i], down[i] = p+float32(h), p-float32(h)
				step := float64(up[i]-down[i]) * float64(gradient[i])
				want += step
				scale += step * step
			}
			got := g.Gradient(moved, up, samples) - g.Gradient(moved, down, samples)
			require.InDelta(t, want, got, 1e-3*math.Sqrt(scale), "%v", f)
		}
	}
}

// With λ = 0 the gradient of each of M modules is exactly 1/M of what it is alone,
// here with an M by which division is exact, and that is the gradient of package nn.
func TestIndependentModules(t *testing.T) {
	const modules = 8
	for _, f := range []Family{Softmax, Gaussian} {
		net := mustNetwork(t, []int{1, 6, 6}, nn.Conv2D{Channels: 3, Kernel: 3}, nn.ReLU{}, nn.Flatten{}, nn.Dense{Outputs: 4})
		d := randomData(t, f, 50, net.InputShape(), 4)
		g, err := newGradient(net, modules, d, Config{Family: f})
		require.NoError(t, err)
		require.IsType(t, new(modulewiseGradient), g)
		all := Initialize(net, modules, random.Source(8))
		samples := repeated(40, 50)
		loss, gradients := gradientOf(g, all, samples)
		of := map[Family]nn.Loss{Softmax: nn.CrossEntropy, Gaussian: nn.HalfSquaredError}[f]
		direct, err := nn.NewGradients(net, d, of, nn.Config{})
		require.NoError(t, err)
		single, err := newGradient(net, 1, d, Config{Family: f})
		require.NoError(t, err)
		sum := 0.0
		for j, module := range all {
			_, alone := gradientOf(single, [][]float32{module}, samples)
			for i, v := range alone[0] {
				require.Equal(t, v/modules, gradients[j][i], "%v, module %d, parameter %d", f, j, i)
			}
			want := make([]float32, net.Params())
			sum += direct.Gradient(want, module, samples) / modules
			requireNear(t, [][]float32{want}, alone, 1e-6)
		}
		assert.InDelta(t, sum, loss, 1e-9)
	}
}

// The number of workers does not change a bit, by either way.
func TestGradientsDoNotDependOnWorkers(t *testing.T) {
	for _, net := range []*nn.Network{
		mustNetwork(t, []int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: 8}, nn.ReLU{}, nn.Dense{Outputs: 10}),
		mustNetwork(t, []int{1, 28, 28}, nn.Conv2D{Channels: 4, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 4}, nn.Flatten{}, nn.Dense{Outputs: 10}),
	} {
		d, err := data.Digits(100, random.Source(1))
		require.NoError(t, err)
		modules, samples := Initialize(net, 20, random.Source(9)), repeated(130, 100)
		var loss float64
		var want [][]float32
		for _, workers := range []int{1, 2, 3} {
			g, err := newGradient(net, len(modules), d, Config{Lambda: 0.9, Workers: workers})
			require.NoError(t, err)
			got, gradients := gradientOf(g, modules, samples)
			if workers == 1 {
				loss, want = got, gradients
			}
			require.Equal(t, loss, got)
			require.Equal(t, want, gradients)
			g.Close()
		}
	}
}

func TestGradientsDoNotAllocate(t *testing.T) {
	d, err := data.Digits(200, random.Source(1))
	require.NoError(t, err)
	for _, net := range []*nn.Network{perceptron(t, d, 4), nn.MairCNN()} {
		for _, lambda := range []float64{0, 0.5, 1} {
			g, err := newGradient(net, 3, d, Config{Lambda: lambda})
			require.NoError(t, err)
			defer g.Close()
			params, dst, samples := make([]float32, g.Params()), make([]float32, g.Params()), repeated(100, 200)
			g.pack(params, Initialize(net, 3, random.Source(1)))
			assert.Zero(t, testing.AllocsPerRun(5, func() { g.Gradient(dst, params, samples) }), fmt.Sprint(net.Architecture(), lambda))
		}
	}
}
