package engine

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// These tests compare what the stages give, dense and sparse, with the
// definition of the layers in package nntest, and with themselves for
// other blocks, orders and workers.

// sparseInputs returns a dataset of inputs of which four in five are zero.
func sparseInputs(t testing.TB, n int, shape []int) *data.Dataset {
	return labeled(t, n, shape, 2, 0.8)
}

func requireReference(t *testing.T, input []int, layers []Layer, net *network, params []float32, d *data.Dataset, i int, got []float32) {
	t.Helper()
	want, size := nntest.Reference(input, layers, params, d.Input(i))
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
		initNormal(params, 0.5, random.Source(seed, 101))
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
	digits, err := data.Digits(30, random.Source(1))
	require.NoError(t, err)
	color := labeled(t, 7, []int{3, 32, 32}, 10, 0)
	for _, c := range []struct {
		net    *network
		data   *data.Dataset
		sparse bool
	}{
		{mairCNN(), gray, false}, {mairCNN(), digits, true},
		{mlp(), gray, false}, {mlp(), digits, true},
		{leNet(), gray, false}, {leNet(), digits, true},
		{colorCNN(), color, false}, {colorCNN(), color, true},
	} {
		params := make([]float32, c.net.Params())
		initUniform(params, c.net, random.Source(4))
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
	networks := []*network{mairCNN(), mlp(), leNet()}
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
			if offsets := net.offsets(); len(offsets) > 2 { // some share leading layers
				copy(models[2][:offsets[2]], models[0])
			}
			want := rows(3, d.Len())
			l := newLosses(t, net, d, NewCrossEntropy, 1)
			for k := range models {
				for i := range d.Len() {
					l.Losses([][]float64{want[k][i : i+1]}, models[k:k+1], []int{i})
				}
			}
			for _, workers := range []int{1, 2, 4} {
				l := newLosses(t, net, d, NewCrossEntropy, workers)
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
		initNormal(params, 0.5, source)
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
				want, _ := nntest.Reference(input, layers, params, d.Input(i))
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

func TestRandomNetworks(t *testing.T) {
	const networks, n = 400, 3
	for seed := range uint64(networks) {
		input, layers, net := randomNetwork(seed)
		for _, zeros := range []float64{0, 0.7} {
			d := targeted(t, n, input, net.Outputs())
			if zeros > 0 {
				d = labeled(t, n, input, 2, zeros)
			}
			params := make([]float32, net.Params())
			initNormal(params, 0.5, random.Source(seed, 101))
			output := make([]float32, n*net.Outputs())
			NewEvaluator(&net.program).Outputs(output, params, d, firstSamples(n))
			for i := range n {
				want, size := nntest.Reference(input, layers, params, d.Input(i))
				for k, v := range want {
					got := float64(output[i*net.Outputs()+k])
					if !(math.Abs(got-v) <= 5e-7*size[k]) {
						t.Fatalf("seed %d, sample %d, output %d: %v, want %v ± %.1e\n%v", seed, i, k, got, v, 5e-7*size[k], net)
					}
				}
			}
		}
	}
}

// TestOutputsAndLossesAgree compares the two ways of the package that lead to
// the loss, for networks of one layer too.
func TestOutputsAndLossesAgree(t *testing.T) {
	for _, inputs := range []int{1, 2, 3, 4, 5, 11} {
		for _, noBias := range []bool{false, true} {
			t.Run(fmt.Sprintf("inputs=%d,noBias=%v", inputs, noBias), func(t *testing.T) {
				net, err := newNetwork([]int{inputs}, Dense{Outputs: 1, NoBias: noBias})
				require.NoError(t, err)
				d := targeted(t, 50, []int{inputs}, 1)
				model := randomModels(net, 1, 3)
				samples := randomSamples(d, 80, 4)
				losses := rows(1, len(samples))
				outputs := make([]float32, len(samples))
				l := newLosses(t, net, d, NewHalfSquaredError, 1)
				l.Losses(losses, model, samples)
				NewEvaluator(&net.program).Outputs(outputs, model[0], d, samples)
				for j, i := range samples {
					residual := float64(outputs[j]) - float64(d.Target(i)[0])
					// On processors with a fused multiply-add the compiler may
					// round the output differently in the two.
					require.InDelta(t, residual*residual/2, losses[0][j], 1e-6*math.Abs(residual))
				}
			})
		}
	}
}
