package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// referenceLoss is the mean loss of layers evaluated in float64.
func referenceLoss[P float32 | float64](c []Layer, input []int, params []P, d *data.Dataset) float64 {
	sum := 0.0
	for i := range d.Len() {
		sum += referenceLossOf(c, input, params, d, i)
	}
	return sum / float64(d.Len())
}

// referenceLossOf is the loss of one sample.
func referenceLossOf[P float32 | float64](c []Layer, input []int, params []P, d *data.Dataset, i int) float64 {
	output, _ := nntest.Reference(input, c, params, d.Input(i))
	sum := 0.0
	if d.Outputs() > 0 {
		for k, y := range output {
			r := y - float64(d.Target(i)[k])
			sum += r * r / 2
		}
		return sum
	}
	top := output[0]
	for _, z := range output {
		top = max(top, z)
	}
	for _, z := range output {
		sum += math.Exp(z - top)
	}
	return top + math.Log(sum) - output[d.Label(i)]
}

// Gradients of random networks agree with central differences of the
// definition in float64, in random directions. Near a kink the difference is
// not the derivative: two steps that disagree tell.
func TestGradientsAgreeWithDifferences(t *testing.T) {
	const networks, n = 300, 3
	checked := 0
	for seed := range uint64(networks) {
		input, layers, net := randomNetwork(seed)
		if net.Params() == 0 {
			continue
		}
		for name, loss := range map[string]NewObjective{"squared error": NewHalfSquaredError, "cross-entropy": NewCrossEntropy} {
			var d *data.Dataset
			if name == "squared error" {
				d = targeted(t, n, input, net.Outputs())
			} else if net.Outputs() < 2 {
				continue
			} else {
				d = labeled(t, n, input, net.Outputs(), 0.5)
			}
			params := make([]float32, net.Params())
			initNormal(params, 0.5, random.Source(seed, 101))
			direction := make([]float32, net.Params())
			initNormal(direction, 1, random.Source(seed, 102))
			g := newGradients(t, net, d, loss, 1)
			gradient := make([]float32, net.Params())
			got := g.Gradient(gradient, params, firstSamples(n))
			want := referenceLoss(layers, input, params, d)
			require.InDelta(t, want, got, 1e-5*(1+want), "seed %d", seed)

			slope := func(step float64) float64 {
				at := func(step float64) float64 {
					moved := make([]float64, len(params))
					for i, p := range params {
						moved[i] = float64(p) + step*float64(direction[i])
					}
					return referenceLoss(layers, input, moved, d)
				}
				return (at(step) - at(-step)) / (2 * step)
			}
			coarse, fine := slope(1e-6), slope(5e-7)
			inner, size := 0.0, 0.0
			for i, v := range gradient {
				inner += float64(v) * float64(direction[i])
				size += math.Abs(float64(v) * float64(direction[i]))
			}
			derivatives := rows(1, n)
			g.Directional(derivatives, params, [][]float32{direction}, firstSamples(n))
			mean := 0.0
			for _, v := range derivatives[0] {
				mean += v / n
			}
			require.InDelta(t, inner, mean, 1e-5*size, "seed %d, %v\n%v", seed, name, net)
			if math.Abs(coarse-fine) > 1e-6*size {
				continue
			}
			checked++
			require.InDelta(t, fine, inner, 1e-5*size, "seed %d, %v\n%v", seed, name, net)
		}
	}
	t.Logf("%d gradients checked", checked)
	require.Greater(t, checked, networks)
}
