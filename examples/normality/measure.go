package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
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

// newChain returns a chain at its beginning.
func (o *options) newChain(losses *nn.Losses, net *nn.Network) (*tps.Chain, error) {
	source := o.Source(sampler.StartStream, 0)
	start, err := tps.RandomWalk(o.Tau, sampler.RandomModel(net, source), o.Sigma, source)
	if err != nil {
		return nil, err
	}
	return o.NewChain([]*nn.Losses{losses}, start, nil, 0)
}

// progressEvery is the number of steps from one look at the chain to the next.
const progressEvery = 100

// measure trains and checks a proposal after each number of steps. The panels
// of a step are passed to the report and returned in one row.
func (o *options) measure(ctx context.Context, set *digits.Set, progress *cli.Progress, r *report) ([][]panel, error) {
	net := nn.MairCNN()
	losses, err := nn.NewLosses(net, set.Train, nn.CrossEntropy, nn.Config{Workers: o.Workers})
	if err != nil {
		return nil, err
	}
	defer losses.Close()
	chain, err := o.newChain(losses, net)
	if err != nil {
		return nil, err
	}
	proposals, splits := o.Source(sampler.ProposalStream, 0), o.Source(sampler.SplitStream, 0)
	differences := make([]float64, losses.Samples())
	begin := time.Now()
	show := tps.Every(progressEvery, func(chain *tps.Chain) error {
		done := cli.Done(float64(chain.Steps())/float64(slices.Max(o.at)), time.Since(begin).Seconds())
		progress.Show(0, append(done, fmt.Sprintf("step %d", chain.Steps()))...)
		return nil
	})
	var rows [][]panel
	for _, at := range o.at {
		if err := chain.Run(ctx, at, show); err != nil {
			return rows, err
		}
		proposal, err := chain.ProposalDifferences(differences, proposals)
		if err != nil {
			return rows, err
		}
		var row []panel
		for _, b := range o.batch {
			check, err := minibatch.CheckNormality(differences, splits, minibatch.NormalityConfig{Batch: b, FinitePopulation: !o.Test.InfinitePopulation})
			if err != nil {
				return rows, err
			}
			row = append(row, panel{
				Dataset: set.Name, Samples: set.Train.Len(), Step: at, Move: proposal.Kind.String(), Loss: cli.Number(chain.LossEstimate()),
				Batch: b, Batches: len(check.Standardized), Mean: check.Mean, Deviation: check.Deviation,
				AndersonDarling: check.AndersonDarling, PValue: check.PValue, Bound: check.Bound,
				check: check,
			})
		}
		progress.End()
		if err := r.add(row); err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
