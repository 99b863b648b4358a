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
	return c.meanOverMembers(d, func(dst []float64, output []float32, weight float64) {
		addProbabilities(dst, output, weight)
	})
}

// Votes returns the class that most members give the largest output, for each
// sample; of members with weights, those with the most weight together. A tie goes
// to the smaller class, among members as among outputs.
func (c *Committee) Votes(d *data.Dataset) ([]int, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	classes := c.net.Outputs()
	shares := make([]float64, d.Len()*classes)
	err := c.eachBlock(d, func(b block) {
		for j := range b.samples {
			shares[(b.first+j)*classes+largest(b.output(j))] += c.weight(b.member)
		}
	})
	if err != nil {
		return nil, err
	}
	votes := make([]int, d.Len())
	for i := range votes {
		votes[i] = largest(shares[i*classes : (i+1)*classes])
	}
	return votes, nil
}

// meanOverMembers returns for each sample the mean over the members of what add
// adds to dst for the output of one, times its weight.
func (c *Committee) meanOverMembers(d *data.Dataset, add func(dst []float64, output []float32, weight float64)) ([]float64, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	n := c.net.Outputs()
	mean := make([]float64, d.Len()*n)
	err := c.eachBlock(d, func(b block) {
		weight := c.weight(b.member)
		for j := range b.samples {
			add(mean[(b.first+j)*n:(b.first+j+1)*n], b.output(j), weight)
		}
	})
	if err != nil {
		return nil, err
	}
	divide(mean, c.total)
	return mean, nil
}

// addOutputs adds the outputs of a member times its weight.
func addOutputs(dst []float64, output []float32, weight float64) {
	for i, y := range output {
		dst[i] += weight * float64(y)
	}
}

// addProbabilities adds the probabilities that a member's outputs make, times its
// weight. It returns log Σ exp(output) and the entropy of the probabilities.
func addProbabilities(dst []float64, output []float32, weight float64) (normalization, entropy float64) {
	normalization = logSumExp(output)
	for i, y := range output {
		p := math.Exp(float64(y) - normalization)
		entropy += p * max(normalization-float64(y), 0)
		dst[i] += weight * p
	}
	return normalization, entropy
}

func divide(x []float64, by float64) {
	for i := range x {
		x[i] /= by
	}
}

// largest returns the index of the largest value, the first of equal ones.
func largest[T float32 | float64](x []T) int {
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// logSumExp returns log Σ exp(x) without overflow.
func logSumExp(x []float32) float64 {
	top := float64(x[largest(x)])
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}

// logAdd returns log(exp(a) + exp(b)) without overflow. One of the two may be −Inf.
func logAdd(a, b float64) float64 {
	top := max(a, b)
	return top + math.Log(math.Exp(a-top)+math.Exp(b-top))
}
