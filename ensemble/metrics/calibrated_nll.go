package metrics

import (
	"errors"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// splits is how often CalibratedNLL halves the samples, as Ashukha et al. do.
const splits = 5

// CalibratedNLL returns the NLL at the optimal temperature, in nats, by
// test-time cross-validation (Ashukha et al., arXiv 2002.06470): the samples
// are split into halves at random, the temperature is fitted on one and the NLL
// measured on the other, and the mean is taken over 5 splits. Its negative is
// the calibrated log-likelihood of a DeepEnsembleCurve. It compares methods
// fairly, where NLL mostly compares temperatures.
//
// The half that is fitted to is the smaller one. One label of probability zero
// makes the result +Inf. Fewer than 2 samples are an error. The same source
// gives the same splits of as many samples.
func (c *Classification) CalibratedNLL(source rand.Source) (float64, error) {
	if null.Is(source) {
		return math.NaN(), errors.New("metrics: the source is nil")
	}
	n := c.Len()
	if n < 2 {
		return math.NaN(), errors.New("metrics: one sample cannot be split, want at least 2")
	}
	infinite := c.certainlyWrong() >= 0
	samples := everySample(n)
	sum := 0.0
	for range splits {
		for i := n - 1; i > 0; i-- { // Fisher–Yates
			j := random.Below(source, i+1)
			samples[i], samples[j] = samples[j], samples[i]
		}
		if infinite {
			sum = math.Inf(1) // the source moves on as it would
			continue
		}
		sum += c.temperedNLL(samples[n/2:], c.fitInverse(samples[:n/2]))
	}
	return sum / splits, nil
}
