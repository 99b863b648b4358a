package ensemble

import (
	"fmt"
	"slices"

	"github.com/trajens/trajens/data"
)

// A Prediction is what a committee says of one input. A network does not know
// whether it is a classifier: of a regression, only Outputs and Variances have a
// meaning. All means and variances are over the members, by their weights.
type Prediction struct {
	// Outputs are the mean of the members' outputs.
	Outputs []float64

	// Variances are the variances of the members' outputs about their mean, the
	// weighted mean of the squares: 0 for one member.
	Variances []float64

	// Probabilities are the mean of the members' class probabilities, the
	// softmax of their outputs. They are empty for a network of one output.
	Probabilities []float64

	// Votes are the numbers of members that give each class the largest
	// output, without members of weight zero. They are empty for a network of one
	// output.
	Votes []int

	// VoteShares are the weights of these members, divided by the weight of all:
	// the same as Votes divided by the number of members, if all weights are
	// equal. They are empty for a network of one output.
	VoteShares []float64

	// Class is the class with the largest share of the votes, of equal ones the
	// smallest. It is −1 for a network of one output.
	Class int
}

// Predict returns what the committee says of one input: its numbers in
// row-major order of the network's input shape, all finite. For one input after
// the other a Predictor is faster, for many inputs Outputs, Probabilities, Votes
// and PredictClasses are.
func (c *Committee) Predict(input []float32) (Prediction, error) {
	if err := c.checkInput(input); err != nil {
		return Prediction{}, err
	}
	d, err := data.NewInputs(input, c.net.InputShape())
	if err != nil {
		return Prediction{}, fmt.Errorf("ensemble: %w", err)
	}
	n := c.net.Outputs()
	outputs := make([]float32, c.Len()*n)
	err = c.eachBlock(d, func(b block) { copy(outputs[b.member*n:], b.outputs) })
	if err != nil {
		return Prediction{}, err
	}
	var p Prediction
	p.set(c, outputs)
	return p, nil
}

// checkInput returns an error if an input does not have the network's size.
func (c *Committee) checkInput(input []float32) error {
	shape := c.net.InputShape()
	size := 1
	for _, n := range shape {
		size *= n
	}
	if len(input) != size {
		return fmt.Errorf("ensemble: the input has %d numbers, want the %d of the shape %v", len(input), size, shape)
	}
	return nil
}

// set makes the prediction of the members' outputs for one input, members ×
// outputs. It reuses the slices that the prediction has.
func (p *Prediction) set(c *Committee, outputs []float32) {
	n := c.net.Outputs()
	p.Outputs, p.Variances = zeros(p.Outputs, n), zeros(p.Variances, n)
	for member := range c.members {
		addOutputs(p.Outputs, outputs[member*n:][:n], c.weight(member))
	}
	divide(p.Outputs, c.total)
	for member := range c.members {
		weight := c.weight(member)
		for k, y := range outputs[member*n:][:n] {
			p.Variances[k] += weight * square(float64(y)-p.Outputs[k])
		}
	}
	divide(p.Variances, c.total)
	p.Probabilities, p.Votes, p.VoteShares, p.Class = p.Probabilities[:0], p.Votes[:0], p.VoteShares[:0], -1
	if n == 1 {
		return
	}
	p.Probabilities, p.Votes, p.VoteShares = zeros(p.Probabilities, n), zeros(p.Votes, n), zeros(p.VoteShares, n)
	for member := range c.members {
		output, weight := outputs[member*n:][:n], c.weight(member)
		addProbabilities(p.Probabilities, output, weight)
		if class := largest(output); weight > 0 {
			p.Votes[class]++
			p.VoteShares[class] += weight
		}
	}
	p.Class = largest(p.VoteShares)
	divide(p.Probabilities, c.total)
	divide(p.VoteShares, c.total)
}

// zeros returns n zeros, in the memory of x if that is enough.
func zeros[T int | float64](x []T, n int) []T {
	x = slices.Grow(x[:0], n)[:n]
	clear(x)
	return x
}

func square(x float64) float64 { return x * x }
