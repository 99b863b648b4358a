package ensemble

import (
	"cmp"
	"errors"
	"slices"

	"github.com/trajens/trajens/data"
)

// BestConfig has the settings of Best. The zero value works.
type BestConfig struct {
	// Greedy chooses one member after the other: the one with which the committee of
	// those that are chosen, and of that one, is best (Caruana, Niculescu-Mizil, Crew
	// and Ksikes, International Conference on Machine Learning 2004, section 2). By
	// default the members that are best alone are chosen.
	Greedy bool

	// Replacement, of a greedy choice, lets a member be chosen more than once. Its
	// weight is then its weight times how often it was chosen (ibid., section 2.1).
	Replacement bool
}

// Best returns the committee of the k members that are best on a dataset, 1 ≤ k ≤
// Len, the best one first. That dataset is for validation: on the samples that chose
// the members, a committee seems better than it is.
//
// Of a dataset with labels, better is a smaller NLL, as in Report; of one with
// targets, a smaller Loss, for which the outputs must be the predictions: a network
// of means and scales (nn.Loss.HasScales) is refused. Of equal ones the first is
// chosen. Members keep the ratios of their weights, and those of weight zero are not
// chosen, so there must be k others.
//
// A greedy choice keeps what each member says of each sample: 8 bytes for the label,
// or for each target. It is an error if the machine does not have that memory. It
// takes time for k times all members.
func (c *Committee) Best(k int, d *data.Dataset, config BestConfig) (*Committee, error) {
	if err := c.checkSize(k); err != nil {
		return nil, err
	}
	if config.Replacement && !config.Greedy {
		return nil, errors.New("ensemble: Replacement needs Greedy")
	}
	if config.Greedy {
		return c.greedy(k, d, config.Replacement)
	}
	voters := c.voters()
	if err := checkVoters(k, len(voters)); err != nil {
		return nil, err
	}
	report, err := c.Evaluate(d)
	if err != nil {
		return nil, err
	}
	losses := report.MemberNLL
	if report.Task == Regression {
		losses = report.MemberLoss
	}
	slices.SortStableFunc(voters, func(a, b int) int { return cmp.Compare(losses[a], losses[b]) })
	return c.Subset(voters[:k])
}
