package main

import (
	"context"
	"math"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
)

// block is the number of images that are predicted on at once.
const block = 1000

// inBlocks predicts on many images, with all processors, and reports as it goes.
func (c *committee) inBlocks(ctx context.Context, in *images, r *report) error {
	for from := 0; from < in.inputs.Len(); from += block {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		some, err := in.inputs.Slice(from, min(from+block, in.inputs.Len()))
		if err != nil {
			return err
		}
		start := time.Now()
		judgments, err := c.judge(some)
		if err != nil {
			return err
		}
		r.spent += time.Since(start)
		for i := range judgments {
			judgments[i].index = from + i
		}
		if err := r.add(judgments...); err != nil {
			return err
		}
	}
	return nil
}

// oneByOne predicts on one image after the other, as a service does, and measures how
// long each takes.
func (c *committee) oneByOne(ctx context.Context, in *images, r *report) error {
	judgments, err := c.judge(in.inputs) // which has the entropies of the members
	if err != nil {
		return err
	}
	predictor := c.NewPredictor()
	var p ensemble.Prediction
	if err := predictor.Predict(&p, in.inputs.Input(0)); err != nil { // makes room, once
		return err
	}
	for i := range judgments {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		start := time.Now()
		if err := predictor.Predict(&p, in.inputs.Input(i)); err != nil {
			return err
		}
		r.spent += time.Since(start)
		judgments[i].index, judgments[i].votes = i, sorted(p.Votes, p.VoteShares)
		if err := r.add(judgments[i]); err != nil {
			return err
		}
	}
	return nil
}

// judge returns what the committee says of each sample of a dataset.
func (c *committee) judge(d *data.Dataset) ([]judgment, error) {
	p, err := c.PredictClasses(d)
	if err != nil {
		return nil, err
	}
	predictions, err := metrics.NewPredictions(p.LogProbabilities, p.Classes)
	if err != nil {
		return nil, err
	}
	mutual, err := predictions.MutualInformationPerSample(p.MemberEntropy)
	if err != nil {
		return nil, err
	}
	entropy := predictions.EntropyPerSample()
	judgments := make([]judgment, p.Samples)
	for i := range judgments {
		row := func(values []float64) []float64 { return values[i*p.Classes : (i+1)*p.Classes] }
		j := &judgments[i]
		j.class, j.probabilities, j.label = p.Class(i), row(p.Probabilities), -1
		j.votes = sorted(c.members(row(p.VoteShares)), row(p.VoteShares))
		j.entropy, j.mutual = entropy[i], mutual[i]
		if d.Classes() > 0 {
			j.label = d.Label(i)
			j.nll = -row(p.LogProbabilities)[j.label]
		}
	}
	return judgments, nil
}

// members returns how many members make shares of the votes, if they have no weights;
// otherwise at least whether there are some.
func (c *committee) members(shares []float64) []int {
	counts := make([]int, len(shares))
	for k, share := range shares {
		counts[k] = int(math.Round(share * float64(c.Len())))
		if share > 0 && c.Weights() != nil {
			counts[k] = max(1, counts[k])
		}
	}
	return counts
}
