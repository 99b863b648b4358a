package tps

import (
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
)

// ProposalDifferences makes a proposal as the next step would, with random
// numbers from source, returns its numbers (S, Kind, Choice, First, Width, Known,
// Exact and Cost alone), and writes its ℓᵢ(Θ′) − ℓᵢ(Θ), summed over the models
// that it changes, of all samples i to dst, which has length N. It decides
// nothing: the chain, its random numbers and its statistics stay as they are,
// bit for bit, as long as source is not the chain's own. The cost is 2N losses
// for each model that changes.
//
// Where a loss is infinite the difference is, too. The error, a LossError,
// names a model and a sample whose loss is NaN or −Inf; dst then has no
// meaning. ProposalDifferences panics if dst has another length, and is not
// to be called while the chain makes a step.
func (c *Chain) ProposalDifferences(dst []float64, source rand.Source) (Proposal, error) {
	n := c.comparison.Samples()
	if len(dst) != n {
		panic("tps: length of dst is not the number of samples")
	}
	if null.Is(source) {
		return Proposal{}, errNoSource
	}
	// The proposer is shared: what it drew last does not influence what it draws
	// next.
	var p Proposal
	defer func() { p.assign(c.proposed, c.current) }()
	if err := c.propose(c.proposer, &p, c.S(), source); err != nil {
		return Proposal{}, err
	}
	c.comparison.set(&p, c.times[p.First:p.First+p.Width], 0)
	samples := make([]int, min(n, lossBlock))
	for from := 0; from < n; from += lossBlock {
		block := dst[from:min(from+lossBlock, n)]
		for j := range block {
			samples[j] = from + j
		}
		if err := c.comparison.Differences(block, samples[:len(block)]); err != nil {
			return Proposal{}, err
		}
	}
	return Proposal{S: p.S, Kind: p.Kind, Choice: p.Choice, First: p.First, Width: p.Width, Known: p.Known, Exact: p.Exact, Cost: p.Cost}, nil
}

// ModelLossEstimate returns the t-th of LossEstimates, without allocating. It
// panics if t is not from 0 to Tau−1.
func (c *Chain) ModelLossEstimate(t int) float64 { return c.loss[t] }
