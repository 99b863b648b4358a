package metrics

import (
	"errors"
	"fmt"
	"math"
)

// A RiskCoverage says what a model that may abstain loses: the risk among the
// samples that it accepts, those of the largest confidence, against the
// coverage, which is their share (El-Yaniv and Wiener, JMLR 11 (2010); Geifman
// and El-Yaniv, arXiv 1705.08500).
//
// Samples of equal confidence are accepted in random order; all values are
// expectations over that order, so the order in which the samples are given does
// not matter.
type RiskCoverage struct {
	losses []float64 // expected sum of the losses of the k+1 most confident
}

// NewRiskCoverage returns the curve for one confidence and one loss a sample.
// Confidences may be anything of which more is surer, such as the negative
// entropy, infinities included. Losses are finite. Neither slice is kept.
func NewRiskCoverage(confidences, losses []float64) (*RiskCoverage, error) {
	if len(confidences) == 0 {
		return nil, errors.New("metrics: there are no samples")
	}
	if len(losses) != len(confidences) {
		return nil, fmt.Errorf("metrics: %d losses for %d confidences", len(losses), len(confidences))
	}
	if err := checkScores("confidence", confidences); err != nil {
		return nil, err
	}
	if err := checkFinite("loss", losses); err != nil {
		return nil, err
	}
	return riskCoverage(confidences, losses), nil
}

// RiskCoverage returns the curve of accepting by the probability of the
// predicted class, with a loss of 1 for each wrong class: the selective risk is
// the error rate.
func (c *Classification) RiskCoverage() *RiskCoverage {
	confidences, losses := make([]float64, c.Len()), make([]float64, c.Len())
	for i, class := range c.predicted {
		// The logarithm tells probabilities apart that both round to 1.
		confidences[i] = c.LogProbabilities(i)[class]
		if class != c.labels[i] {
			losses[i] = 1
		}
	}
	return riskCoverage(confidences, losses)
}

func riskCoverage(confidences, losses []float64) *RiskCoverage {
	outcomes := make([]outcome, len(losses))
	for i, loss := range losses {
		outcomes[i] = outcome{-confidences[i], loss} // the surest first
	}
	sortByConfidence(outcomes)
	r := &RiskCoverage{make([]float64, 0, len(losses))}
	before := 0.0
	for len(outcomes) > 0 {
		var tied []outcome
		tied, outcomes = cutTies(outcomes)
		sum := 0.0
		for _, o := range tied {
			sum += o.value
		}
		for k := range tied {
			r.losses = append(r.losses, before+sum*float64(k+1)/float64(len(tied)))
		}
		before += sum
	}
	return r
}

// Risks returns the selective risks: entry k−1 is the mean loss of the k samples
// of the largest confidence, at coverage k/n.
func (r *RiskCoverage) Risks() []float64 {
	risks := make([]float64, len(r.losses))
	for i := range risks {
		risks[i] = r.risk(i + 1)
	}
	return risks
}

// risk returns the mean loss of the k most confident samples.
func (r *RiskCoverage) risk(k int) float64 { return r.losses[k-1] / float64(k) }

// AURC returns the area under the risk-coverage curve, (1/n) Σ_k Risks[k−1], of
// which less is better; with a loss of 0 or 1 it is 0 to 1 (Geifman, Uziel and
// El-Yaniv, arXiv 1805.08206).
func (r *RiskCoverage) AURC() float64 { return mean(r.Risks()) }

// AUGRC returns the area under the curve of the generalized risk, the sum of the
// losses of the accepted samples divided by the number of all, against the
// coverage (Traub et al., arXiv 2407.01032). It is the mean loss that
// is accepted, of which less is better; with a loss of 0 or 1 it is 0 to 1/2.
// The curve is made of straight lines from (0, 0) on, so that of classifications
//
//	AUGRC = (1 − AUROC) · accuracy · error + error²/2,
//
// AUROC being that of confidence telling right samples from wrong ones.
func (r *RiskCoverage) AUGRC() float64 {
	sum, last := 0.0, 0.0
	for _, losses := range r.losses {
		sum += (last + losses) / 2
		last = losses
	}
	n := float64(len(r.losses))
	return sum / n / n
}

// RiskAt returns the selective risk at a coverage in (0, 1]: the mean loss of
// the smallest number of samples that is at least that share of all.
func (r *RiskCoverage) RiskAt(coverage float64) (float64, error) {
	if !(coverage > 0 && coverage <= 1) {
		return math.NaN(), fmt.Errorf("metrics: coverage = %v, want above 0 to 1", coverage)
	}
	n := len(r.losses)
	// The product of 0.07 and 100 is above 7.
	k := int(math.Ceil(coverage * float64(n) * (1 - 1e-12)))
	return r.risk(max(k, 1)), nil
}

// CoverageAt returns the largest coverage at which the selective risk is at most
// the given one: 0 to 1, and 0 if there is none. The risk must not be NaN. The
// risk may be larger at a smaller coverage.
func (r *RiskCoverage) CoverageAt(risk float64) (float64, error) {
	if math.IsNaN(risk) {
		return math.NaN(), errors.New("metrics: risk is NaN, want a number")
	}
	for k := len(r.losses); k > 0; k-- {
		if r.risk(k) <= risk {
			return float64(k) / float64(len(r.losses)), nil
		}
	}
	return 0, nil
}

// checkScores returns an error that names the first score that is NaN.
func checkScores(name string, x []float64) error {
	for i, v := range x {
		if math.IsNaN(v) {
			return fmt.Errorf("metrics: the %s of sample %d is NaN, want a number", name, i)
		}
	}
	return nil
}

// checkFinite returns an error that names the first number that is not finite.
func checkFinite(name string, x []float64) error {
	for i, v := range x {
		if v-v != 0 {
			return fmt.Errorf("metrics: the %s of sample %d is %v, want a finite number", name, i, v)
		}
	}
	return nil
}
