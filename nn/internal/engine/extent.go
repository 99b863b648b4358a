package engine

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
		return extent{1, 1, Product(shape...)}
	}
	return extent{shape[1], shape[2], shape[0]}
}

// neededExtents returns which part of the input of each operation, and of the
// output of the last one, anything is computed from: needed[i] for the input
// of operation i. Windows begin at the upper left corner, so that it is rows
// and columns at the lower right that nobody reads, where a pooling or a
// stride drops them.
func neededExtents(operations []Operation) []extent {
	needed := make([]extent, len(operations)+1)
	needed[len(operations)] = extentOf(operations[len(operations)-1].Output)
	for i := len(operations) - 1; i >= 0; i-- {
		op, output := operations[i], needed[i+1]
		input := extentOf(op.Input)
		switch op.Kind {
		case KindConv2D, KindMaxPool2D:
			input.height = min(input.height, op.reach(output.height)-op.Padding)
			input.width = min(input.width, op.reach(output.width)-op.Padding)
			// An output of nothing but padding reads nothing. One pixel then
			// saves all others from being a special case.
			input.height, input.width = max(input.height, 1), max(input.width, 1)
		case KindReLU, KindTanh:
			input = output
		}
		needed[i] = input
	}
	return needed
}

// LeastMemory returns about how many bytes the intermediate results of the
// smallest block take, of the whole of each image and its border.
func (p *Program) LeastMemory() float64 {
	size := func(image extent, padding int) float64 {
		return float64(image.height+2*padding) * float64(image.width+2*padding) * float64(image.channels)
	}
	numbers := size(extentOf(p.Output()), 0)
	for _, op := range p.Operations {
		numbers += size(extentOf(op.Input), op.Padding)
	}
	return 4 * blockLeast * numbers
}

// NeededMultiplyAdds returns how many multiply-adds one sample takes when each
// operation computes only what later ones read.
func (p *Program) NeededMultiplyAdds() int {
	needed := neededExtents(p.Operations)
	sum := 0
	for i, op := range p.Operations {
		switch op.Kind {
		case KindConv2D:
			sum += needed[i+1].pixels() * Product(op.Weight...)
		case KindDense, KindGroupedDense:
			sum += op.MultiplyAdds()
		}
	}
	return sum
}

// NeededGradientMultiplyAdds returns how many multiply-adds a loss and its
// gradient take for one sample: those of NeededMultiplyAdds, and backward one
// for each weight of each output that may have a derivative, and for all but
// the first operation another for its input. A pooling after a convolution lets
// a derivative through to only one number of each window.
func (p *Program) NeededGradientMultiplyAdds() int {
	sum := p.NeededMultiplyAdds()
	for i, s := range newPlan(p).stages {
		if s.packing.outputs == 0 {
			continue
		}
		backward := s.output.size() * s.packing.inner
		if i > 0 {
			backward *= 2
		}
		sum += backward
	}
	return sum
}
