package minibatch

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/correction"
	"github.com/trajens/trajens/internal/random"
)

// AdaptiveConfig holds the options of the adaptive test. The zero value works.
type AdaptiveConfig struct {
	// Chunk is m, how many samples are drawn at a time, from 2 to the number
	// of samples (a single one has no variance). 0: 60, as the paper has for
	// MNIST, or all samples if there are fewer. The last chunk is as small as
	// it has to be.
	Chunk int
	// Sigma is σ_c, the standard deviation of the noise that the correction
	// makes up for, from correction.MinSigma to correction.AccurateSigma. 0:
	// that of Distribution, or 1. A larger one needs fewer samples, in
	// proportion to 1/σ_c²; correction.Distribution.MaxCDFError says what it
	// costs in accuracy.
	Sigma float64
	// Distribution is the correction distribution, of standard deviation
	// Sigma, whatever its accuracy. nil: the one of correction.For for Sigma.
	Distribution *correction.Distribution
	// CutOff is when to stop early.
	CutOff CutOff
	// FinitePopulation multiplies ρ² by 1 − b/N, which drawing without
	// replacement earns. The paper leaves it out, and so does the default.
	// Without it the noise is overestimated, which matters when b/N does.
	FinitePopulation bool
	// MaxNormalityError is Seita's δ, in (0, 1]: samples are drawn until the
	// bound NormalityError is at most this, too. 0: no such condition, as in
	// the paper; the bound is so cautious that it often asks for all samples.
	MaxNormalityError float64
}

// Adaptive is the adaptive minibatch test. It owns scratch memory: use one for
// each goroutine.
type Adaptive struct {
	config      AdaptiveConfig
	target      float64 // σ_c²
	deck        *random.Deck
	differences []float64 // of the chunk; of all that was drawn for the normality bound
}

// NewAdaptive returns the adaptive test for data of the given number of
// samples, at least 1.
func NewAdaptive(samples int, config AdaptiveConfig) (*Adaptive, error) {
	bytes := 16 // of the deck
	if config.MaxNormalityError > 0 {
		bytes += 8
	}
	if err := checkSamples(samples, bytes); err != nil {
		return nil, err
	}
	config.Chunk = cmp.Or(config.Chunk, min(60, samples))
	if config.Chunk < min(2, samples) || config.Chunk > samples {
		return nil, fmt.Errorf("minibatch: Chunk = %d, want %d to the number of samples, %d", config.Chunk, min(2, samples), samples)
	}
	if !(config.MaxNormalityError >= 0 && config.MaxNormalityError <= 1) {
		return nil, fmt.Errorf("minibatch: MaxNormalityError = %v, want a number in (0, 1], or 0 for none", config.MaxNormalityError)
	}
	var err error
	if config.CutOff, err = config.CutOff.withDefaults(); err != nil {
		return nil, err
	}
	if config.Distribution == nil {
		if config.Distribution, err = distribution(cmp.Or(config.Sigma, 1)); err != nil {
			return nil, err
		}
	}
	sigma := config.Distribution.Sigma()
	if config.Sigma != 0 && config.Sigma != sigma {
		return nil, fmt.Errorf("minibatch: Sigma = %v, but Distribution is for %v", config.Sigma, sigma)
	}
	config.Sigma = sigma
	return newAdaptive(samples, config), nil
}

// newAdaptive returns the test for a configuration without defaults.
func newAdaptive(samples int, config AdaptiveConfig) *Adaptive {
	kept := config.Chunk
	if config.MaxNormalityError > 0 {
		kept = samples
	}
	return &Adaptive{
		config:      config,
		target:      config.Sigma * config.Sigma,
		deck:        random.NewDeck(samples),
		differences: make([]float64, kept),
	}
}

// distribution returns the correction distribution for sigma, or an error if
// there is none that is accurate.
func distribution(sigma float64) (*correction.Distribution, error) {
	d, err := correction.For(sigma)
	if err != nil {
		return nil, fmt.Errorf("minibatch: Sigma = %v: %w", sigma, err)
	}
	if sigma > correction.AccurateSigma {
		return nil, fmt.Errorf("minibatch: Sigma = %v, want at most %v: acceptance probabilities would be wrong by up to %.1g; "+
			"set Distribution to that of correction.For to accept it", sigma, correction.AccurateSigma, d.MaxCDFError())
	}
	return d, nil
}

// Config returns the options, with the defaults filled in.
func (a *Adaptive) Config() AdaptiveConfig { return a.config }

// Samples returns the number of samples that the test is for.
func (a *Adaptive) Samples() int { return a.deck.Len() }

// Clone returns a test of the same options with scratch memory of its own, for
// another goroutine.
func (a *Adaptive) Clone() Test { return newAdaptive(a.Samples(), a.config) }

// String returns the test and its options in one line.
func (a *Adaptive) String() string {
	c := a.config
	text := fmt.Sprintf("adaptive(chunk %d, sigma %v, correction %v of %d atoms, cut-off %v",
		c.Chunk, c.Sigma, c.Distribution.Method(), len(c.Distribution.Atoms()), c.CutOff.Rule)
	if c.CutOff.Rule != NoCutOff {
		text += fmt.Sprintf(" %v %v", c.CutOff.C0, c.CutOff.C1)
	}
	if c.FinitePopulation {
		text += ", finite population"
	}
	if c.MaxNormalityError > 0 {
		text += fmt.Sprintf(", normality error %v", c.MaxNormalityError)
	}
	return text + ")"
}

// Decide draws chunks until it can decide, none if s is 0. It panics if d has
// another number of samples than the test is for.
func (a *Adaptive) Decide(d Differences, s float64, source rand.Source) (Decision, error) {
	n := a.deck.Len()
	checkDifferences(d, n)
	if s == 0 {
		return Decision{Accepted: barker(0, source), By: FullData}, nil
	}
	a.deck.Reset()
	var drawn moments
	for {
		chunk := min(a.config.Chunk, n-drawn.n)
		samples := a.deck.Draw(chunk, source)
		b := len(samples)
		differences := a.buffer(b, chunk)
		if err := d.Differences(differences, samples[b-chunk:]); err != nil {
			return Decision{}, err
		}
		if !drawn.add(differences) {
			return infinite(differences, samples[b-chunk:], b)
		}

		delta := -s * drawn.mean
		if b == n {
			return Decision{Accepted: barker(delta, source), By: FullData, Samples: n, Delta: delta}, nil
		}
		variance := a.variance(&drawn, s)
		decision := Decision{Samples: b, Delta: delta, Variance: variance}
		if variance <= a.target {
			if a.normal(b) {
				decision.By = Correction
				decision.Accepted = delta+a.noise(variance, source) > 0
				return decision, nil
			}
		} else if a.config.CutOff.certain(delta, math.Sqrt(variance)) {
			decision.By = CutOffReached
			decision.Accepted = delta > 0
			return decision, nil
		}
	}
}

// variance returns ρ², the variance of Δ* = −s · mean.
func (a *Adaptive) variance(drawn *moments, s float64) float64 {
	variance := s * s * drawn.variance() / float64(drawn.n)
	if a.config.FinitePopulation {
		variance *= 1 - float64(drawn.n)/float64(a.deck.Len())
	}
	return variance
}

// noise returns X_nc + X_corr, which makes the normal noise of variance ρ² in
// Δ* a logistic one.
func (a *Adaptive) noise(variance float64, source rand.Source) float64 {
	normal := rand.New(source).NormFloat64()
	return math.Sqrt(a.target-variance)*normal + a.config.Distribution.Rand(source)
}

// buffer returns where to put the differences of the last chunk of b samples.
func (a *Adaptive) buffer(b, chunk int) []float64 {
	if a.config.MaxNormalityError > 0 {
		return a.differences[b-chunk : b]
	}
	return a.differences[:chunk]
}

// normal says whether Δ* from b samples is as normal as is asked for.
func (a *Adaptive) normal(b int) bool {
	return a.config.MaxNormalityError == 0 || NormalityError(a.differences[:b]) <= a.config.MaxNormalityError
}
