package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/kernel"
	"github.com/trajens/trajens/internal/random"
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
	for kernelSize := 1; kernelSize <= 5; kernelSize++ {
		testPackLinear(t, kernelSize)
	}
}

func testPackLinear(t *testing.T, kernelSize int) {
	pixels := kernelSize * kernelSize
	for outputs := 1; outputs <= 35; outputs++ {
		for _, noBias := range []bool{false, true} {
			net, err := newNetwork([]int{3, 5, 5}, Conv2D{Channels: outputs, Kernel: kernelSize, NoBias: noBias})
			require.NoError(t, err)
			params := make([]float32, net.Params())
			for i := range params {
				params[i] = float32(i + 1)
			}
			p := newPlan(&net.program)
			var w packed
			w.update(params, &p.stages[0], nil)
			channels := 0
			for _, panel := range p.stages[0].packing.panels {
				require.Equal(t, channels, panel.channel)
				lanes := panel.vectors * kernel.Lanes
				for l := range lanes {
					o := panel.channel + l
					for yx := range pixels {
						for c := range 3 {
							want := float32(0)
							if o < outputs {
								want = params[(o*3+c)*pixels+yx]
							}
							require.Equal(t, want, w.numbers[panel.weights+(yx*3+c)*lanes+l])
						}
					}
					want := float32(0)
					if o < outputs && !noBias {
						want = params[outputs*3*pixels+o]
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
	net, err := newNetwork([]int{4}, Dense{Outputs: 3})
	require.NoError(t, err)
	s := &newPlan(&net.program).stages[0]
	params := inputs(net.Params(), 0)
	var w packed
	w.update(params, s, nil)
	w.numbers[0] = 77
	w.update(append([]float32(nil), params...), s, nil)
	assert.Equal(t, float32(77), w.numbers[0], "the same parameters elsewhere")
	params[14] = -params[14]
	w.update(params, s, nil)
	assert.Equal(t, params[0], w.numbers[0], "changed in place")
}

// A chain packs a new model at each step.
func TestPackingDoesNotAllocate(t *testing.T) {
	net, err := newNetwork([]int{3, 8, 8}, Conv2D{Channels: 9, Kernel: 3}, Flatten{}, Dense{Outputs: 17})
	require.NoError(t, err)
	p := newPlan(&net.program)
	var dense, tail, sparse packed
	params := inputs(net.Params(), 0)
	first, last := params[p.stages[0].from:p.stages[0].to], params[p.stages[1].from:p.stages[1].to]
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		first[0]++
		last[0]++
		dense.update(first, &p.stages[0], nil)
		sparse.update(first, &p.stages[0], &p.sparse.packing)
		tail.update(last, &p.stages[1], nil)
	}))
}

// The places of a whole vector are divided into series and others, and none is
// lost; one that is not whole has no series.
func TestNewVector(t *testing.T) {
	var places []place
	for i := range int32(9) {
		places = append(places, place{100 + 16*i, 3 + i}) // a series
	}
	places = append(places, place{8, 40}, place{16, 41}, place{24, 50}) // two short ones
	for i := range int32(8) {
		places = append(places, place{400 + 8*i, 60 + i}) // a series
	}
	places = append(places, place{464, 69}) // from another place
	p := panel{end: 16}
	v := p.newVector(8, 7, places, []int{5})
	assert.Equal(t, []series{{places[0], 16, 9}, {places[12], 8, 8}}, v.series)
	assert.Equal(t, append(append([]place(nil), places[9:12]...), places[20]), v.places)
	v = p.newVector(16, 7, places, []int{5})
	assert.Empty(t, v.series)
	assert.Equal(t, places, v.places)
}

// BenchmarkPacking reports ns/weight, for models that are new at each call.
func BenchmarkPacking(b *testing.B) {
	for _, c := range []struct {
		name   string
		net    *network
		sparse bool
	}{
		{"cnn", mairCNN(), false}, {"cnn-sparse", mairCNN(), true},
		{"mlp", mlp(), false}, {"mlp-sparse", mlp(), true},
		{"color", colorCNN(), false},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := newForward(newPlan(&c.net.program), c.sparse)
			models := make([][]float32, 2)
			for k := range models {
				models[k] = make([]float32, c.net.Params())
				initNormal(models[k], 1, random.Source(uint64(k)))
			}
			calls := 0
			for b.Loop() {
				f.setModels(models[calls%2 : calls%2+1])
				calls++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.net.Params()), "ns/weight")
		})
	}
}
