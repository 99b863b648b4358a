package main

import (
	"context"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

const (
	// initialSigma is the standard deviation of the first model's parameters.
	initialSigma = 0.05
	// Of the adaptive test, as in the example mnist.
	chunk  = 20
	sigmaC = 1.3
)

// A panel is the check of one proposal with one size of minibatch.
type panel struct {
	Dataset         string     `json:"dataset"`
	Samples         int        `json:"samples"`
	Step            int        `json:"step"`
	Move            string     `json:"move"`
	Loss            cli.Number `json:"loss"`
	Batch           int        `json:"batch"`
	Batches         int        `json:"batches"`
	Mean            float64    `json:"mean"`
	Deviation       float64    `json:"deviation"`
	AndersonDarling float64    `json:"anderson_darling"`
	PValue          float64    `json:"p_value"`
	Bound           float64    `json:"bound"`

	check *minibatch.Normality
}

func (o *options) newChain(losses *nn.Losses, net *nn.Network) (*tps.Chain, error) {
	test, err := minibatch.NewAdaptive(losses.Samples(), minibatch.AdaptiveConfig{Chunk: min(chunk, losses.Samples()), Sigma: sigmaC})
	if err != nil {
		return nil, err
	}
	source := random.Source(o.seed, startStream)
	first := make([]float32, net.Params())
	nn.InitNormal(first, initialSigma, source)
	start, err := tps.RandomWalk(o.tau, first, o.sigma, source)
	if err != nil {
		return nil, err
	}
	return tps.NewChain(tps.Config{
		Tau: o.tau, Sigma: o.sigma, S: o.s, Fraction: o.fraction,
		Test: test, Start: start, Source: random.Source(o.seed, chainStream),
	}, losses)
}

// measure trains and checks a proposal after each number of steps. The panels
// of a step are passed to the report and returned in one row.
func (o *options) measure(ctx context.Context, set *dataset, r *report) ([][]panel, error) {
	net := nn.MairCNN()
	losses, err := nn.NewLosses(net, set.Dataset, nn.CrossEntropy, nn.Config{Workers: o.workers})
	if err != nil {
		return nil, err
	}
	defer losses.Close()
	chain, err := o.newChain(losses, net)
	if err != nil {
		return nil, err
	}
	proposals, splits := random.Source(o.seed, proposalStream), random.Source(o.seed, splitStream)
	differences := make([]float64, losses.Samples())
	var rows [][]panel
	for _, at := range o.at {
		if err := chain.Run(ctx, at); err != nil {
			return rows, err
		}
		proposal, err := chain.ProposalDifferences(differences, proposals)
		if err != nil {
			return rows, err
		}
		var row []panel
		for _, b := range o.batch {
			check, err := minibatch.CheckNormality(differences, splits, minibatch.NormalityConfig{Batch: b, FinitePopulation: o.population})
			if err != nil {
				return rows, err
			}
			row = append(row, panel{
				Dataset: set.name, Samples: set.Len(), Step: at, Move: proposal.Move.String(), Loss: cli.Number(chain.LossEstimate()),
				Batch: b, Batches: len(check.Standardized), Mean: check.Mean, Deviation: check.Deviation,
				AndersonDarling: check.AndersonDarling, PValue: check.PValue, Bound: check.Bound,
				check: check,
			})
		}
		if err := r.add(row); err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
