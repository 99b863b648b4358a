package nntest

import "math"

// Reference evaluates layers by their definitions, in float64 and in the
// order of PyTorch. Beside the outputs it returns a size for each, the sum of
// absolute terms that it was computed from, in units of which float32 rounds.
func Reference[P float32 | float64](input []int, layers []Layer, params []P, x []float32) (output, size []float64) {
	output = make([]float64, len(x))
	size = make([]float64, len(x))
	for i, v := range x {
		output[i], size[i] = float64(v), math.Abs(float64(v))
	}
	shape := input
	take := func(n int) []P {
		block := params[:n]
		params = params[n:]
		return block
	}
	for _, layer := range layers {
		in, inSize := output, size
		switch l := layer.(type) {
		case Flatten:
			shape = []int{len(in)}
		case ReLU:
			output = apply(in, func(v float64) float64 { return max(v, 0) })
		case Tanh:
			output = apply(in, math.Tanh)
		case Dense:
			weight, bias := take(l.Outputs*len(in)), make([]P, l.Outputs)
			if !l.NoBias {
				bias = take(l.Outputs)
			}
			output, size = make([]float64, l.Outputs), make([]float64, l.Outputs)
			for o := range l.Outputs {
				output[o], size[o] = float64(bias[o]), math.Abs(float64(bias[o]))
				for i := range in {
					w := float64(weight[o*len(in)+i])
					output[o] += w * in[i]
					size[o] += math.Abs(w) * inSize[i]
				}
			}
			shape = []int{l.Outputs}
		case Conv2D:
			channels, height, width, k := shape[0], shape[1], shape[2], l.Kernel
			stride := max(1, l.Stride)
			weight, bias := take(l.Channels*channels*k*k), make([]P, l.Channels)
			if !l.NoBias {
				bias = take(l.Channels)
			}
			output, size = nil, nil
			shape = []int{l.Channels, (height+2*l.Padding-k)/stride + 1, (width+2*l.Padding-k)/stride + 1}
			for o := range shape[0] {
				for y := range shape[1] {
					for x := range shape[2] {
						v, s := float64(bias[o]), math.Abs(float64(bias[o]))
						for c := range channels {
							for ky := range k {
								for kx := range k {
									iy, ix := y*stride+ky-l.Padding, x*stride+kx-l.Padding
									if iy < 0 || iy >= height || ix < 0 || ix >= width {
										continue
									}
									w, at := float64(weight[((o*channels+c)*k+ky)*k+kx]), (c*height+iy)*width+ix
									v += w * in[at]
									s += math.Abs(w) * inSize[at]
								}
							}
						}
						output, size = append(output, v), append(size, s)
					}
				}
			}
		case MaxPool2D:
			channels, height, width := shape[0], shape[1], shape[2]
			stride := l.Stride
			if stride == 0 {
				stride = l.Kernel
			}
			output, size = nil, nil
			shape = []int{channels, (height-l.Kernel)/stride + 1, (width-l.Kernel)/stride + 1}
			for c := range channels {
				for y := range shape[1] {
					for x := range shape[2] {
						v, s := math.Inf(-1), 0.0
						for ky := range l.Kernel {
							for kx := range l.Kernel {
								at := (c*height+y*stride+ky)*width + x*stride + kx
								v, s = max(v, in[at]), max(s, inSize[at])
							}
						}
						output, size = append(output, v), append(size, s)
					}
				}
			}
		}
	}
	return output, size
}

func apply(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}
