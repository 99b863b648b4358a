package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
)

// ownSquares is the sum over models of half the squared error of each.
type ownSquares struct{ data *data.Dataset }

func (o ownSquares) Derive(slopes, outputs []float32, sample int) (loss float64) {
	one, n := halfSquares{o.data, 0}, len(o.data.Target(sample))
	for at := 0; at < len(outputs); at += n {
		loss += one.Derive(slopes[at:at+n], outputs[at:at+n], sample)
	}
	return loss
}

// sumSquares is half the squared error of the sum of the outputs of all models.
type sumSquares struct{ data *data.Dataset }

func (o sumSquares) Derive(slopes, outputs []float32, sample int) (loss float64) {
	for k, y := range o.data.Target(sample) {
		r := -y
		for at := k; at < len(outputs); at += o.data.Outputs() {
			r += outputs[at]
		}
		for at := k; at < len(outputs); at += o.data.Outputs() {
			slopes[at] = r
		}
		loss += float64(r) * float64(r) / 2
	}
	return loss
}

// jointNetworks have outputs in the order of the last stage and in another, and targets for them.
func jointNetworks() []*Network {
	return []*Network{
		mustNetwork([]int{1, 12, 12}, Conv2D{Channels: 3, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2}, Flatten{}, Dense{Outputs: 7}),
		mustNetwork([]int{2, 6, 5}, Conv2D{Channels: 4, Kernel: 3, Padding: 1}, Tanh{}, Conv2D{Channels: 3, Kernel: 2}),
		mustNetwork([]int{9}, Dense{Outputs: 20}, ReLU{}, Dense{Outputs: 3}),
	}
}

// Models whose losses have nothing to do with each other have the gradients of each, bit for bit.
func TestJointGradientsOfModelsApart(t *testing.T) {
	for _, net := range jointNetworks() {
		d := targeted(t, 50, net.InputShape(), net.Outputs())
		for _, models := range []int{1, 3} {
			all, samples := randomModels(net, models, 3), randomSamples(d, 333, 4)
			want, loss := make([][]float32, models), 0.0
			alone, err := NewGradientsOf(net, d, func() Objective { return halfSquares{d, 0} }, Config{})
			require.NoError(t, err)
			for m := range want {
				want[m] = make([]float32, net.Params())
				loss += alone.Gradient(want[m], all[m], samples)
			}
			for _, workers := range []int{1, 2, 5} {
				g, err := NewJointGradients(net, models, d, func() Objective { return ownSquares{d} }, Config{Workers: workers})
				require.NoError(t, err)
				require.Equal(t, d.Len(), g.Samples())
				dst := make([]float32, g.Params())
				require.InDelta(t, loss, g.Gradient(dst, slices.Concat(all...), samples), 1e-12*loss)
				require.Equal(t, slices.Concat(want...), dst)
				g.Close()
				g.Gradient(dst, slices.Concat(all...), samples)
				require.Equal(t, slices.Concat(want...), dst)
			}
		}
	}
}

// A loss of all outputs has the gradient that differences of it have.
func TestJointGradientsAgreeWithDifferences(t *testing.T) {
	for _, net := range jointNetworks() {
		d := targeted(t, 20, net.InputShape(), net.Outputs())
		g, err := NewJointGradients(net, 3, d, func() Objective { return sumSquares{d} }, Config{})
		require.NoError(t, err)
		params, samples := slices.Concat(randomModels(net, 3, 5)...), firstSamples(20)
		gradient, other := make([]float32, g.Params()), make([]float32, g.Params())
		g.Gradient(gradient, params, samples)
		up, down, want, scale := slices.Clone(params), slices.Clone(params), 0.0, 0.0
		for i, s := range gradient {
			up[i], down[i] = params[i]+1e-3*s, params[i]-1e-3*s
			want += float64(up[i]-down[i]) * float64(s)
			scale += math.Abs(float64(up[i]-down[i]) * float64(s))
		}
		require.InDelta(t, want, g.Gradient(other, up, samples)-g.Gradient(other, down, samples), 2e-3*scale)
	}
}

// An output of one model that is not finite makes the gradients of all NaN.
func TestJointGradientsOfInfiniteLosses(t *testing.T) {
	net := jointNetworks()[2]
	d := targeted(t, 5, net.InputShape(), net.Outputs())
	g, err := NewJointGradients(net, 2, d, func() Objective { return sumSquares{d} }, Config{})
	require.NoError(t, err)
	params, dst := slices.Concat(randomModels(net, 2, 5)...), make([]float32, g.Params())
	params[len(params)-1] = float32(math.NaN())
	require.True(t, math.IsNaN(g.Gradient(dst, params, firstSamples(5))))
	require.True(t, dst[net.Params()-1] != dst[net.Params()-1])
}

func TestJointGradientsErrors(t *testing.T) {
	net := jointNetworks()[2]
	d := targeted(t, 5, net.InputShape(), net.Outputs())
	objective := func() Objective { return sumSquares{d} }
	_, err := NewJointGradients(nil, 1, d, objective, Config{})
	assert.ErrorContains(t, err, "the network is nil")
	_, err = NewJointGradients(net, 0, d, objective, Config{})
	assert.ErrorContains(t, err, "models = 0, want at least 1")
	_, err = NewJointGradients(net, 1, d, nil, Config{})
	assert.ErrorContains(t, err, "newObjective is nil")
	_, err = NewJointGradients(net, 1, d, objective, Config{Workers: 2000})
	assert.ErrorContains(t, err, "Workers")
	g, err := NewJointGradients(net, 2, d, objective, Config{})
	require.NoError(t, err)
	full := make([]float32, g.Params())
	assert.Panics(t, func() { g.Gradient(full[1:], full, []int{0}) })
	assert.Panics(t, func() { g.Gradient(full, full[1:], []int{0}) })
	assert.Panics(t, func() { g.Gradient(full, full, nil) })
	assert.Panics(t, func() { g.Gradient(full, full, []int{5}) })
}
