package engine

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/nntest"
)

// lossOf returns the loss of one sample by Losses, and checks that by Derive.
func lossOf(t *testing.T, loss NewObjective, outputs []float32, d *data.Dataset) float64 {
	t.Helper()
	var dst [1]float64
	o := loss(d, 1)
	o.Losses(dst[:], outputs, []int{0})
	_, derived := deriveOf(o, outputs)
	if math.IsInf(dst[0], 1) && allFinite(outputs) {
		assert.Equal(t, dst[0], derived)
	} else if allFinite(outputs) {
		assert.InEpsilon(t, 1+dst[0], 1+derived, 1e-14)
	} else {
		assert.True(t, derived-derived != 0, "%v of outputs %v", derived, outputs)
	}
	return dst[0]
}

// deriveOf returns the derivatives of sample 0, and its loss.
func deriveOf(o Objective, outputs []float32) (slopes []float32, loss float64) {
	slopes, losses := make([]float32, len(outputs)), make([]float64, 1)
	o.Derive(losses, slopes, outputs, []int{0})
	return slopes, losses[0]
}

func crossEntropyOf(t *testing.T, logits []float32, label int) float64 {
	d, err := data.NewLabeled([]float32{0}, []int{1}, []int{label}, len(logits))
	require.NoError(t, err)
	return lossOf(t, NewCrossEntropy, logits, d)
}

func halfSquaredErrorOf(t *testing.T, output, target []float32) float64 {
	d, err := data.NewTargets([]float32{0}, []int{1}, target)
	require.NoError(t, err)
	return lossOf(t, NewHalfSquaredError, output, d)
}

func TestCrossEntropy(t *testing.T) {
	for _, c := range []struct {
		name   string
		logits []float32
		label  int
		want   float64
	}{
		{"even", []float32{0, 0, 0, 0}, 2, math.Log(4)},
		{"shifted", []float32{1000, 1000}, 0, math.Ln2},
		{"shifted down", []float32{-1e30, -1e30}, 1, math.Ln2},
		{"two classes", []float32{1, 3}, 0, math.Log1p(math.Exp(2))},
		{"two classes, other label", []float32{1, 3}, 1, math.Log1p(math.Exp(-2))},
		{"certain", []float32{50, 0, 10}, 0, math.Exp(-50) + math.Exp(-40)},
		{"certain and wrong", []float32{3e38, 0}, 1, float64(float32(3e38))},
		{"beyond the largest float32", []float32{3e38, -3e38}, 1, 2 * float64(float32(3e38))},
		{"three classes", []float32{-1, 0.5, 2}, 1, math.Log(math.Exp(-1)+math.Exp(0.5)+math.Exp(2)) - 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.InEpsilon(t, c.want, crossEntropyOf(t, c.logits, c.label), 1e-14)
		})
	}
	assert.Equal(t, 0.0, crossEntropyOf(t, []float32{1000, 0}, 0))
}

func TestHalfSquaredError(t *testing.T) {
	assert.Equal(t, 0.5*(1+9), halfSquaredErrorOf(t, []float32{1, 2}, []float32{2, 5}))
	assert.Equal(t, 0.0, halfSquaredErrorOf(t, []float32{1}, []float32{1}))
	huge := float64(float32(3e38))
	assert.InEpsilon(t, 2*huge*huge, halfSquaredErrorOf(t, []float32{3e38}, []float32{-3e38}), 1e-14)
}

func TestLossesOfOutputsThatAreNotFinite(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		output []float32
		want   float64
	}{
		{[]float32{inf, 0, 1}, math.Inf(1)},
		{[]float32{0, inf, 1}, math.Inf(1)},
		{[]float32{-inf, 0, 1}, math.Inf(1)},
		{[]float32{0, 3, -inf}, math.Inf(1)},
		{[]float32{inf, inf, inf}, math.Inf(1)},
		{[]float32{-inf, -inf, -inf}, math.Inf(1)},
		{[]float32{inf, -inf, 0}, math.Inf(1)},
		{[]float32{nan, 0, 1}, math.NaN()},
		{[]float32{0, 1, nan}, math.NaN()},
		{[]float32{inf, nan, -inf}, math.NaN()},
		{[]float32{nan, nan, nan}, math.NaN()},
	} {
		for label := range c.output {
			assertSame(t, c.want, crossEntropyOf(t, c.output, label), c.output)
		}
		assertSame(t, c.want, halfSquaredErrorOf(t, c.output, []float32{1, 2, 3}), c.output)
		for name, loss := range gaussians {
			finite := []float32{0, 2, -1}
			for _, outputs := range [][]float32{slices.Concat(c.output, finite), slices.Concat(finite, c.output)} {
				assertSame(t, c.want, gaussianOf(t, loss, outputs, []float32{0, 1, -1}), "%s of %v", name, outputs)
			}
		}
	}
}

// assertSame takes NaN as equal to NaN.
func assertSame(t *testing.T, want, got float64, message ...any) {
	t.Helper()
	if math.IsNaN(want) {
		assert.True(t, math.IsNaN(got), message...)
		return
	}
	assert.Equal(t, want, got, message...)
}

// logCosh is a loss that the package does not have: Σ ln cosh(output − target).
type logCosh struct{ data *data.Dataset }

func (o logCosh) Losses(dst []float64, outputs []float32, samples []int) {
	o.Derive(dst, make([]float32, len(outputs)), outputs, samples)
}

func (o logCosh) Derive(losses []float64, slopes, outputs []float32, samples []int) {
	n := o.data.Outputs()
	for j, i := range samples {
		losses[j] = 0
		for k, y := range outputs[j*n:][:n] {
			difference := float64(y) - float64(o.data.Target(i)[k])
			slopes[j*n+k] = float32(math.Tanh(difference))
			losses[j] += math.Log(math.Cosh(difference))
		}
	}
}

// A further loss is one type: its losses and its gradients follow.
func TestAnotherObjective(t *testing.T) {
	const n = 30
	net := mustNetwork([]int{1, 6, 6}, Conv2D{Channels: 4, Kernel: 3}, Tanh{}, Flatten{}, Dense{Outputs: 3})
	d := targeted(t, n, []int{1, 6, 6}, 3)
	newObjective := func(d *data.Dataset, _ int) Objective { return logCosh{d} }
	models := randomModels(net, 2, 1)
	losses, samples := rows(2, n), firstSamples(n)
	newLosses(t, net, d, newObjective, 2).Losses(losses, models, samples)
	mean := 0.0
	for i := range n {
		want := 0.0
		output, _ := nntest.Reference(net.program.Input, net.layers, models[1], d.Input(i))
		for k, y := range output {
			want += math.Log(math.Cosh(y - float64(d.Target(i)[k])))
		}
		assert.InDelta(t, want, losses[1][i], 1e-6)
		mean += want / n
	}
	g := newGradients(t, net, d, newObjective, 2)
	gradient := make([]float32, net.Params())
	assert.InDelta(t, mean, g.Gradient(gradient, models[1], samples), 1e-6)
	for i := range gradient {
		at := func(step float64) (mean float64) {
			moved := make([]float64, net.Params())
			for k, v := range models[1] {
				moved[k] = float64(v)
			}
			moved[i] += step
			for j := range n {
				output, _ := nntest.Reference(net.program.Input, net.layers, moved, d.Input(j))
				for k, y := range output {
					mean += math.Log(math.Cosh(y-float64(d.Target(j)[k]))) / n
				}
			}
			return mean
		}
		assert.InDelta(t, (at(1e-4)-at(-1e-4))/2e-4, gradient[i], 1e-6)
	}
}
