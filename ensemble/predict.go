package ensemble

import (
	"math"

	"github.com/trajens/trajens/data"
)

// Outputs returns the mean of the members' outputs for each sample, one
// sample after the other: the prediction in a regression.
func (c *Committee) Outputs(d *data.Dataset) ([]float64, error) {
	return c.meanOverMembers(d, addOutputs)
}

// Probabilities returns the mean of the members' class probabilities for each
// sample, one sample after the other. A member's probabilities are the
// softmax of its outputs.
func (c *Committee) Probabilities(d *data.Dataset) ([]float64, error) {
	return c.meanOverMembers(d, addProbabilities)
}

// Votes returns the class that most members give the largest output, for each
// sample. A tie goes to the smaller class, among members as among outputs.
func (c *Committee) Votes(d *data.Dataset) ([]int, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	classes := c.net.Outputs()
	counts := make([]int, d.Len()*classes)
	err := c.eachBlock(d, func(b block) {
		for j := range b.samples {
			counts[(b.first+j)*classes+largest(b.output(j))]++
		}
	})
	if err != nil {
		return nil, err
	}
	votes := make([]int, d.Len())
	for i := range votes {
		votes[i] = largest(counts[i*classes : (i+1)*classes])
	}
	return votes, nil
}

// meanOverMembers returns for each sample the mean over the members of what add
// adds to dst for the output of one.
func (c *Committee) meanOverMembers(d *data.Dataset, add func(dst []float64, output []float32)) ([]float64, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	n := c.net.Outputs()
	mean := make([]float64, d.Len()*n)
	err := c.eachBlock(d, func(b block) {
		for j := range b.samples {
			add(mean[(b.first+j)*n:(b.first+j+1)*n], b.output(j))
		}
	})
	if err != nil {
		return nil, err
	}
	divide(mean, c.Len())
	return mean, nil
}

func addOutputs(dst []float64, output []float32) {
	for i, y := range output {
		dst[i] += float64(y)
	}
}

func addProbabilities(dst []float64, output []float32) {
	normalization := logSumExp(output)
	for i, y := range output {
		dst[i] += math.Exp(float64(y) - normalization)
	}
}

func divide(x []float64, n int) {
	for i := range x {
		x[i] /= float64(n)
	}
}

// largest returns the index of the largest value, the first of equal ones.
func largest[T int | float32 | float64](x []T) int {
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// logSumExp returns log Σ exp(x) without overflow.
func logSumExp[T float32 | float64](x []T) float64 {
	top := float64(x[largest(x)])
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}
