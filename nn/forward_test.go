package nn

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

// fillScratch sets all memory that the steps keep between calls.
func fillScratch(t *testing.T, f *forward, v float32) {
	t.Helper()
	fill := func(slices ...[]float32) {
		for _, x := range slices {
			for i := range x {
				x[i] = v
			}
		}
	}
	for _, s := range f.steps {
		switch s := s.(type) {
		case *denseStep:
			fill(s.dst)
		case *convStep:
			fill(s.packed, s.flipped, s.bias, s.dst)
		case *maxPoolStep:
			fill(s.dst)
		case *reluStep:
			fill(s.dst)
		case *tanhStep:
			fill(s.dst)
		case *transposeStep:
			fill(s.dst)
		default:
			t.Fatalf("the scratch of %T is not filled", s)
		}
	}
}

func TestScratchIsNotRead(t *testing.T) {
	for seed := range uint64(200) {
		input, _, net := randomNetwork(seed)
		d := labeled(t, 4, input, 2, 0.5*float64(seed%2))
		f := newForward(net)
		params := make([]float32, net.Params())
		InitNormal(params, 0.5, random.Source(seed, 7))
		var want []float32
		for i, v := range []float32{0, float32(math.NaN()), 1} {
			fillScratch(t, f, v)
			f.load(params)
			var got []float32
			for j := range d.Len() {
				got = append(got, f.apply(d.Input(j))...)
			}
			if i == 0 {
				want = got
			}
			require.Equal(t, want, got, "seed %d, scratch %v\n%v", seed, v, net)
			// And from sample to sample.
			fillScratchAfterLoad(f, v)
			require.Equal(t, want[:net.Outputs()], f.apply(d.Input(0)), "seed %d, scratch %v\n%v", seed, v, net)
		}
	}
}

// fillScratchAfterLoad sets what the steps compute, but not what they loaded.
func fillScratchAfterLoad(f *forward, v float32) {
	for _, s := range f.steps {
		var dst []float32
		switch s := s.(type) {
		case *denseStep:
			dst = s.dst
		case *convStep:
			dst = s.dst
		case *maxPoolStep:
			dst = s.dst
		case *transposeStep:
			dst = s.dst
		}
		for i := range dst {
			dst[i] = v
		}
	}
}

// TestInputIsNotWritten is for layers that work in place.
func TestInputIsNotWritten(t *testing.T) {
	for _, layers := range [][]Layer{{ReLU{}}, {Tanh{}}, {Flatten{}, Tanh{}}, {ReLU{}, MaxPool2D{Kernel: 2}}, {Flatten{}}} {
		net, err := NewNetwork([]int{1, 4, 4}, layers...)
		require.NoError(t, err)
		x := []float32{-1, 2, -3, 4, 5, -6, 7, -8, 9, 10, -11, 12, -13, -14, 15, 16}
		before := append([]float32(nil), x...)
		d, err := data.NewLabeled(x, []int{1, 4, 4}, []int{0}, 2)
		require.NoError(t, err)
		net.NewEvaluator().Outputs(make([]float32, net.Outputs()), nil, d, []int{0})
		assert.Equal(t, before, x, "%v", layers)
	}
}

// TestScatterEqualsGather compares the two ways to evaluate a convolution.
func TestScatterEqualsGather(t *testing.T) {
	source := random.Source(5)
	below := func(n int) int { return random.Below(source, n) }
	done := 0
	for done < 300 {
		input := []int{1 + below(3), 1 + below(9), 1 + below(9)}
		net, err := NewNetwork(input, Conv2D{Channels: 1 + below(20), Kernel: 1 + below(5), Padding: below(4)})
		if err != nil {
			continue // a kernel larger than the image
		}
		done++
		params := make([]float32, net.Params())
		InitNormal(params, 1, source)
		s := newConvStep(net.operations[0], true)
		s.load(params)
		x := inputs(product(input...), 0.3*float64(below(3)))
		s.gather(x)
		want := append([]float32(nil), s.dst...)
		s.scatter(x)
		for i, v := range want {
			// A fused multiply-add, which some processors have, may be used in one only.
			require.InDelta(t, v, s.dst[i], 1e-5, "%v", net)
		}
	}
}

func TestNaNGoesThroughReLU(t *testing.T) {
	s := &reluStep{make([]float32, 3)}
	got := s.apply([]float32{-1, float32(math.NaN()), 2})
	assert.Equal(t, float32(0), got[0])
	assert.True(t, math.IsNaN(float64(got[1])))
	assert.Equal(t, float32(2), got[2])
}

func TestNaNGoesThroughMaxPool(t *testing.T) {
	const channels, kernel = 3, 3
	net, err := NewNetwork([]int{channels, kernel, kernel}, MaxPool2D{Kernel: kernel})
	require.NoError(t, err)
	s := newMaxPoolStep(net.operations[0])
	for at := range channels * kernel * kernel {
		x := inputs(channels*kernel*kernel, 0)
		x[at] = float32(math.NaN())
		for c, v := range s.apply(x) {
			assert.Equal(t, c == at%channels, math.IsNaN(float64(v)), "NaN at %d, channel %d", at, c)
		}
	}
}

// TestParametersThatAreNotFinite puts one such number at each place in turn.
// With all inputs zero a path that leaves zeros out would miss it.
func TestParametersThatAreNotFinite(t *testing.T) {
	net, err := NewNetwork([]int{1, 6, 6},
		Conv2D{Channels: 3, Kernel: 3}, ReLU{}, MaxPool2D{Kernel: 2}, Flatten{},
		Dense{Outputs: 4}, Tanh{}, Dense{Outputs: 9})
	require.NoError(t, err)
	zero, err := data.NewLabeled(make([]float32, 36), []int{1, 6, 6}, []int{8}, 9)
	require.NoError(t, err)
	some := labeled(t, 1, []int{1, 6, 6}, 9, 0.6)
	nan := math.NaN()
	for _, d := range []*data.Dataset{zero, some} {
		l, err := NewLosses(net, d, CrossEntropy, LossesConfig{})
		require.NoError(t, err)
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
		net, err := NewNetwork([]int{1, 1, 1}, Conv2D{Channels: 1, Kernel: 3, Stride: stride, Padding: 1})
		require.NoError(t, err)
		params := make([]float32, net.Params())
		for i := range params {
			params[i] = float32(math.Inf(1))
		}
		params[4], params[9] = 3, 1 // the center and the bias
		d, err := data.NewLabeled([]float32{2}, []int{1, 1, 1}, []int{0}, 2)
		require.NoError(t, err)
		output := make([]float32, 1)
		net.NewEvaluator().Outputs(output, params, d, []int{0})
		assert.Equal(t, float32(7), output[0])
	}
}

func TestOverflowIsNeverFinite(t *testing.T) {
	net := MairCNN()
	d := labeled(t, 20, []int{1, 28, 28}, 10, 0.5)
	l, err := NewLosses(net, d, CrossEntropy, LossesConfig{})
	require.NoError(t, err)
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
