package engine

import "math"

// A Program is a network as a sequence of operations of known shapes. It is not
// changed once it is complete.
type Program struct {
	Input      []int       // the shape of one input
	Operations []Operation // at least one
	Params     int         // the length of the parameter vector
}

// A Kind is what an operation does.
type Kind uint8

// The kinds of operations.
const (
	KindDense Kind = iota
	KindConv2D
	KindMaxPool2D
	KindReLU
	KindTanh
	KindFlatten
	KindGroupedDense
)

// An Operation is one layer of a program: its kind, its settings and its
// shapes, in the order of PyTorch.
type Operation struct {
	Kind                    Kind
	Input, Output           []int
	Kernel, Stride, Padding int   // of KindConv2D and KindMaxPool2D
	Weight                  []int // the shape of the weight, nil if there is none
	Bias                    int   // the length of the bias, 0 if there is none
	Groups                  int   // of KindGroupedDense
	WeightAt, BiasAt        int   // where they start in the parameter vector, set by Append
}

// NewDense returns a fully connected operation on vectors.
func NewDense(input []int, outputs int, bias bool) Operation {
	op := Operation{Kind: KindDense, Input: input, Output: []int{outputs}, Weight: []int{outputs, input[0]}}
	if bias {
		op.Bias = outputs
	}
	return op
}

// NewGroupedDense returns a fully connected operation within each of some groups
// of equal size, of which group g has the g-th part of the inputs and of the
// outputs. Groups divides both. The weight is [outputs, inputs of a group].
func NewGroupedDense(input []int, outputs, groups int, bias bool) Operation {
	op := NewDense([]int{input[0] / groups}, outputs, bias)
	op.Kind, op.Input, op.Groups = KindGroupedDense, input, groups
	return op
}

// NewConv2D returns a convolution of images. If the kernel does not fit, the
// output has a length below 1.
func NewConv2D(input []int, channels, kernel, stride, padding int, bias bool) Operation {
	op := Operation{
		Kind:   KindConv2D,
		Input:  input,
		Output: []int{channels, windows(input[1], kernel, stride, padding), windows(input[2], kernel, stride, padding)},
		Kernel: kernel, Stride: stride, Padding: padding,
		Weight: []int{channels, input[0], kernel, kernel},
	}
	if bias {
		op.Bias = channels
	}
	return op
}

// NewMaxPool2D returns a maximum over windows of images. If the window does not
// fit, the output has a length below 1.
func NewMaxPool2D(input []int, kernel, stride int) Operation {
	return Operation{
		Kind:   KindMaxPool2D,
		Input:  input,
		Output: []int{input[0], windows(input[1], kernel, stride, 0), windows(input[2], kernel, stride, 0)},
		Kernel: kernel, Stride: stride,
	}
}

// NewActivation returns a function of each number: KindReLU or KindTanh.
func NewActivation(kind Kind, input []int) Operation {
	return Operation{Kind: kind, Input: input, Output: input}
}

// NewFlatten returns what makes a vector of anything.
func NewFlatten(input []int) Operation {
	return Operation{Kind: KindFlatten, Input: input, Output: []int{Product(input...)}}
}

// windows returns how many places a sliding window has: floored, as in PyTorch.
// It is below 1 if the window does not fit.
func windows(length, kernel, stride, padding int) int {
	if length+2*padding < kernel {
		return 0
	}
	return (length+2*padding-kernel)/stride + 1
}

// reach returns how many rows or columns, with the padding before them, the
// first outputs of a sliding window read.
func (op *Operation) reach(outputs int) int { return (outputs-1)*op.Stride + op.Kernel }

// Params returns how many parameters the operation has, or -1 if the number
// overflows.
func (op *Operation) Params() int {
	if op.Weight == nil {
		return 0
	}
	if weights := Product(op.Weight...); weights >= 0 && weights <= math.MaxInt-op.Bias {
		return weights + op.Bias
	}
	return -1
}

// MultiplyAdds returns how many multiply-adds the operation takes by its
// definition, or -1 if the number overflows.
func (op *Operation) MultiplyAdds() int {
	if op.Weight == nil {
		return 0
	}
	factors := append([]int(nil), op.Output...)
	return Product(append(factors, op.Weight[1:]...)...)
}

// Append adds an operation on the output of the last one, and gives it the next
// parameters.
func (p *Program) Append(op Operation) {
	if op.Weight != nil {
		op.WeightAt = p.Params
		op.BiasAt = op.WeightAt + Product(op.Weight...)
		p.Params = op.BiasAt + op.Bias
	}
	p.Operations = append(p.Operations, op)
}

// Output returns the shape of one output. It is not to be changed.
func (p *Program) Output() []int { return p.Operations[len(p.Operations)-1].Output }

// Outputs returns how many numbers one output has.
func (p *Program) Outputs() int { return Product(p.Output()...) }

// Product returns the number of elements of a shape, or -1 if it overflows.
func Product(shape ...int) int {
	size := 1
	for _, n := range shape {
		if size > math.MaxInt/n {
			return -1
		}
		size *= n
	}
	return size
}
