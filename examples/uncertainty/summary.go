package main

import (
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/examples/internal/judge"
)

// A summary is a row over all seeds that have it.
type summary struct {
	name
	seeds        int
	mean, errors judge.Measures // errors are standard errors, NaN of one seed
	equivalent   float64        // deep ensemble equivalent
}

// summarize returns the summaries of a view, in the order of its rows.
func summarize(view string, seeds []*comparison, curve *metrics.DeepEnsembleCurve) (all []summary, err error) {
	values := make(map[name][]judge.Measures)
	var names []name
	for _, c := range seeds {
		for _, r := range c.rows {
			if r.view != view {
				continue
			}
			if values[r.name] == nil {
				names = append(names, r.name)
			}
			values[r.name] = append(values[r.name], r.Measures)
		}
	}
	for _, n := range names {
		s := summary{name: n, seeds: len(values[n])}
		s.mean, s.errors = judge.Mean(values[n])
		if s.equivalent, err = curve.Equivalent(-s.mean[judge.CalibratedNLL]); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// newCurve returns how the calibrated log-likelihood grows with the number of networks,
// of the seeds that have the most; nil if there are none.
func newCurve(seeds []*comparison) (*metrics.DeepEnsembleCurve, error) {
	var sizes []int
	var likelihoods [][]float64
	for _, c := range seeds {
		for k := len(sizes); k < len(c.curve); k++ {
			sizes, likelihoods = append(sizes, k+1), append(likelihoods, nil)
		}
	}
	for _, c := range seeds {
		if len(c.curve) < len(sizes) {
			continue
		}
		for k, nll := range c.curve {
			likelihoods[k] = append(likelihoods[k], -nll)
		}
	}
	if sizes == nil {
		return nil, nil
	}
	return metrics.NewDeepEnsembleCurve(sizes, likelihoods)
}
