package ensemble

import (
	"fmt"

	"github.com/trajens/trajens/data"
)

// A Prediction is what a committee says of one input. A network does not know
// whether it is a classifier: of a regression, only Outputs have a meaning.
type Prediction struct {
	// Outputs are the mean of the members' outputs.
	Outputs []float64

	// Probabilities are the mean of the members' class probabilities, the
	// softmax of their outputs. They are nil for a network of one output.
	Probabilities []float64

	// Votes are the numbers of members that give each class the largest
	// output. They are nil for a network of one output.
	Votes []int

	// Class is the class with the most votes, of equal ones the smallest. It
	// is −1 for a network of one output.
	Class int
}

// Predict returns what the committee says of one input: its numbers in
// row-major order of the network's input shape, all finite. For many inputs,
// Outputs, Probabilities and Votes are faster.
func (c *Committee) Predict(input []float32) (Prediction, error) {
	shape := c.net.InputShape()
	size := 1
	for _, n := range shape {
		size *= n
	}
	if len(input) != size {
		return Prediction{}, fmt.Errorf("ensemble: the input has %d numbers, want the %d of the shape %v", len(input), size, shape)
	}
	d, err := data.NewInputs(input, shape)
	if err != nil {
		return Prediction{}, fmt.Errorf("ensemble: %w", err)
	}
	n := c.net.Outputs()
	p := Prediction{Outputs: make([]float64, n), Class: -1}
	if n > 1 {
		p.Probabilities, p.Votes = make([]float64, n), make([]int, n)
	}
	err = c.eachBlock(d, func(b block) {
		output := b.output(0)
		addOutputs(p.Outputs, output)
		if n > 1 {
			addProbabilities(p.Probabilities, output)
			p.Votes[largest(output)]++
		}
	})
	if err != nil {
		return Prediction{}, err
	}
	divide(p.Outputs, c.Len())
	if n > 1 {
		divide(p.Probabilities, c.Len())
		p.Class = largest(p.Votes)
	}
	return p, nil
}
