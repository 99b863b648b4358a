package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// These tests compare what the stages give, dense and sparse, with the
// definition of the layers in reference_test.go, and with themselves for
// other blocks, orders and workers.

// randomDeepNetwork returns a network that is large enough for several panels
// of channels and several blocks of pixels in a row.
func randomDeepNetwork(seed uint64) (input []int, layers []Layer, net *Network) {
	source := random.Source(seed, 200)
	below := func(n int) int { return random.Below(source, n) }
	for {
		input = []int{1 + below(4), 1 + below(26), 1 + below(26)}
		layers = nil
		activation := func() {
			switch below(4) {
			case 0:
				layers = append(layers, Tanh{})
			case 1, 2:
				layers = append(layers, ReLU{})
			}
		}
		for range below(3) {
			channels := 1 + below(20)
			if below(4) == 0 {
				channels = 1 + below(70)
			}
			layers = append(layers, Conv2D{Channels: channels, Kernel: 1 + below(7), Stride: 1 + below(1+below(3)), Padding: below(2) * below(4), NoBias: below(3) == 0})
			activation()
			if below(2) == 0 {
				layers = append(layers, MaxPool2D{Kernel: 1 + below(4), Stride: below(4)})
				activation()
			}
		}
		if below(4) > 0 {
			layers = append(layers, Flatten{}, Dense{Outputs: 1 + below(150), NoBias: below(3) == 0})
			activation()
			layers = append(layers, Dense{Outputs: 2 + below(12)})
		}
		if len(layers) == 0 {
			continue
		}
		net, err := NewNetwork(input, layers...)
		if err == nil && net.MultiplyAdds() < 2_000_000 {
			return input, layers, net
		}
	}
}

// sparseInputs returns a dataset of inputs of which four in five are zero.
func sparseInputs(t testing.TB, n int, shape []int) *data.Dataset {
	return labeled(t, n, shape, 2, 0.8)
}

func requireReference(t *testing.T, input []int, layers []Layer, net *Network, params []float32, d *data.Dataset, i int, got []float32) {
	t.Helper()
	want, size := reference(input, layers, params, d.Input(i))
	require.Len(t, got, len(want))
	for k, v := range want {
		if !(math.Abs(float64(got[k])-v) <= 5e-7*size[k]) {
			t.Fatalf("sample %d, output %d: %v, want %v ± %.1e\n%v", i, k, got[k], v, 5e-7*size[k], net)
		}
	}
}

func TestDeepNetworks(t *testing.T) {
	const n = 4
	networks, sparseOnes := uint64(250), 0
	if testing.Short() {
		networks = 60
	}
	for seed := range networks {
		input, layers, net := randomDeepNetwork(seed)
		p := newPlan(&net.program)
		params := make([]float32, net.Params())
		InitNormal(params, 0.5, random.Source(seed, 101))
		for _, sparse := range []bool{false, true} {
			d := labeled(t, n, input, 2, 0)
			if sparse {
				if p.sparse == nil {
					continue
				}
				sparseOnes++
				d = sparseInputs(t, n, input)
			}
			got := evaluate(newForward(p, sparse), [][]float32{params}, d, firstSamples(n))[0]
			for i := range n {
				requireReference(t, input, layers, net, params, d, i, got[i*net.Outputs():][:net.Outputs()])
			}
		}
	}
	require.Greater(t, sparseOnes, int(networks)/3)
}

func TestKnownNetworks(t *testing.T) {
	gray := labeled(t, 30, []int{1, 28, 28}, 10, 0)
	digits, err := data.Digits(30, 1)
	require.NoError(t, err)
	color := labeled(t, 7, []int{3, 32, 32}, 10, 0)
	for _, c := range []struct {
		net    *Network
		data   *data.Dataset
		sparse bool
	}{
		{MairCNN(), gray, false}, {MairCNN(), digits, true},
		{mlp(), gray, false}, {mlp(), digits, true},
		{leNet(), gray, false}, {leNet(), digits, true},
		{colorCNN(), color, false}, {colorCNN(), color, true},
	} {
		params := make([]float32, c.net.Params())
		InitUniform(params, c.net, random.Source(4))
		samples := []int{0, 3, 6}
		got := evaluate(newForward(newPlan(&c.net.program), c.sparse), [][]float32{params}, c.data, samples)[0]
		for j, i := range samples {
			requireReference(t, c.net.program.Input, c.net.layers, c.net, params, c.data, i, got[j*c.net.Outputs():][:c.net.Outputs()])
		}
	}
}

// TestSameBitsWhateverTheCall compares the losses of samples one by one with
// those of calls of many samples and models, in other orders, for any number
// of workers.
func TestSameBitsWhateverTheCall(t *testing.T) {
	networks := []*Network{MairCNN(), mlp(), leNet()}
	for seed := range uint64(25) {
		_, _, net := randomDeepNetwork(seed + 1000)
		networks = append(networks, net)
	}
	source := random.Source(9)
	for _, net := range networks {
		if net.Outputs() < 2 {
			continue
		}
		for _, zeros := range []float64{0, 0.8} {
			d := labeled(t, 50, net.program.Input, net.Outputs(), zeros)
			models := randomModels(net, 3, 1)
			if blocks := net.Blocks(); len(blocks) > 2 { // some share leading layers
				copy(models[2][:blocks[2].Offset], models[0])
			}
			want := rows(3, d.Len())
			l := newLosses(t, net, d, CrossEntropy, 1)
			for k := range models {
				for i := range d.Len() {
					l.Losses([][]float64{want[k][i : i+1]}, models[k:k+1], []int{i})
				}
			}
			for _, workers := range []int{1, 2, 4} {
				l := newLosses(t, net, d, CrossEntropy, workers)
				l.team.Least = 0
				for range 3 {
					order := []int{0, 1, 2}
					for k := range order {
						other := random.Below(source, 3)
						order[k], order[other] = order[other], order[k]
					}
					order = order[:1+random.Below(source, 3)]
					list := make([][]float32, len(order))
					for k, model := range order {
						list[k] = models[model]
					}
					samples := make([]int, 1+random.Below(source, 120))
					for j := range samples {
						samples[j] = random.Below(source, d.Len())
					}
					got := rows(len(order), len(samples))
					l.Losses(got, list, samples)
					for k, model := range order {
						for j, i := range samples {
							require.Equal(t, want[model][i], got[k][j], "%d workers, models %v, place %d of %d\n%v", workers, order, j, len(samples), net)
						}
					}
				}
				l.Close()
			}
		}
	}
}

func class(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "−Inf"
	}
	return "finite"
}

// TestClassesOfNetworksThatAreNotFinite puts NaN and infinities in place of
// random parameters: all outputs must be of the same class as by definition.
func TestClassesOfNetworksThatAreNotFinite(t *testing.T) {
	const n = 3
	found := make(map[string]int)
	for seed := range uint64(600) {
		input, layers, net := randomNetwork(seed)
		if seed%3 == 0 {
			input, layers, net = randomDeepNetwork(seed)
		}
		if net.Params() == 0 {
			continue
		}
		source := random.Source(seed, 5)
		params := make([]float32, net.Params())
		InitNormal(params, 0.5, source)
		for range 1 + random.Below(source, 2) {
			at := random.Below(source, len(params))
			if seed%2 == 0 { // more in the first layers
				at = random.Below(source, min(len(params), 40))
			}
			params[at] = float32([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[random.Below(source, 3)])
		}
		d := sparseInputs(t, n, input)
		for _, sparse := range []bool{false, true} {
			got := evaluate(newForward(newPlan(&net.program), sparse), [][]float32{params}, d, firstSamples(n))[0]
			for i := range n {
				want, _ := reference(input, layers, params, d.Input(i))
				for k, v := range want {
					require.Equal(t, class(v), class(float64(got[i*net.Outputs()+k])), "seed %d, sample %d, output %d\n%v", seed, i, k, net)
					found[class(v)]++
				}
			}
		}
	}
	for _, name := range []string{"NaN", "+Inf", "−Inf", "finite"} {
		require.Greater(t, found[name], 100, name)
	}
}
