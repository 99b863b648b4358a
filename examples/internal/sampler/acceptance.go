package sampler

import (
	"flag"

	"github.com/trajens/trajens/correction"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/minibatch"
)

// Test describes the acceptance test of a chain.
type Test struct {
	Name               string // adaptive, barker or metropolis
	Rule               string // of the adaptive test: planned or stopping
	Estimate           string // of the rule planned: cheapest, uniform, weighted or controlled
	Chunk              int
	Sigma              float64
	InfinitePopulation bool
}

// Add adds the flags to a set, with defaults for two of them.
func (t *Test) Add(flags *flag.FlagSet, chunk int, sigma float64) {
	flags.StringVar(&t.Name, "test", "adaptive", "`name` of the acceptance test: adaptive, which draws minibatches, or barker or\nmetropolis, on all the data")
	flags.StringVar(&t.Rule, "rule", "planned", "`name` of how the adaptive test finds the number of samples that it draws: planned,\nfrom the past and a pilot, or stopping, as in the paper, which is biased if losses are skewed")
	flags.StringVar(&t.Estimate, "estimate", minibatch.Estimate(0).String(), "`name` of how the rule planned estimates from samples whether the loss falls: uniform\n(drawn alike), weighted (by their losses near by), controlled (by the loss's slope near\nby, too), or the cheapest of these by past decisions")
	flags.IntVar(&t.Chunk, "chunk", chunk, "least `number` of samples that the adaptive test draws; with -rule stopping, how many\nit draws at a time until it can decide")
	flags.Float64Var(&t.Sigma, "sigmac", sigma, "standard `deviation` σ_c of the noise that the adaptive test corrects for, 0.5 to\n1.4: with a larger one it draws fewer samples and is less exact")
	flags.BoolVar(&t.InfinitePopulation, "infinite", false, "leave out, as the paper does, that samples drawn without replacement have less noise,\nby the factor 1 − b/N (b: samples drawn)")
}

// Check returns a UsageError if the flags are wrong.
func (t *Test) Check() error {
	switch {
	case t.Name != "adaptive" && t.Name != "barker" && t.Name != "metropolis":
		return cli.Usagef("-test %q: want adaptive, barker or metropolis", t.Name)
	case t.Rule != minibatch.Planned.String() && t.Rule != minibatch.Stopping.String():
		return cli.Usagef("-rule %q: want planned or stopping", t.Rule)
	case t.estimate() == minibatch.Estimates:
		return cli.Usagef("-estimate %q: want cheapest, uniform, weighted or controlled", t.Estimate)
	case t.estimate() > minibatch.Uniform && t.Rule == minibatch.Stopping.String():
		return cli.Usagef("-estimate %s: has no use with -rule stopping", t.Estimate)
	case t.Chunk < 2:
		return cli.Usagef("-chunk %d: want at least 2", t.Chunk)
	case !(t.Sigma >= correction.MinSigma && t.Sigma <= correction.AccurateSigma):
		return cli.Usagef("-sigmac %v: want a number from %v to %v", t.Sigma, correction.MinSigma, correction.AccurateSigma)
	}
	return nil
}

// estimate returns the estimate by its name, minibatch.Estimates if it has none.
func (t *Test) estimate() minibatch.Estimate {
	for e := minibatch.Estimate(0); e < minibatch.Estimates; e++ {
		if t.Estimate == e.String() {
			return e
		}
	}
	return minibatch.Estimates
}

// Fit makes the chunk one for data of a number of samples: all of them if there
// are fewer than the default. A chunk that was asked for and is too large is a
// UsageError.
func (t *Test) Fit(flags *flag.FlagSet, samples int) error {
	if !cli.Given(flags, "chunk") {
		t.Chunk = min(t.Chunk, samples)
	}
	if t.Name == "adaptive" && t.Chunk > samples {
		return cli.Usagef("-chunk %d: want at most the number of samples, %d", t.Chunk, samples)
	}
	return nil
}

// New returns the acceptance test for data of a number of samples.
func (t *Test) New(samples int) (minibatch.Test, error) {
	switch t.Name {
	case "barker":
		return minibatch.NewBarker(samples)
	case "metropolis":
		return minibatch.NewMetropolis(samples)
	}
	rule := minibatch.Planned
	if t.Rule == minibatch.Stopping.String() {
		rule = minibatch.Stopping
	}
	return minibatch.NewAdaptive(samples, minibatch.AdaptiveConfig{
		Rule: rule, Estimate: t.estimate(), Chunk: t.Chunk, Sigma: t.Sigma, InfinitePopulation: t.InfinitePopulation,
	})
}
