package nn

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/kernel"
)

func TestAllFinite(t *testing.T) {
	for n := range 20 {
		x := make([]float32, n)
		for i := range x {
			x[i] = math.MaxFloat32
			if i%2 == 0 {
				x[i] = -math.SmallestNonzeroFloat32
			}
		}
		require.True(t, allFinite(x), "%d numbers", n)
		for i := range x {
			for _, v := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
				before := x[i]
				x[i] = float32(v)
				require.False(t, allFinite(x), "%v at %d of %d", v, i, n)
				x[i] = before
			}
		}
	}
}

func TestSameBits(t *testing.T) {
	nan, zero := float32(math.NaN()), float32(0)
	assert.True(t, sameBits(nil, nil))
	assert.True(t, sameBits([]float32{1, nan}, []float32{1, nan}))
	assert.False(t, sameBits([]float32{1, zero}, []float32{1, -1 / float32(math.Inf(1))}), "zeros of different sign")
	x := inputs(33, 0)
	for i := range x {
		y := append([]float32(nil), x...)
		require.True(t, sameBits(x, y))
		y[i] = math.Float32frombits(math.Float32bits(y[i]) ^ 1)
		require.False(t, sameBits(x, y))
	}
}

// TestPackLinear checks the layout that kernel.Linear is defined with.
func TestPackLinear(t *testing.T) {
	for outputs := 1; outputs <= 35; outputs++ {
		for _, noBias := range []bool{false, true} {
			net, err := NewNetwork([]int{3, 5, 5}, Conv2D{Channels: outputs, Kernel: 2, NoBias: noBias})
			require.NoError(t, err)
			params := make([]float32, net.Params())
			for i := range params {
				params[i] = float32(i + 1)
			}
			p := newPlan(net)
			var w packed
			w.take(params, &p.stages[0], nil)
			channels := 0
			for _, panel := range p.stages[0].packing.panels {
				require.Equal(t, channels, panel.channel)
				lanes := panel.vectors * kernel.Lanes
				for l := range lanes {
					o := panel.channel + l
					for yx := range 4 {
						for c := range 3 {
							want := float32(0)
							if o < outputs {
								want = params[(o*3+c)*4+yx]
							}
							require.Equal(t, want, w.numbers[panel.weights+(yx*3+c)*lanes+l])
						}
					}
					want := float32(0)
					if o < outputs && !noBias {
						want = params[outputs*12+o]
					}
					require.Equal(t, want, w.numbers[panel.bias+l])
				}
				channels += lanes
			}
			require.Equal(t, (outputs+7)/8*8, channels)
		}
	}
}

func TestPackedAgainOnlyIfChanged(t *testing.T) {
	net, err := NewNetwork([]int{4}, Dense{Outputs: 3})
	require.NoError(t, err)
	s := &newPlan(net).stages[0]
	params := inputs(net.Params(), 0)
	var w packed
	w.take(params, s, nil)
	w.numbers[0] = 77
	w.take(append([]float32(nil), params...), s, nil)
	assert.Equal(t, float32(77), w.numbers[0], "the same parameters elsewhere")
	params[14] = -params[14]
	w.take(params, s, nil)
	assert.Equal(t, params[0], w.numbers[0], "changed in place")
}
