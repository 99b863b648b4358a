package nn

// An extent is the shape of an image as the stages keep it, [height, width,
// channels]. A vector is an image of one pixel.
type extent struct{ height, width, channels int }

func (e extent) pixels() int { return e.height * e.width }

func (e extent) size() int { return e.height * e.width * e.channels }

// channelsFirst copies an image to the order [channels, height, width].
func (e extent) channelsFirst(dst, image []float32) {
	for c := range e.channels {
		to := dst[c*e.pixels():][:e.pixels()]
		for pixel := range to {
			to[pixel] = image[pixel*e.channels+c]
		}
	}
}

// channelsLast is the inverse of channelsFirst.
func (e extent) channelsLast(image, src []float32) {
	for c := range e.channels {
		for pixel, v := range src[c*e.pixels():][:e.pixels()] {
			image[pixel*e.channels+c] = v
		}
	}
}

// extentOf returns the whole of a shape: of an image [channels, height,
// width], or of anything else as a vector.
func extentOf(shape []int) extent {
	if len(shape) != 3 {
		return extent{1, 1, product(shape...)}
	}
	return extent{shape[1], shape[2], shape[0]}
}

// neededExtents returns which part of the input of each operation, and of the
// output of the last one, anything is computed from: needed[i] for the input
// of operation i. Windows begin at the upper left corner, so that it is rows
// and columns at the lower right that nobody reads, where a pooling or a
// stride drops them.
func neededExtents(operations []operation) []extent {
	needed := make([]extent, len(operations)+1)
	needed[len(operations)] = extentOf(operations[len(operations)-1].output)
	for i := len(operations) - 1; i >= 0; i-- {
		op, output := operations[i], needed[i+1]
		input := extentOf(op.input)
		switch op.kind {
		case kindConv2D, kindMaxPool2D:
			input.height = min(input.height, op.reach(output.height)-op.padding)
			input.width = min(input.width, op.reach(output.width)-op.padding)
			// An output of nothing but padding reads nothing. One pixel then
			// saves all others from being a special case.
			input.height, input.width = max(input.height, 1), max(input.width, 1)
		case kindReLU, kindTanh:
			input = output
		}
		needed[i] = input
	}
	return needed
}

// reach returns how many rows or columns, with the padding before them, the
// first outputs of a sliding window read.
func (op *operation) reach(outputs int) int { return (outputs-1)*op.stride + op.kernel }

// NeededMultiplyAdds returns how many of the multiplications of MultiplyAdds
// are left when each layer computes only those rows and columns of its output
// that later layers read. That is what Losses and Evaluator compute, except
// for products with zeros of the input, which they may leave out.
func (n *Network) NeededMultiplyAdds() int {
	needed := neededExtents(n.operations)
	sum := 0
	for i, op := range n.operations {
		switch op.kind {
		case kindConv2D:
			sum += needed[i+1].pixels() * product(op.weight...)
		case kindDense:
			sum += op.multiplyAdds
		}
	}
	return sum
}

// NeededGradientMultiplyAdds returns how many multiplications a loss and its
// gradient take for one sample: those of NeededMultiplyAdds, and backward
// one for each weight of each output that may have a derivative, and for all
// but the first layer another for its input. A pooling after a convolution
// lets a derivative through to only one number of each window. Gradients
// computes about that, more in a first convolution, and fewer where a ReLU
// gives zero.
func (n *Network) NeededGradientMultiplyAdds() int {
	sum := n.NeededMultiplyAdds()
	for i, s := range newPlan(n).stages {
		if s.packing.outputs == 0 {
			continue
		}
		back := s.output.size() * s.packing.inner
		if i > 0 {
			back *= 2
		}
		sum += back
	}
	return sum
}
