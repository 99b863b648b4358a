package ensemble

import (
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/memory"
)

// ClassPredictions are what a committee of classifiers says of the samples of a
// dataset. All means are over the members, by their weights. What is there for
// each class is samples × classes, row-major.
type ClassPredictions struct {
	// Samples and Classes are the numbers of samples and of classes.
	Samples, Classes int

	// Probabilities are the mean of the members' probabilities, the softmax of
	// their outputs.
	Probabilities []float64

	// LogProbabilities are the logarithms of Probabilities. They are made in
	// logarithms where probabilities are too small for a float64, and so finite:
	// the log-mean-exp of the members' log-probabilities.
	LogProbabilities []float64

	// MeanLogProbabilities are the mean of the members' log-probabilities. See
	// LogGeometric.
	MeanLogProbabilities []float64

	// VoteShares are the weights of the members that give each class the largest
	// output, divided by the weight of all.
	VoteShares []float64

	// MemberEntropy is the mean of the entropies of the members' probabilities for
	// each sample, in nats.
	MemberEntropy []float64

	// Disagreement is for each sample the probability that two different members,
	// drawn by their weights, vote for different classes: with shares v_k of the
	// votes and weights w_m that sum to 1,
	//
	//	(1 − Σ_k v_k²) / (1 − Σ_m w_m²)
	//
	// For equal weights it is the share of pairs of members that disagree. It is
	// NaN where only one member has a weight, as there is no pair.
	Disagreement []float64

	// MemberLogLikelihood is for each member the sum over the samples of the
	// logarithm of the probability that it gives the label. It is nil for a dataset
	// without labels.
	MemberLogLikelihood []float64
}

// PredictClasses returns what the committee says of the samples of a dataset, with
// labels or without. The network must have at least two outputs, as many as the
// dataset has classes if it has labels: of data of other classes take the Unlabeled
// view. Members are evaluated a few at a time, so that the memory is that of the
// result: four numbers for each class of a sample. It is an error if the machine does
// not have it, or if a member has outputs that are not finite.
func (c *Committee) PredictClasses(d *data.Dataset) (*ClassPredictions, error) {
	p, err := c.newClassPredictions(d)
	if err != nil {
		return nil, err
	}
	likelihoods := inOrder(func(sums []float64) {
		for member, sum := range sums {
			p.MemberLogLikelihood[member] += sum
		}
	})
	sums := make([][]float64, blocksOf(d))
	err = c.eachBlock(d, func(b block) {
		likelihood := p.add(c, b, d)
		if d.Classes() > 0 {
			sums[b.index] = append(sums[b.index], likelihood)
		}
		if b.member == c.Len()-1 {
			p.finish(c, b)
			likelihoods.put(b.index, sums[b.index])
			sums[b.index] = nil
		}
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// newClassPredictions checks the dataset, and returns predictions of nobody yet.
func (c *Committee) newClassPredictions(d *data.Dataset) (*ClassPredictions, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	if err := c.checkClasses(d); err != nil {
		return nil, err
	}
	n, classes := d.Len(), c.net.Outputs()
	if classes < 2 {
		return nil, errors.New("ensemble: the network has one output, want at least two for classes")
	}
	if err := memory.Check(8 * float64(n) * float64(4*classes+2)); err != nil {
		return nil, fmt.Errorf("ensemble: predictions of %d classes for %d samples: they %w", classes, n, err)
	}
	numbers := func() []float64 { return make([]float64, n*classes) }
	p := &ClassPredictions{
		Samples: n, Classes: classes,
		Probabilities: numbers(), LogProbabilities: numbers(), MeanLogProbabilities: numbers(), VoteShares: numbers(),
		MemberEntropy: make([]float64, n), Disagreement: make([]float64, n),
	}
	for i := range p.LogProbabilities {
		p.LogProbabilities[i] = math.Inf(-1)
	}
	if d.Classes() > 0 {
		p.MemberLogLikelihood = make([]float64, c.Len())
	}
	return p, nil
}

// tiny is the logarithm of probabilities so small that those of all members
// together may be lost to underflow.
const tiny = -600

// add adds what a member says of a block of samples, and returns the sum over them
// of the log-probabilities of the labels, or 0 if there are none.
func (p *ClassPredictions) add(c *Committee, b block, d *data.Dataset) (likelihood float64) {
	weight := c.weight(b.member)
	logWeight := math.Log(weight)
	for j := range b.samples {
		output, i := b.output(j), b.first+j
		from, to := i*p.Classes, (i+1)*p.Classes
		normalization, entropy := addProbabilities(p.Probabilities[from:to], output, weight)
		if d.Classes() > 0 {
			likelihood += float64(output[d.Label(i)]) - normalization
		}
		if weight == 0 {
			continue
		}
		p.MemberEntropy[i] += weight * entropy
		p.VoteShares[from+largest(output)] += weight
		for class, y := range output {
			logProbability := float64(y) - normalization
			p.MeanLogProbabilities[from+class] += weight * logProbability
			if l := logWeight + logProbability; l < tiny {
				p.LogProbabilities[from+class] = logAdd(p.LogProbabilities[from+class], l)
			}
		}
	}
	return likelihood
}

// finish makes means of sums, for a block of samples.
func (p *ClassPredictions) finish(c *Committee, b block) {
	squares := 0.0 // of the weights that sum to 1
	for member := range c.members {
		squares += square(c.weight(member) / c.total)
	}
	pair := 1 - squares // the probability that two draws give two members
	if len(c.voters()) == 1 {
		pair = 0
	}
	from, to := b.first*p.Classes, (b.first+b.samples)*p.Classes
	for _, sums := range [][]float64{p.Probabilities, p.MeanLogProbabilities, p.VoteShares} {
		divide(sums[from:to], c.total)
	}
	divide(p.MemberEntropy[b.first:][:b.samples], c.total)
	for at := from; at < to; at++ {
		// Below, all terms were tiny.
		if p.Probabilities[at]*c.total > math.Exp(tiny-40) {
			p.LogProbabilities[at] = math.Log(p.Probabilities[at])
		} else {
			p.LogProbabilities[at] -= math.Log(c.total)
		}
	}
	for i := b.first; i < b.first+b.samples; i++ {
		different := 1.0
		for _, share := range p.VoteShares[i*p.Classes:][:p.Classes] {
			different -= share * share
		}
		p.Disagreement[i] = math.NaN()
		if pair > 0 {
			p.Disagreement[i] = min(max(different/pair, 0), 1)
		}
	}
}

// Vote returns the class with the largest share of the votes for sample i, of equal
// ones the smallest.
func (p *ClassPredictions) Vote(i int) int {
	return largest(p.VoteShares[i*p.Classes : (i+1)*p.Classes])
}

// Class returns the class with the largest mean probability for sample i, of equal
// ones the smallest.
func (p *ClassPredictions) Class(i int) int {
	return largest(p.Probabilities[i*p.Classes : (i+1)*p.Classes])
}

// LogGeometric returns the logarithms of the normalized geometric mean of the
// members' probabilities, samples × classes: the log-softmax of their mean outputs
// (logarithmic opinion pool; Heskes, Neural Computation 10 (1998)).
func (p *ClassPredictions) LogGeometric() []float64 {
	logs := make([]float64, len(p.MeanLogProbabilities))
	for i := range p.Samples {
		row := p.MeanLogProbabilities[i*p.Classes:][:p.Classes]
		top, sum := row[largest(row)], 0.0
		for _, l := range row {
			sum += math.Exp(l - top)
		}
		normalization := top + math.Log(sum)
		for class, l := range row {
			logs[i*p.Classes+class] = l - normalization
		}
	}
	return logs
}

// Geometric returns the normalized geometric mean of the members' probabilities,
// samples × classes: the softmax of their mean outputs.
func (p *ClassPredictions) Geometric() []float64 {
	probabilities := p.LogGeometric()
	for i, l := range probabilities {
		probabilities[i] = math.Exp(l)
	}
	return probabilities
}
