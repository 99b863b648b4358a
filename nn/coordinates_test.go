package nn_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/nn"
)

// Filters are the rows of the weights with their biases: a network whose filter is zero
// does not see the others' parameters. Together they are all parameters, each once.
func TestCoordinates(t *testing.T) {
	net, err := nn.NewNetwork([]int{2, 6, 6}, nn.Conv2D{Channels: 3, Kernel: 3}, nn.ReLU{}, nn.Flatten{}, nn.Dense{Outputs: 4, NoBias: true}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	layers, filters := net.LayerCoordinates(), net.FilterCoordinates()
	require.Len(t, layers, 3)
	require.Len(t, filters, 3+4+2)
	require.Equal(t, []int{18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 55}, filters[1])
	for _, sets := range [][][]int{layers, filters} {
		all := slices.Concat(sets...)
		slices.Sort(all)
		require.Len(t, all, net.Params())
		for i, k := range all {
			require.Equal(t, i, k)
		}
	}
	require.Equal(t, slices.Concat(filters[:3]...), layers[0])
}
