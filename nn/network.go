package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A Network is a sequence of layers as a pure function of an input and a flat
// parameter vector. It is immutable.
type Network struct {
	layers       []Layer
	input        []int
	operations   []operation // one a layer
	blocks       []Block
	params       int
	multiplyAdds int
}

// A Block is a named part of the parameter vector: the weight or the bias of
// one layer.
type Block struct {
	Name   string // as in PyTorch's nn.Sequential: "0.weight" for the first layer
	Shape  []int  // row-major
	Offset int    // where it starts in the parameter vector
	FanIn  int    // how many products are summed for one output of the layer
}

// Size returns how many parameters the block has, the product of its shape.
func (b Block) Size() int { return product(b.Shape...) }

// NewNetwork returns the network that applies the layers, in this order, to
// inputs of the given shape: a vector [length] or an image [channels, height,
// width]. Errors name the layer by its index, from 0. The slices are copied.
func NewNetwork(input []int, layers ...Layer) (*Network, error) {
	if len(input) == 0 {
		return nil, errors.New("nn: the shape of the input is empty")
	}
	for _, n := range input {
		if n < 1 {
			return nil, fmt.Errorf("nn: the input shape %v has a dimension below 1", input)
		}
	}
	if size := product(input...); size < 1 || size > math.MaxInt32 {
		return nil, fmt.Errorf("nn: the input shape %v is too large", input)
	}
	if len(layers) == 0 {
		return nil, errors.New("nn: the network has no layers")
	}
	n := &Network{layers: slices.Clone(layers), input: slices.Clone(input)}
	shape := n.input
	for i, layer := range layers {
		if layer == nil {
			return nil, fmt.Errorf("nn: layer %d is nil", i)
		}
		op, err := layer.resolve(shape)
		if err != nil {
			return nil, fmt.Errorf("nn: layer %d, %v: %w", i, layer, err)
		}
		if err := n.append(i, op); err != nil {
			return nil, fmt.Errorf("nn: layer %d, %v: %w", i, layer, err)
		}
		shape = op.output
	}
	return n, nil
}

func (n *Network) append(i int, op operation) error {
	tooLarge := func(shape []int) bool {
		size := product(shape...)
		return size < 0 || size > math.MaxInt32
	}
	if tooLarge(op.output) || tooLarge(op.weight) || op.multiplyAdds < 0 || op.multiplyAdds > math.MaxInt-n.multiplyAdds {
		return fmt.Errorf("the input %s makes an output %s, which is too large", formatShape(op.input), formatShape(op.output))
	}
	if op.weight != nil {
		fanIn := product(op.weight[1:]...)
		op.weightAt = n.params
		n.blocks = append(n.blocks, Block{Name: strconv.Itoa(i) + ".weight", Shape: op.weight, Offset: op.weightAt, FanIn: fanIn})
		n.params += product(op.weight...)
		op.biasAt = n.params
		if op.bias > 0 {
			n.blocks = append(n.blocks, Block{Name: strconv.Itoa(i) + ".bias", Shape: []int{op.bias}, Offset: op.biasAt, FanIn: fanIn})
			n.params += op.bias
		}
		if n.params > math.MaxInt32 {
			return fmt.Errorf("the network has more than %d parameters", math.MaxInt32)
		}
	}
	n.multiplyAdds += op.multiplyAdds
	n.operations = append(n.operations, op)
	return nil
}

// Params returns the length of the parameter vector.
func (n *Network) Params() int { return n.params }

// InputShape returns the shape of one input.
func (n *Network) InputShape() []int { return slices.Clone(n.input) }

// OutputShape returns the shape of one output.
func (n *Network) OutputShape() []int { return slices.Clone(n.last().output) }

// Outputs returns how many numbers one output has, the product of its shape.
func (n *Network) Outputs() int { return product(n.last().output...) }

func (n *Network) last() operation { return n.operations[len(n.operations)-1] }

// Layers returns the layers.
func (n *Network) Layers() []Layer { return slices.Clone(n.layers) }

// Blocks returns the named parts of the parameter vector, in its order. They
// cover it without gaps.
func (n *Network) Blocks() []Block {
	blocks := slices.Clone(n.blocks)
	for i := range blocks {
		blocks[i].Shape = slices.Clone(blocks[i].Shape)
	}
	return blocks
}

// MultiplyAdds returns how many multiplications of a weight with an input, each
// followed by an addition, the definition of the network has for one sample.
// It counts padding and outputs that no later layer reads, but no biases.
func (n *Network) MultiplyAdds() int { return n.multiplyAdds }

// String returns a table of the layers with the shape of their output and the
// number of their parameters.
func (n *Network) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "layer\toutput\tparameters\n")
	fmt.Fprintf(w, "input\t%s\t0\n", formatShape(n.input))
	for i, op := range n.operations {
		params := op.bias
		if op.weight != nil {
			params += product(op.weight...)
		}
		fmt.Fprintf(w, "%d %v\t%s\t%d\n", i, n.layers[i], formatShape(op.output), params)
	}
	fmt.Fprintf(w, "total\t%s\t%d\n", formatShape(n.last().output), n.params)
	w.Flush() // cannot fail: a strings.Builder takes everything
	return text.String()
}
