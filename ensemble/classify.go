package ensemble

import (
	"math"

	"github.com/trajens/trajens/data"
)

// tally is what the members say about one block of samples. Sums over the members
// are weighted.
type tally struct {
	committee     *Committee
	classes       int
	votes         []float64 // samples × classes
	probabilities []float64 // samples × classes, summed over the members
	logLabel      []float64 // log Σ over the members of the label's probability

	right, rightByProbability int
	nll, brier                float64
	entropy, memberEntropy    float64
	memberRight               []int
	memberNLL                 []float64
}

func newTally(c *Committee, samples int) *tally {
	classes := c.net.Outputs()
	t := &tally{
		committee:     c,
		classes:       classes,
		votes:         make([]float64, samples*classes),
		probabilities: make([]float64, samples*classes),
		logLabel:      make([]float64, samples),
		memberRight:   make([]int, c.Len()),
		memberNLL:     make([]float64, c.Len()),
	}
	for j := range t.logLabel {
		t.logLabel[j] = math.Inf(-1)
	}
	return t
}

// add counts what a member says.
func (t *tally) add(b block, d *data.Dataset) {
	weight := t.committee.weight(b.member)
	logWeight := math.Log(weight)
	for j := range b.samples {
		output, label := b.output(j), d.Label(b.first+j)
		at := j * t.classes
		normalization, entropy := addProbabilities(t.probabilities[at:at+t.classes], output, weight)
		class := largest(output)
		t.votes[at+class] += weight
		if class == label {
			t.memberRight[b.member]++
		}
		// In logarithms, so that no probability is lost to underflow.
		logProbability := float64(output[label]) - normalization
		t.memberNLL[b.member] -= logProbability
		if weight > 0 {
			t.logLabel[j] = logAdd(t.logLabel[j], logWeight+logProbability)
			t.memberEntropy += weight * entropy
		}
	}
}

// finish judges the committee and lets go of the scratch memory.
func (t *tally) finish(b block, d *data.Dataset) {
	for j := range b.samples {
		label := d.Label(b.first + j)
		from, to := j*t.classes, (j+1)*t.classes
		probabilities := t.probabilities[from:to]
		if largest(t.votes[from:to]) == label {
			t.right++
		}
		if largest(probabilities) == label {
			t.rightByProbability++
		}
		t.nll -= t.logLabel[j] - math.Log(t.committee.total)
		divide(probabilities, t.committee.total)
		t.brier += brier(probabilities, label)
		t.entropy += entropyOf(probabilities)
	}
	t.memberEntropy /= t.committee.total
	t.votes, t.probabilities, t.logLabel = nil, nil, nil
}

// brier returns the squared distance of probabilities from those of who knows the
// label.
func brier(probabilities []float64, label int) float64 {
	sum := 0.0
	for class, p := range probabilities {
		if class == label {
			p--
		}
		sum += p * p
	}
	return sum
}

// entropyOf returns −Σ p log p.
func entropyOf(probabilities []float64) float64 {
	sum := 0.0
	for _, p := range probabilities {
		if p > 0 {
			sum -= p * math.Log(p)
		}
	}
	return sum
}

// Classify measures the committee as a classifier on a dataset with labels, of
// as many classes as the network has outputs. The error says what does not fit,
// or which member has outputs that are not finite.
func (c *Committee) Classify(d *data.Dataset) (*Report, error) {
	if err := c.checkLabels(d); err != nil {
		return nil, err
	}
	r := newReport(Classification, d.Len(), c)
	r.MemberAccuracy, r.MemberNLL = make([]float64, c.Len()), make([]float64, c.Len())
	sum := tally{}
	results := inOrder(func(t *tally) {
		sum.right += t.right
		sum.rightByProbability += t.rightByProbability
		sum.nll += t.nll
		sum.brier += t.brier
		sum.entropy += t.entropy
		sum.memberEntropy += t.memberEntropy
		for member := range c.members {
			r.MemberAccuracy[member] += float64(t.memberRight[member])
			r.MemberNLL[member] += t.memberNLL[member]
		}
	})
	tallies := make([]*tally, blocksOf(d))
	err := c.eachBlock(d, func(b block) {
		if b.member == 0 {
			tallies[b.index] = newTally(c, b.samples)
		}
		t := tallies[b.index]
		t.add(b, d)
		if b.member == c.Len()-1 {
			t.finish(b, d)
			results.put(b.index, t)
			tallies[b.index] = nil
		}
	})
	if err != nil {
		return nil, err
	}
	n := float64(d.Len())
	r.Accuracy = float64(sum.right) / n
	r.MeanProbabilityAccuracy = float64(sum.rightByProbability) / n
	r.NLL, r.Brier = sum.nll/n, sum.brier/n
	r.Entropy, r.MemberEntropy = sum.entropy/n, sum.memberEntropy/n
	divide(r.MemberNLL, n)
	divide(r.MemberAccuracy, n)
	return r, nil
}
