package tps

import (
	"slices"

	"github.com/trajens/trajens/minibatch"
)

// ExchangeStats sums up the swaps of an Exchange.
type ExchangeStats struct {
	// Rounds is how many rounds of swaps there were.
	Rounds int
	// Pairs has the pairs of neighbors, by increasing s.
	Pairs []PairStats
	// Replicas says which replica each chain has now. A replica is a state that goes
	// from chain to chain; its number is that of the chain which it was in when the
	// Exchange was made.
	Replicas []int
	// RoundTrips is how often each replica has gone from the lowest s to the highest
	// and back.
	RoundTrips []int
}

// PairStats sums up the swaps of two chains.
type PairStats struct {
	// Low and High are the chains, of lower and of higher s.
	Low, High int
	// Swaps says how often they were to swap, and did.
	Swaps Outcomes
	// Decisions counts the decisions by what they rested on, and Estimates by how Δ was
	// estimated: see Stats.
	Decisions [minibatch.Reasons]int
	Estimates [minibatch.Estimates]int
	// DataUse is the number of samples drawn, each counted once although the models
	// of both chains were evaluated on it, Evaluations that of losses computed, and
	// Slopes that of slopes.
	DataUse, Evaluations, Slopes int
	// Doubtful counts decisions whose acceptance probability may be off: see
	// Stats.
	Doubtful int
}

// TotalRoundTrips returns the round trips of all replicas.
func (s *ExchangeStats) TotalRoundTrips() (trips int) {
	for _, n := range s.RoundTrips {
		trips += n
	}
	return trips
}

// Stats returns the statistics since the Exchange was made or ResetStats was called.
func (x *Exchange) Stats() ExchangeStats {
	s := ExchangeStats{
		Pairs: make([]PairStats, len(x.pairs)), Replicas: make([]int, len(x.chains)),
		RoundTrips: slices.Clone(x.replicas.trips), Rounds: x.rounds - x.roundsBefore,
	}
	for pair, of := range x.pairs {
		s.Pairs[pair] = of
		s.Pairs[pair].Low, s.Pairs[pair].High = x.order[pair], x.order[pair+1]
	}
	for level, k := range x.order {
		s.Replicas[k] = x.replicas.at[level]
	}
	return s
}

// ResetStats forgets the statistics, as at the end of a burn-in: those of the swaps, not
// those of the chains. Where the replicas are stays, and on which way.
func (x *Exchange) ResetStats() {
	clear(x.pairs)
	clear(x.replicas.trips)
	x.roundsBefore = x.rounds
}

// count takes a decision into account.
func (s *PairStats) count(d *minibatch.Decision, tau int) {
	s.Swaps.Proposed++
	if d.Accepted {
		s.Swaps.Accepted++
	}
	s.Decisions[min(d.By, minibatch.Other)]++
	if d.Estimate < minibatch.Estimates {
		s.Estimates[d.Estimate]++
	}
	s.DataUse += d.Samples
	s.Evaluations += 2 * tau * d.Samples
	if d.Estimate == minibatch.Controlled {
		s.Slopes += tau * d.Samples
	}
	if d.Doubtful {
		s.Doubtful++
	}
}

// A way is where a replica has been last, of the lowest and the highest s.
type way uint8

const (
	nowhere way = iota // not at the lowest so far
	up                 // at the lowest
	down               // at the highest, and before at the lowest
	ways
)

// whereabouts says where the replicas are.
type whereabouts struct {
	at    []int // the replica at each level, by increasing s
	ways  []way // of each replica
	trips []int // from the lowest s to the highest and back, of each replica
}

func newWhereabouts(order []int) whereabouts {
	r := whereabouts{at: slices.Clone(order), ways: make([]way, len(order)), trips: make([]int, len(order))}
	r.arrive()
	return r
}

// swap swaps the replicas of a pair of levels.
func (r *whereabouts) swap(pair int) {
	r.at[pair], r.at[pair+1] = r.at[pair+1], r.at[pair]
	r.arrive()
}

// arrive takes note of the replicas at the lowest and at the highest s.
func (r *whereabouts) arrive() {
	lowest, highest := r.at[0], r.at[len(r.at)-1]
	if r.ways[lowest] == down {
		r.trips[lowest]++
	}
	r.ways[lowest] = up
	if r.ways[highest] == up {
		r.ways[highest] = down
	}
}
