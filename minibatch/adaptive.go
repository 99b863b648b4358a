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
	// Rule is how the number of samples b is found. The default is Planned.
	Rule Rule
	// Chunk is, with the rule Planned, the least number of samples that are
	// drawn, and with the rule Stopping m, how many are drawn at a time, the last
	// time as many as are left. It is from 2 to the number of samples (a single one
	// has no variance). 0: 32 and 60, which the paper has for MNIST, or all samples
	// if there are fewer.
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
	// Estimate is how Δ is estimated, with the rule Planned, where there are
	// references (Referenced). 0: by what is the cheapest, from past decisions and
	// fixed relative costs.
	Estimate Estimate
	// InfinitePopulation leaves out of ρ² the factor 1 − b/N, which drawing
	// without replacement earns, as the paper does. Then the noise is
	// overestimated, which matters when b/N does.
	InfinitePopulation bool
	// MaxNormalityError is Seita's δ, in (0, 1], for the rule Stopping: samples
	// are drawn until the bound NormalityError is at most this, too. 0: no such
	// condition, as in the paper; the bound is so cautious that it often asks for
	// all samples.
	MaxNormalityError float64
}

// Adaptive is the adaptive minibatch test. It owns scratch memory and what it
// has learned from its decisions: use one for each chain.
type Adaptive struct {
	config      AdaptiveConfig
	target      float64 // σ_c²
	deck        *random.Deck
	differences []float64 // of the draws in hand; of all for the normality bound

	estimators [Estimates - Uniform]estimator // in the order of Estimate
	guide      guide
	trial      trial
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
	switch config.Rule {
	case Planned:
		config.Chunk = cmp.Or(config.Chunk, min(32, samples))
		if config.Estimate >= Estimates {
			return nil, fmt.Errorf("minibatch: Estimate = %d, want Uniform, Weighted, Controlled, or 0 for the cheapest", config.Estimate)
		}
		if config.MaxNormalityError != 0 {
			return nil, fmt.Errorf("minibatch: MaxNormalityError = %v, want 0 with the rule Planned", config.MaxNormalityError)
		}
	case Stopping:
		config.Chunk = cmp.Or(config.Chunk, min(60, samples))
		if config.Estimate != 0 && config.Estimate != Uniform {
			return nil, fmt.Errorf("minibatch: Estimate = %v, want Uniform or 0 with the rule Stopping", config.Estimate)
		}
	default:
		return nil, fmt.Errorf("minibatch: Rule = %d, want Planned or Stopping", config.Rule)
	}
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
	a := &Adaptive{
		config:      config,
		target:      config.Sigma * config.Sigma,
		deck:        random.NewDeck(samples),
		differences: make([]float64, kept),
	}
	for i := range a.estimators {
		a.estimators[i] = newEstimator(samples, &a.config, Uniform+Estimate(i) != Uniform)
	}
	return a
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
// another chain. It has learned nothing.
func (a *Adaptive) Clone() Test { return newAdaptive(a.Samples(), a.config) }

// References tells a sampler whether references (Referenced) are of use to the
// test, whether it is to use them whatever they cost, and what a decision costs at
// least, in the units of Decision.Cost.
func (a *Adaptive) References() (useful, needed bool, least float64) {
	useful = a.config.Rule == Planned && a.config.Estimate != Uniform
	return useful, useful && a.config.Estimate != 0, pairCost * float64(a.config.Chunk)
}

// String returns the test and its options in one line.
func (a *Adaptive) String() string {
	c := a.config
	text := fmt.Sprintf("adaptive(%v, chunk %d, sigma %v, correction %v of %d atoms, cut-off %v",
		c.Rule, c.Chunk, c.Sigma, c.Distribution.Method(), len(c.Distribution.Atoms()), c.CutOff.Rule)
	if c.CutOff.Rule != NoCutOff {
		text += fmt.Sprintf(" %v %v", c.CutOff.C0, c.CutOff.C1)
	}
	if c.Rule == Planned {
		text += fmt.Sprintf(", estimate %v", c.Estimate)
	}
	if c.InfinitePopulation {
		text += ", infinite population"
	}
	if c.MaxNormalityError > 0 {
		text += fmt.Sprintf(", normality error %v", c.MaxNormalityError)
	}
	return text + ")"
}

// Decide draws samples until it can decide, none if s is 0. It panics if d has
// another number of samples than the test is for.
func (a *Adaptive) Decide(d Differences, s float64, source rand.Source) (Decision, error) {
	checkDifferences(d, a.deck.Len())
	if s == 0 {
		delta := offsetOf(d)
		return Decision{Accepted: barker(delta, source), By: FullData, Delta: delta}, nil
	}
	a.deck.Reset()
	if a.config.Rule == Stopping {
		return a.decideStopping(d, s, source)
	}
	return a.decidePlanned(d, s, source)
}

// noise returns X_nc + X_corr, which makes the noise of variance ρ² in Δ* a
// logistic one. X_nc has the variance σ_c² − ρ² and the given third cumulant.
func (a *Adaptive) noise(variance, third float64, source rand.Source) float64 {
	normal := rand.New(source).NormFloat64()
	return skewNormal(math.Sqrt(a.target-variance), third, normal) + a.config.Distribution.Rand(source)
}
