package metrics

import (
	"fmt"
	"math"
)

// DisagreementPerSample returns the share of pairs of members that vote for
// different classes, for each sample: with v_k of M votes for class k,
//
//	1 − Σ_k v_k (v_k − 1) / (M (M − 1)).
//
// It is 0 if all agree, and at most 1. It is NaN for one member, since one member
// has no other to disagree with. It is the disagreement measure of Skalak (1996)
// and Ho (1998), see Kuncheva and Whitaker, Machine Learning 51 (2003), for
// classes instead of right and wrong.
//
// The votes are counts, samples × classes, and each sample must have as many
// as the others. They are not kept.
func DisagreementPerSample(votes []int, classes int) ([]float64, error) {
	if err := checkRows(len(votes), classes); err != nil {
		return nil, err
	}
	disagreement := make([]float64, len(votes)/classes)
	members := 0.0
	for i := range disagreement {
		sum, pairs := 0.0, 0.0
		for class, count := range votes[i*classes : (i+1)*classes] {
			if count < 0 {
				return nil, fmt.Errorf("metrics: %d votes for class %d of sample %d, want 0 or more", count, class, i)
			}
			v := float64(count)
			sum += v
			pairs += v * (v - 1)
		}
		if i == 0 {
			members = sum
		}
		if sum != members || sum < 1 {
			return nil, fmt.Errorf("metrics: sample %d has %v votes, want at least 1 and as many as sample 0, %v", i, sum, members)
		}
		if members == 1 {
			disagreement[i] = math.NaN()
			continue
		}
		disagreement[i] = 1 - pairs/(members*(members-1))
	}
	return disagreement, nil
}

// Disagreement returns the mean of DisagreementPerSample: the mean over all pairs
// of members of the share of samples on which the two differ.
func Disagreement(votes []int, classes int) (float64, error) {
	disagreement, err := DisagreementPerSample(votes, classes)
	return mean(disagreement), err // NaN beside an error
}
