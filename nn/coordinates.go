package nn

// LayerCoordinates returns, for each layer that has parameters, the indices of its
// weight and bias in the parameter vector: moves may change a layer at a time.
func (n *Network) LayerCoordinates() (layers [][]int) {
	for _, op := range n.program.Operations {
		if op.Weight == nil {
			continue
		}
		var layer []int
		for _, filter := range filters(op.WeightAt, op.BiasAt, op.Weight, op.Bias) {
			layer = append(layer, filter...)
		}
		layers = append(layers, layer)
	}
	return layers
}

// FilterCoordinates returns, for each filter of a convolution and each output of a dense
// layer, the indices of its weights, and of its bias at the end, in the parameter
// vector.
func (n *Network) FilterCoordinates() (all [][]int) {
	for _, op := range n.program.Operations {
		if op.Weight != nil {
			all = append(all, filters(op.WeightAt, op.BiasAt, op.Weight, op.Bias)...)
		}
	}
	return all
}

// filters returns the coordinates of the filters of one layer.
func filters(weightAt, biasAt int, shape []int, biases int) [][]int {
	size := 1
	for _, n := range shape[1:] {
		size *= n
	}
	all := make([][]int, shape[0])
	for k := range all {
		for i := range size {
			all[k] = append(all[k], weightAt+k*size+i)
		}
		if biases > 0 {
			all[k] = append(all[k], biasAt+k)
		}
	}
	return all
}
