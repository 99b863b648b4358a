package minibatch

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

const (
	// defensive is the share of draws that are uniform, so that no sample has a
	// weight above 1/defensive, however wrong the weights are.
	defensive = 0.15
	// rememberedTerms is how many terms of a level are remembered.
	rememberedTerms = 4096
	// presumed is how many terms what is known of all levels counts as in one.
	presumed = 2
)

// A squares has the mean squares of terms by level, learned from decisions, in
// units of the scale of the proposal: what the best weights follow from.
type squares struct {
	all   float64 // over all samples
	terms [levels]float64
	mean  [levels]float64
}

// of returns the mean square of a level.
func (s *squares) of(level int) float64 {
	n := s.terms[level]
	return (n*s.mean[level] + presumed*s.all) / (n + presumed)
}

// learn takes in the sum of the squares of some terms of a level.
func (s *squares) learn(level int, sum float64, terms float64) {
	if !(sum < math.Inf(1)) {
		return
	}
	s.terms[level] = min(s.terms[level]+terms, rememberedTerms)
	s.mean[level] += min(1, terms/s.terms[level]) * (sum/terms - s.mean[level])
}

// A weighting has for each reference how likely each level's samples are drawn.
type weighting struct {
	likely     [][levels]float64 // q of a sample of the level, by reference
	cumulative [][levels]float64 // of the levels, without the defensive share
}

// set makes the weighting that is best for terms of the given mean squares: q in
// proportion to their roots.
func (w *weighting) set(strata []*Strata, by *squares) {
	for len(w.likely) < len(strata) {
		w.likely, w.cumulative = append(w.likely, [levels]float64{}), append(w.cumulative, [levels]float64{})
	}
	var root [levels]float64
	for l := range root {
		root[l] = math.Sqrt(by.of(l))
	}
	for t, s := range strata {
		sum := 0.0
		for l := range root {
			sum += float64(s.count(l)) * root[l]
			w.cumulative[t][l] = sum
		}
		n := float64(s.Len())
		for l := range root {
			share := 1 / n // nothing is known
			if sum > 0 && sum < math.Inf(1) {
				share = root[l] / sum
			}
			w.likely[t][l] = defensive/n + (1-defensive)*share
		}
	}
}

// draw draws samples with replacement, and writes the weight 1/(N q) of each.
func (w *weighting) draw(samples []int, weights []float64, strata []*Strata, source rand.Source) {
	for j := range samples {
		t := 0
		if len(strata) > 1 {
			t = random.Below(source, len(strata))
		}
		s, cumulative := strata[t], &w.cumulative[t]
		sum := cumulative[levels-1]
		if !(sum > 0 && sum < math.Inf(1)) || random.Open(source) < defensive {
			samples[j] = random.Below(source, s.Len())
		} else {
			u := random.Open(source) * sum
			l := 0
			for step := levels / 2; step > 0; step /= 2 {
				if cumulative[l+step-1] < u {
					l += step
				}
			}
			samples[j] = s.draw(l, source)
		}
		weights[j] = w.weight(samples[j], strata)
	}
}

// weight returns 1/(N q) of a sample, q being how likely it is drawn.
func (w *weighting) weight(sample int, strata []*Strata) float64 {
	likely := 0.0
	for t, s := range strata {
		likely += w.likely[t][s.level[sample]]
	}
	return float64(len(strata)) / (likely * float64(strata[0].Len()))
}
