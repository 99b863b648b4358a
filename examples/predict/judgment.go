package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A judgment is what an ensemble says of one image.
type judgment struct {
	index         int
	class         int // of the largest probability
	probabilities []float64
	votes         []vote  // the most first
	entropy       float64 // of the probabilities, in nats
	mutual        float64 // information of class and member, in nats
	label         int     // −1: unknown
	nll           float64 // −log of the label's probability
}

// A vote is what a class gets.
type vote struct {
	class   int
	members int
	share   float64 // by weight
}

// probability is that of the class.
func (j *judgment) probability() float64 { return j.probabilities[j.class] }

// wrong tells whether the class is known not to be right.
func (j *judgment) wrong() bool { return j.label >= 0 && j.label != j.class }

// sorted returns the votes of the classes that have some, the most first.
func sorted(members []int, shares []float64) (votes []vote) {
	for class, n := range members {
		if n > 0 {
			votes = append(votes, vote{class, n, shares[class]})
		}
	}
	slices.SortStableFunc(votes, func(a, b vote) int { return cmp.Compare(b.share, a.share) })
	return votes
}

// certainty says in words how certain an ensemble is, and if it is not, whether its
// members disagree or each has its doubts.
func (j *judgment) certainty() string {
	// In units of the entropy of classes that are all alike.
	relative := j.entropy / math.Log(float64(len(j.probabilities)))
	doubt := "members have doubts"
	if j.mutual > j.entropy/2 {
		doubt = "members disagree"
	}
	switch {
	case relative < 0.05:
		return "certain"
	case relative < 0.2:
		return "fairly certain"
	case relative < 0.5:
		return "uncertain: " + doubt
	}
	return "very uncertain: " + doubt
}

// leading is the number of classes whose votes are shown.
const leading = 3

// ballot returns the votes of the leading classes as text: numbers of members, or
// shares where members have weights.
func (c *committee) ballot(votes []vote) string {
	var words []string
	for _, v := range votes[:min(leading, len(votes))] {
		words = append(words, c.classes[v.class]+": "+c.count(v))
	}
	if len(votes) > leading {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}

// count returns the votes of one class as text.
func (c *committee) count(v vote) string {
	if c.Weights() != nil {
		return fmt.Sprintf("%.0f %%", 100*v.share)
	}
	return fmt.Sprint(v.members)
}
