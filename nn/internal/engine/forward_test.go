package engine

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// fillScratch sets all memory that is kept between calls, but for the zeros
// around images.
func fillScratch(f *forward, v float32) {
	fill := func(x []float32) {
		for i := range x {
			x[i] = v
		}
	}
	for _, b := range append([]*buffer{f.copies}, f.buffers...) {
		if b != nil {
			fillImages(b, v)
		}
	}
	fill(f.outputs)
	for _, s := range f.stages {
		if s, ok := s.(*convStage); ok {
			fill(s.rows)
		}
	}
	if s, ok := f.sparse.(*sparseConvStage); ok {
		fill(s.tiles)
	}
	if f.lists != nil {
		fill(f.lists.values)
		for i := range f.lists.places {
			f.lists.places[i] = 1 << 30
		}
		for i := range f.lists.ends {
			f.lists.ends[i] = -1
		}
	}
	for _, stages := range f.models {
		clear(stages)
	}
}

func fillImages(b *buffer, v float32) {
	before := append([]float32(nil), b.data...)
	for i := range b.data {
		b.data[i] = v
	}
	if b.border == 0 && b.rows == b.height && b.columns == b.width {
		return
	}
	samples := (len(b.data) - slack) / b.sample
	for at := range b.data[:samples*b.sample] {
		pixel := at % b.sample / b.channels
		y, x := pixel/b.columns-b.border, pixel%b.columns-b.border
		if y < 0 || y >= b.height || x < 0 || x >= b.width {
			b.data[at] = before[at]
		}
	}
}

// evaluate returns the outputs of each model for the samples.
func evaluate(f *forward, models [][]float32, d *data.Dataset, samples []int) [][]float32 {
	outputs := make([][]float32, len(models))
	f.setModels(models)
	for len(samples) > 0 {
		block := samples[:blockLength(len(samples), f.plan.blockSize)]
		f.load(d, block)
		for _, pass := range f.passes {
			outputs[pass.model] = append(outputs[pass.model], f.evaluate(pass, len(block))...)
		}
		samples = samples[len(block):]
	}
	return outputs
}

func TestScratchIsNotRead(t *testing.T) {
	for seed := range uint64(300) {
		input, _, net := randomNetwork(seed)
		d := labeled(t, 20, input, 2, 0.5*float64(seed%2))
		params := make([]float32, net.Params())
		initNormal(params, 0.5, random.Source(seed, 7))
		for _, sparse := range []bool{false, true} {
			f := newForward(newPlan(&net.program), sparse)
			var want [][]float32
			for i, v := range []float32{0, float32(math.NaN()), 1} {
				fillScratch(f, v)
				got := evaluate(f, [][]float32{params}, d, firstSamples(20))
				if i == 0 {
					want = got
				}
				require.Equal(t, want, got, "seed %d, scratch %v\n%v", seed, v, net)
				one := evaluate(f, [][]float32{params}, d, []int{7})
				require.Equal(t, want[0][7*net.Outputs():8*net.Outputs()], one[0], "seed %d, scratch %v\n%v", seed, v, net)
			}
		}
	}
}

// TestInputIsNotWritten is for layers that work in place.
func TestInputIsNotWritten(t *testing.T) {
	for _, layers := range [][]Layer{{ReLU{}}, {Tanh{}}, {Flatten{}, Tanh{}}, {ReLU{}, MaxPool2D{Kernel: 2}}, {Flatten{}}} {
		net, err := newNetwork([]int{1, 4, 4}, layers...)
		require.NoError(t, err)
		x := []float32{-1, 2, -3, 4, 5, -6, 7, -8, 9, 10, -11, 12, -13, -14, 15, 16}
		before := append([]float32(nil), x...)
		d, err := data.NewLabeled(x, []int{1, 4, 4}, []int{0}, 2)
		require.NoError(t, err)
		NewEvaluator(&net.program).Outputs(make([]float32, net.Outputs()), nil, d, []int{0})
		assert.Equal(t, before, x, "%v", layers)
	}
}

func TestNaNGoesThroughReLU(t *testing.T) {
	nan := float32(math.NaN())
	for _, layers := range [][]Layer{{ReLU{}}, {Dense{Outputs: 3, NoBias: true}, ReLU{}}} {
		net, err := newNetwork([]int{3}, layers...)
		require.NoError(t, err)
		d, err := data.NewLabeled([]float32{-1, 1, 2}, []int{3}, []int{0}, 2)
		require.NoError(t, err)
		params := []float32{1, 0, 0, 0, nan, 0, 0, 0, 1}[:net.Params()]
		f := newForward(newPlan(&net.program), false)
		got := evaluate(f, [][]float32{params}, d, []int{0})[0]
		assert.Equal(t, float32(0), got[0])
		assert.Equal(t, float32(2), got[2])
		assert.Equal(t, net.Params() > 0, math.IsNaN(float64(got[1])))
	}
	in, out := newBuffer(extent{1, 1, 3}, 1), newBuffer(extent{1, 1, 3}, 1)
	copy(in.data, []float32{-1, nan, 2})
	(&activationStage{plan: &stagePlan{}, in: in, out: out}).compute(nil, 1)
	assert.True(t, out.data[0] == 0 && out.data[1] != out.data[1] && out.data[2] == 2)
}

func TestNaNGoesThroughMaxPool(t *testing.T) {
	const channels, kernel = 3, 3
	net, err := newNetwork([]int{channels, kernel, kernel}, MaxPool2D{Kernel: kernel})
	require.NoError(t, err)
	f := newForward(newPlan(&net.program), false)
	for at := range f.copies.size() {
		copy(f.copies.data, inputs(f.copies.size(), 0))
		f.copies.data[at] = float32(math.NaN())
		f.setModels([][]float32{nil})
		for c, v := range f.evaluate(f.passes[0], 1) {
			assert.Equal(t, c == at%channels, math.IsNaN(float64(v)), "NaN at %d, channel %d", at, c)
		}
	}
}

// TestParametersThatAreNotFinite puts one such number at each place in pass.
// With all inputs zero a path that leaves zeros out would miss it.
func TestParametersThatAreNotFinite(t *testing.T) {
	net, err := newNetwork([]int{1, 6, 6},
		Conv2D{Channels: 3, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2}, Flatten{},
		Dense{Outputs: 4}, Tanh{}, Dense{Outputs: 9})
	require.NoError(t, err)
	zero, err := data.NewLabeled(make([]float32, 36), []int{1, 6, 6}, []int{8}, 9)
	require.NoError(t, err)
	some := labeled(t, 1, []int{1, 6, 6}, 9, 0.6)
	nan := math.NaN()
	for _, d := range []*data.Dataset{zero, some} {
		l := newLosses(t, net, d, NewCrossEntropy, 1)
		model := randomModels(net, 1, 8)
		losses := rows(1, 1)
		for i := range model[0] {
			before := model[0][i]
			model[0][i] = float32(nan)
			l.Losses(losses, model, []int{0})
			assert.True(t, math.IsNaN(losses[0][0]), "NaN at %d", i)
			model[0][i] = before
		}
		l.Losses(losses, model, []int{0})
		assert.False(t, math.IsNaN(losses[0][0])) // nothing is left over
		for i := range 27 {                       // the first layer's weights
			before := model[0][i]
			model[0][i] = float32(math.Inf(1))
			l.Losses(losses, model, []int{0})
			assert.True(t, math.IsNaN(losses[0][0]), "0 · Inf at %d", i)
			model[0][i] = before
		}
	}
}

// TestPaddingAddsNothing has an infinite weight where only padding meets it.
func TestPaddingAddsNothing(t *testing.T) {
	for _, stride := range []int{1, 2} {
		net, err := newNetwork([]int{1, 1, 1}, Conv2D{Channels: 1, Kernel: 3, Stride: stride, Padding: 1})
		require.NoError(t, err)
		params := make([]float32, net.Params())
		for i := range params {
			params[i] = float32(math.Inf(1))
		}
		params[4], params[9] = 3, 1 // the center and the bias
		d, err := data.NewLabeled([]float32{2}, []int{1, 1, 1}, []int{0}, 2)
		require.NoError(t, err)
		output := make([]float32, 1)
		NewEvaluator(&net.program).Outputs(output, params, d, []int{0})
		assert.Equal(t, float32(7), output[0])
	}
}

func TestOverflowIsNeverFinite(t *testing.T) {
	net := mairCNN()
	d := labeled(t, 20, []int{1, 28, 28}, 10, 0.5)
	l := newLosses(t, net, d, NewCrossEntropy, 1)
	model := randomModels(net, 1, 9)
	for i := range model[0] {
		model[0][i] *= 1e20
	}
	losses := rows(1, d.Len())
	l.Losses(losses, model, firstSamples(d.Len()))
	for _, v := range losses[0] {
		assert.True(t, math.IsNaN(v) || math.IsInf(v, 1), fmt.Sprint(v))
	}
}
