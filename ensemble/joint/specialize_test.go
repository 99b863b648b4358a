package joint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// Three classes, and modules of which one knows class 0, one all classes, and one
// always says 2.
func TestSpecialize(t *testing.T) {
	labels := []int{0, 0, 0, 1, 1, 2}
	inputs := make([]float32, 3*len(labels))
	for i, label := range labels {
		inputs[3*i+label] = 1
	}
	d, err := data.NewLabeled(inputs, []int{3}, labels, 3)
	require.NoError(t, err)
	net := mustNetwork(t, []int{3}, nn.Dense{Outputs: 3})
	modules := [][]float32{
		{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0}, // 0 if it is, else 1
		{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0},
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
	}
	s, err := Specialize(net, modules, d)
	require.NoError(t, err)
	want := [][]float64{
		{1, 2 * 2. / (3 + 2), 0},
		{1, 1, 1},
		{0, 0, 2 * 1. / (6 + 1)},
	}
	for j := range want {
		assert.InDeltaSlice(t, want[j], s.F1[j], 1e-15)
	}
	assert.Equal(t, []float64{1, 1, 1}, s.Best)
	assert.InDeltaSlice(t, []float64{2. / 3, 1.8 / 3, (1 + 2./7) / 3}, s.Random, 1e-15)

	_, err = Specialize(net, modules[:0], d)
	assert.ErrorContains(t, err, "no modules")
	_, err = Specialize(net, modules, randomData(t, Gaussian, 5, []int{3}, 3))
	assert.ErrorContains(t, err, "the dataset has 0 classes")
}

func TestInitialize(t *testing.T) {
	net := mustNetwork(t, []int{3}, nn.Dense{Outputs: 3})
	all := Initialize(net, 4, random.Source(1))
	assert.Len(t, all, 4)
	assert.NotEqual(t, all[0], all[1])
	assert.Equal(t, all, Initialize(net, 4, random.Source(1)))
}
