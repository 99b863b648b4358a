package minibatch

import (
	"math"
	"math/rand/v2"
)

// decideStopping draws chunks until ρ² ≤ σ_c² (Mair, Causer and Garrahan, arXiv
// 2306.13442, Algorithm 1).
func (a *Adaptive) decideStopping(d Differences, s float64, source rand.Source) (Decision, error) {
	n := a.deck.Len()
	offset := offsetOf(d)
	var drawn moments
	for {
		chunk := min(a.config.Chunk, n-drawn.n)
		samples := a.deck.Draw(chunk, source)
		b := len(samples)
		differences := a.place(b, chunk)
		if err := d.Differences(differences, samples[b-chunk:]); err != nil {
			return Decision{}, err
		}
		if !drawn.add(differences) {
			return infinite(differences, samples[b-chunk:], b)
		}

		delta := offset - s*drawn.mean
		if b == n {
			return Decision{Accepted: barker(delta, source), By: FullData, Samples: n, Delta: delta}, nil
		}
		variance := s * s * drawn.variance() * a.estimators[0].perMean(b)
		decision := Decision{Samples: b, Delta: delta, Variance: variance}
		if variance <= a.target {
			if a.normal(b) {
				decision.By = Correction
				decision.Accepted = delta+a.noise(variance, 0, source) > 0
				return decision, nil
			}
		} else if a.config.CutOff.certain(delta, math.Sqrt(variance)) {
			decision.By = CutOffReached
			decision.Accepted = delta > 0
			return decision, nil
		}
	}
}

// place returns where to put the differences of the last chunk of b samples.
func (a *Adaptive) place(b, chunk int) []float64 {
	if a.config.MaxNormalityError > 0 {
		return a.differences[b-chunk : b]
	}
	return a.differences[:chunk]
}

// normal says whether Δ* from b samples is as normal as is asked for.
func (a *Adaptive) normal(b int) bool {
	return a.config.MaxNormalityError == 0 || NormalityError(a.differences[:b]) <= a.config.MaxNormalityError
}
