package engine

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// A definition is a loss written out: of the outputs, in float64, for a sample.
type definition func(output []float64, d *data.Dataset, i int) float64

func halfSquaredErrorBy(output []float64, d *data.Dataset, i int) (sum float64) {
	for k, y := range output {
		r := y - float64(d.Target(i)[k])
		sum += r * r / 2
	}
	return sum
}

func crossEntropyBy(output []float64, d *data.Dataset, i int) float64 {
	top, sum := output[0], 0.0
	for _, z := range output {
		top = max(top, z)
	}
	for _, z := range output {
		sum += math.Exp(z - top)
	}
	return top + math.Log(sum) - output[d.Label(i)]
}

// gaussianBy is −ln of the density of normal distributions.
func gaussianBy(scale func(z float64) float64) definition {
	return func(output []float64, d *data.Dataset, i int) (sum float64) {
		for k, y := range d.Target(i) {
			sigma := scale(output[d.Outputs()+k])
			q := (float64(y) - output[k]) / sigma
			sum += math.Log(2*math.Pi)/2 + math.Log(sigma) + q*q/2
		}
		return sum
	}
}

func softplusBy(z float64) float64 { return math.Log(1+math.Exp(z)) + 1e-6 }

// An objectiveCase is a loss and its definition.
type objectiveCase struct {
	name       string
	loss       NewObjective
	definition definition
	// scales says that outputs are scales, and must not round by much then.
	scales bool
	// data returns a dataset for a network with so many outputs, nil if none fits.
	data func(t testing.TB, n int, input []int, outputs int) *data.Dataset
}

func objectiveCases() []objectiveCase {
	halves := func(t testing.TB, n int, input []int, outputs int) *data.Dataset {
		if outputs%2 > 0 {
			return nil
		}
		return targeted(t, n, input, outputs/2)
	}
	return []objectiveCase{
		{"squared error", NewHalfSquaredError, halfSquaredErrorBy, false, targeted},
		{"cross-entropy", NewCrossEntropy, crossEntropyBy, false, func(t testing.TB, n int, input []int, outputs int) *data.Dataset {
			if outputs < 2 {
				return nil
			}
			return labeled(t, n, input, outputs, 0.5)
		}},
		{"Gaussian, exp", NewGaussianExp, gaussianBy(math.Exp), true, halves},
		{"Gaussian, softplus", NewGaussianSoftplus, gaussianBy(softplusBy), true, halves},
	}
}

// referenceLoss is the mean loss of layers evaluated in float64.
func referenceLoss[P float32 | float64](of definition, layers []Layer, input []int, params []P, d *data.Dataset) float64 {
	sum := 0.0
	for i := range d.Len() {
		sum += referenceLossOf(of, layers, input, params, d, i)
	}
	return sum / float64(d.Len())
}

// referenceLossOf is the loss of one sample.
func referenceLossOf[P float32 | float64](of definition, layers []Layer, input []int, params []P, d *data.Dataset, i int) float64 {
	output, _ := nntest.Reference(input, layers, params, d.Input(i))
	return of(output, d, i)
}

// sizeOf returns the largest sum of absolute terms that an output is computed from.
func sizeOf(net *network, params []float32, d *data.Dataset) (largest float64) {
	for i := range d.Len() {
		_, size := nntest.Reference(net.program.Input, net.layers, params, d.Input(i))
		largest = max(largest, slices.Max(size))
	}
	return largest
}

// Gradients of random networks agree with central differences of the
// definition in float64, in random directions. Near a kink the difference is
// not the derivative: two steps that disagree tell.
func TestGradientsAgreeWithDifferences(t *testing.T) {
	const networks, n = 300, 3
	checked := make(map[string]int)
	for seed := range uint64(networks) {
		input, layers, net := randomNetwork(seed)
		if net.Params() == 0 {
			continue
		}
		for _, c := range objectiveCases() {
			d := c.data(t, n, input, net.Outputs())
			if d == nil {
				continue
			}
			params := make([]float32, net.Params())
			initNormal(params, 0.5, random.Source(seed, 101))
			if c.scales && sizeOf(net, params, d) > 10 {
				initNormal(params, 0.1, random.Source(seed, 101))
			}
			direction := make([]float32, net.Params())
			initNormal(direction, 1, random.Source(seed, 102))
			g := newGradients(t, net, d, c.loss, 1)
			gradient := make([]float32, net.Params())
			got := g.Gradient(gradient, params, firstSamples(n))
			want := referenceLoss(c.definition, layers, input, params, d)
			require.InDelta(t, want, got, 1e-5*(1+math.Abs(want)), "seed %d, %v", seed, c.name)

			slope := func(step float64) float64 {
				at := func(step float64) float64 {
					moved := make([]float64, len(params))
					for i, p := range params {
						moved[i] = float64(p) + step*float64(direction[i])
					}
					return referenceLoss(c.definition, layers, input, moved, d)
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
			require.InDelta(t, inner, mean, 1e-5*size, "seed %d, %v\n%v", seed, c.name, net)
			if math.Abs(coarse-fine) > 1e-6*size {
				continue
			}
			checked[c.name]++
			require.InDelta(t, fine, inner, 1e-5*size, "seed %d, %v\n%v", seed, c.name, net)
		}
	}
	t.Logf("gradients checked: %v", checked)
	for _, c := range objectiveCases() {
		require.Greater(t, checked[c.name], networks/4, c.name)
	}
	require.Greater(t, checked["squared error"]+checked["cross-entropy"], networks)
}

// Samples that are listed so often that they take several rounds have the gradient and
// the loss that they have once.
func TestGradientOfSeveralRounds(t *testing.T) {
	const n = 64
	net := mustNetwork([]int{2}, Dense{Outputs: 3}, ReLU{}, Dense{Outputs: 2})
	d := targeted(t, n, []int{2}, 1)
	params := randomModels(net, 1, 7)[0]
	once := make([]float32, net.Params())
	for _, workers := range []int{1, 3} {
		g := newGradients(t, net, d, NewGaussianSoftplus, workers)
		loss := g.Gradient(once, params, firstSamples(n))
		most := len(g.call.gradients)
		require.Greater(t, most, 100) // a short gradient has long rounds
		for _, times := range []int{most - 1, most, most + 1, 2*most + 3} {
			var samples []int
			for range times {
				samples = append(samples, firstSamples(n)...)
			}
			got := make([]float32, net.Params())
			require.InDelta(t, loss, g.Gradient(got, params, samples), 1e-12)
			require.InDeltaSlice(t, once, got, 1e-6, "%d times, %d workers", times, workers)
		}
	}
}
