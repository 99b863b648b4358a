package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/nn/internal/engine"
)

// A Network is a sequence of layers as a pure function of an input and a flat
// parameter vector. It is immutable.
type Network struct {
	layers       []Layer
	program      engine.Program // an operation for each layer
	blocks       []Block
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
func (b Block) Size() int { return engine.Product(b.Shape...) }

// maxMemory is how many bytes the intermediate results of the few samples that
// are computed together may take: far more than those of a network for which
// this package is made, and less than a machine has.
const maxMemory = 4 << 30

// NewNetwork returns the network that applies the layers, in this order, to
// inputs of the given shape: a vector [length] or an image [channels, height,
// width]. Errors name the layer by its index, from 0, or say how many bytes a
// network would need that is too large. The slices are copied.
func NewNetwork(input []int, layers ...Layer) (*Network, error) {
	if len(input) == 0 {
		return nil, errors.New("nn: the shape of the input is empty")
	}
	for _, n := range input {
		if n < 1 {
			return nil, fmt.Errorf("nn: the input shape %v has a dimension below 1", input)
		}
	}
	if size := engine.Product(input...); size < 1 || size > math.MaxInt32 {
		return nil, fmt.Errorf("nn: the input shape %v is too large, want at most %d numbers", input, math.MaxInt32)
	}
	if len(layers) == 0 {
		return nil, errors.New("nn: the network has no layers")
	}
	n := &Network{layers: slices.Clone(layers), program: engine.Program{Input: slices.Clone(input)}}
	shape := n.program.Input
	for i, layer := range layers {
		if null.Is(layer) {
			return nil, fmt.Errorf("nn: layer %d is nil", i)
		}
		op, err := layer.resolve(shape)
		if err != nil {
			return nil, fmt.Errorf("nn: layer %d, %v: %w", i, layer, err)
		}
		if err := n.checkGrouped(op); err != nil {
			return nil, fmt.Errorf("nn: layer %d, %v: %w", i, layer, err)
		}
		if err := n.append(i, op); err != nil {
			return nil, fmt.Errorf("nn: layer %d, %v: %w", i, layer, err)
		}
		shape = op.Output
	}
	if bytes := n.program.LeastMemory(); bytes > maxMemory {
		return nil, fmt.Errorf("nn: the intermediate results of a few samples take %s, want at most %s", memory.Format(bytes), memory.Format(maxMemory))
	}
	return n, nil
}

// append adds an operation, unless a size is too large.
func (n *Network) append(i int, op engine.Operation) error {
	outputs, params, work := engine.Product(op.Output...), op.Params(), op.MultiplyAdds()
	if min(outputs, params, work) < 0 || max(outputs, params) > math.MaxInt32 || work > math.MaxInt-n.multiplyAdds {
		return fmt.Errorf("the input %s makes an output %s, which is too large: want at most %d outputs and parameters",
			formatShape(op.Input), formatShape(op.Output), math.MaxInt32)
	}
	n.multiplyAdds += work
	n.program.Append(op)
	if n.program.Params > math.MaxInt32 {
		return fmt.Errorf("the network has more than %d parameters", math.MaxInt32)
	}
	if op.Weight == nil {
		return nil
	}
	op = n.program.Operations[i]
	fanIn := engine.Product(op.Weight[1:]...)
	n.blocks = append(n.blocks, Block{Name: strconv.Itoa(i) + ".weight", Shape: op.Weight, Offset: op.WeightAt, FanIn: fanIn})
	if op.Bias > 0 {
		n.blocks = append(n.blocks, Block{Name: strconv.Itoa(i) + ".bias", Shape: []int{op.Bias}, Offset: op.BiasAt, FanIn: fanIn})
	}
	return nil
}

// checkModel panics if a parameter vector does not fit.
func (n *Network) checkModel(params []float32) {
	if len(params) != n.program.Params {
		panic("nn: length of a parameter vector does not fit the network")
	}
}

// Params returns the length of the parameter vector.
func (n *Network) Params() int { return n.program.Params }

// InputShape returns the shape of one input.
func (n *Network) InputShape() []int { return slices.Clone(n.program.Input) }

// OutputShape returns the shape of one output.
func (n *Network) OutputShape() []int { return slices.Clone(n.program.Output()) }

// Outputs returns how many numbers one output has, the product of its shape.
func (n *Network) Outputs() int { return n.program.Outputs() }

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

// NeededMultiplyAdds returns how many of the multiplications of MultiplyAdds
// are left when each layer computes only those rows and columns of its output
// that later layers read. That is what Losses and Evaluator compute, except
// for products with zeros of the input, which they may leave out.
func (n *Network) NeededMultiplyAdds() int { return n.program.NeededMultiplyAdds() }

// NeededGradientMultiplyAdds returns how many multiplications a loss and its
// gradient take for one sample: those of NeededMultiplyAdds, and backward
// one for each weight of each output that may have a derivative, and for all
// but the first layer another for its input. A pooling after a convolution
// lets a derivative through to only one number of each window. Gradients
// computes about that, more in a first convolution, and fewer where a ReLU
// gives zero.
func (n *Network) NeededGradientMultiplyAdds() int { return n.program.NeededGradientMultiplyAdds() }

// String returns a table of the layers with the shape of their output and the
// number of their parameters.
func (n *Network) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "layer\toutput\tparameters\n")
	fmt.Fprintf(w, "input\t%s\t0\n", formatShape(n.program.Input))
	for i, op := range n.program.Operations {
		fmt.Fprintf(w, "%d %v\t%s\t%d\n", i, n.layers[i], formatShape(op.Output), op.Params())
	}
	fmt.Fprintf(w, "total\t%s\t%d\n", formatShape(n.program.Output()), n.program.Params)
	w.Flush() // cannot fail: a strings.Builder takes everything
	return text.String()
}
