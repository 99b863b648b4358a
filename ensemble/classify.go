package ensemble

import (
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/data"
)

// tally is what the members say about one block of samples.
type tally struct {
	classes       int
	votes         []int     // samples × classes
	probabilities []float64 // samples × classes, summed over the members
	logLabel      []float64 // log Σ over the members of the label's probability

	right, rightByProbability int
	nll                       float64
	memberRight               []int
	memberNLL                 []float64
}

func newTally(members, samples, classes int) *tally {
	t := &tally{
		classes:       classes,
		votes:         make([]int, samples*classes),
		probabilities: make([]float64, samples*classes),
		logLabel:      make([]float64, samples),
		memberRight:   make([]int, members),
		memberNLL:     make([]float64, members),
	}
	for j := range t.logLabel {
		t.logLabel[j] = math.Inf(-1)
	}
	return t
}

// add counts what a member says.
func (t *tally) add(b block, d *data.Dataset) {
	for j := range b.samples {
		output, label := b.output(j), d.Label(b.first+j)
		normalization := logSumExp(output)
		for class, y := range output {
			t.probabilities[j*t.classes+class] += math.Exp(float64(y) - normalization)
		}
		class := largest(output)
		t.votes[j*t.classes+class]++
		if class == label {
			t.memberRight[b.member]++
		}
		// In logarithms, so that no probability is lost to underflow.
		logProbability := float64(output[label]) - normalization
		t.memberNLL[b.member] -= logProbability
		t.logLabel[j] = logSumExp([]float64{t.logLabel[j], logProbability})
	}
}

// finish judges the committee and lets go of the scratch memory.
func (t *tally) finish(b block, d *data.Dataset) {
	for j := range b.samples {
		label := d.Label(b.first + j)
		from, to := j*t.classes, (j+1)*t.classes
		if largest(t.votes[from:to]) == label {
			t.right++
		}
		if largest(t.probabilities[from:to]) == label {
			t.rightByProbability++
		}
		t.nll -= t.logLabel[j] - math.Log(float64(len(t.memberRight)))
	}
	t.votes, t.probabilities, t.logLabel = nil, nil, nil
}

// Classify measures the committee as a classifier on a dataset with labels, of
// as many classes as the network has outputs. The error says what does not fit,
// or which member has outputs that are not finite.
func (c *Committee) Classify(d *data.Dataset) (*Report, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	if d.Classes() == 0 {
		return nil, errors.New("ensemble: the dataset has no labels to classify by")
	}
	if d.Classes() != c.net.Outputs() {
		return nil, fmt.Errorf("ensemble: the dataset has %d classes, the network %d outputs", d.Classes(), c.net.Outputs())
	}
	tallies := make([]*tally, blocksOf(d))
	err := c.eachBlock(d, func(b block) {
		if b.member == 0 {
			tallies[b.index] = newTally(c.Len(), b.samples, c.net.Outputs())
		}
		tallies[b.index].add(b, d)
		if b.member == c.Len()-1 {
			tallies[b.index].finish(b, d)
		}
	})
	if err != nil {
		return nil, err
	}
	r := newReport(Classification, d.Len())
	r.MemberAccuracy, r.MemberNLL = make([]float64, c.Len()), make([]float64, c.Len())
	right, rightByProbability, nll := 0, 0, 0.0
	for _, t := range tallies {
		right += t.right
		rightByProbability += t.rightByProbability
		nll += t.nll
		for member := range c.members {
			r.MemberAccuracy[member] += float64(t.memberRight[member])
			r.MemberNLL[member] += t.memberNLL[member]
		}
	}
	n := float64(d.Len())
	r.Accuracy = float64(right) / n
	r.MeanProbabilityAccuracy = float64(rightByProbability) / n
	r.NLL = nll / n
	divide(r.MemberNLL, d.Len())
	divide(r.MemberAccuracy, d.Len())
	return r, nil
}
