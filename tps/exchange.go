package tps

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// ExchangeConfig holds the options of an Exchange. The zero value works.
type ExchangeConfig struct {
	// Every is how many steps each chain makes between two rounds of swaps, at
	// least 1: there is a round whenever the number of steps is a multiple of it. A
	// swap costs what a move of the whole trajectory does, so that with the default
	// swaps take about an eighth of what moves of one model take. 0: 4·Tau.
	Every int
	// Test is the acceptance test of the swaps, for the number of samples that the
	// losses have. A test with a method Clone() minibatch.Test, as those of package
	// minibatch have, is cloned for each pair of neighbors, which learns for itself.
	// Any other is for this Exchange alone, and for all pairs. nil: the adaptive
	// minibatch test with its defaults.
	Test minibatch.Test
	// Seed and Stream seed the random numbers of the swaps, unless there is a
	// Source. They may be those of a chain: the numbers are others.
	Seed, Stream uint64
	// Source is where the random numbers of the swaps come from, for this Exchange
	// alone. nil: the PCG of golang.org/x/exp/rand, seeded with Seed and Stream.
	Source rand.Source
	// AfterRound is called after each round of swaps, when all chains have made the
	// same number of steps: it may look at all of them, and Checkpoints.ExchangeObserver
	// makes one. An error ends the run; if it is ErrStop, without an error. nil: nothing
	// is called.
	AfterRound func(*Exchange) error
}

// An Exchange has several chains at different s, which swap their trajectories:
// those of low s cross barriers, and bring what they find to those of high s. A
// swap of the states Θ of a chain at s and Θ′ of its neighbor at s′ > s is a proposal
// in the product of their targets, with
//
//	Δ = −(s′ − s) · Σₜ [L(θₜ) − L(θ′ₜ)],
//
// on which an acceptance test decides, as on that of a move, by few samples. If the
// chains have different path measures p and p′, log p(Θ′)/p(Θ) + log p′(Θ)/p′(Θ′) is
// a known part of Δ. Each chain goes on to sample its own target.
//
// The references that chains keep near their models (see the package's documentation) go
// with the trajectories, and serve the decisions on swaps, too; those with slopes need
// room for one more trajectory then. Where only one of two chains has a use for
// references, it loses them when the two swap.
//
// In a round of swaps every second pair of neighbors in s tries to swap, in the next
// round the others, which carries states through all s faster than pairs at random
// (Okabe, Kawata, Okamoto and Mikami, Chem. Phys. Lett. 335, 435 (2001); Syed,
// Bouchard-Côté, Deligiannidis and Doucet, arXiv 1905.02939).
//
// An Exchange is for one goroutine. Its chains are run, and their s set, by nothing
// else.
type Exchange struct {
	config ExchangeConfig
	chains []*Chain
	tilts  []float64 // s of each chain
	order  []int     // the chains by increasing s
	atOnce bool      // the chains may run at the same time
	source rand.Source

	tests      []minibatch.Test // by pair
	comparison *comparison
	near       references // those of the chain of higher s of the pair in hand
	proposal   Proposal
	samePath   []bool // the two of a pair have the same path measure

	steps    int // of each chain, but for those of a run that has ended early
	rounds   int
	next     int // the pair that is to swap next, in a round
	pairs    []PairStats
	replicas whereabouts

	// Of the run in hand, by chain.
	errs    []error
	stopped []bool // an observer has returned ErrStop

	roundsBefore int // when the statistics were reset
}

// swapStream makes the random numbers of swaps others than those of a chain with the
// same seed and stream.
const swapStream = 0x73776170

// NewExchange returns an Exchange of at least two chains, in any order: chains of the
// same Tau, with losses of the same data, at different constant s, which have made the
// same number of steps. Their other options may differ. The error, a ChainError if one
// chain is wrong, says what does not fit.
//
// Chains may share losses. Those that do not say by a method Concurrent() bool that
// several goroutines may use them make the chains run one after another. It is the
// same, bit for bit.
func NewExchange(config ExchangeConfig, chains ...*Chain) (*Exchange, error) {
	if len(chains) < 2 {
		return nil, fmt.Errorf("tps: an Exchange of %d chains, want at least 2", len(chains))
	}
	x := &Exchange{chains: slices.Clone(chains), atOnce: true}
	for k := range chains {
		if err := x.checkChain(k); err != nil {
			return nil, &ChainError{k, err}
		}
		x.tilts = append(x.tilts, chains[k].S())
		x.order = append(x.order, k)
		x.atOnce = x.atOnce && checkApart(chains, k, true) == nil
	}
	slices.SortFunc(x.order, func(a, b int) int {
		if x.tilts[a] < x.tilts[b] {
			return -1
		}
		return 1
	})
	if err := x.configure(config); err != nil {
		return nil, err
	}

	first := chains[0]
	pairs := len(chains) - 1
	x.comparison = newComparison(first.comparison.losses, first.config.Tau)
	x.steps = first.steps
	x.pairs = make([]PairStats, pairs)
	x.errs, x.stopped = make([]error, len(chains)), make([]bool, len(chains))
	x.replicas = newWhereabouts(x.order)
	for pair := range pairs {
		x.tests = append(x.tests, cloneTest(x.config.Test))
		low, high := x.pair(pair)
		x.samePath = append(x.samePath, samePath(low.config.path(), high.config.path()))
	}
	return x, nil
}

// pair returns the two chains of a pair.
func (x *Exchange) pair(pair int) (low, high *Chain) {
	return x.chains[x.order[pair]], x.chains[x.order[pair+1]]
}

// checkChain returns an error if the k-th chain does not fit to those before it.
func (x *Exchange) checkChain(k int) error {
	if err := checkApart(x.chains, k, false); err != nil {
		return err
	}
	chain, first := x.chains[k], x.chains[0]
	if err := checkConstant(chain); err != nil {
		return err
	}
	if chain.config.Tau != first.config.Tau {
		return fmt.Errorf("tps: Tau = %d, want %d as that of chain 0", chain.config.Tau, first.config.Tau)
	}
	losses, others := chain.comparison.losses, first.comparison.losses
	if losses.Samples() != others.Samples() || losses.Params() != others.Params() {
		return fmt.Errorf("tps: the losses have %d samples and %d parameters, want %d and %d as those of chain 0",
			losses.Samples(), losses.Params(), others.Samples(), others.Params())
	}
	if !sameState(losses, others) {
		if mismatches := mismatchesOf(first.describeLosses(), chain.describeLosses()); mismatches != nil {
			return fmt.Errorf("tps: the losses differ from those of chain 0 in %q", mismatches[0].Name)
		}
	}
	if chain.steps != first.steps {
		return fmt.Errorf("tps: it has made %d steps, want %d as chain 0", chain.steps, first.steps)
	}
	for earlier, s := range x.tilts {
		if s == chain.S() {
			return fmt.Errorf("tps: s = %v, want another than that of chain %d", s, earlier)
		}
	}
	return nil
}

// checkConstant returns an error if the s of a chain changes.
func checkConstant(chain *Chain) error {
	if _, ok := chain.schedule.(Constant); !ok {
		return fmt.Errorf("tps: s has the schedule %s, want a constant", checkpoint.Describe(chain.schedule))
	}
	return nil
}

// configure fills in the defaults, or returns an error.
func (x *Exchange) configure(config ExchangeConfig) error {
	first := x.chains[0]
	if config.Every < 0 {
		return fmt.Errorf("tps: ExchangeConfig.Every = %d, want at least 1, or 0 for the default", config.Every)
	}
	if config.Every == 0 {
		config.Every = 4 * first.config.Tau
	}
	tested, err := Config{Test: config.Test}.withTest(first.comparison.Samples())
	if err != nil {
		return fmt.Errorf("%w (ExchangeConfig)", err)
	}
	config.Test = tested.Test
	switch {
	case config.Source == nil:
		x.source = random.Source(config.Seed, config.Stream, swapStream)
	case null.Is(config.Source):
		return fmt.Errorf("tps: ExchangeConfig.Source is a nil %T", config.Source)
	default:
		x.source = config.Source
	}
	for k, chain := range x.chains {
		if sameState(x.source, chain.source) {
			return fmt.Errorf("tps: ExchangeConfig.Source is that of chain %d", k)
		}
		if sameState(config.Test, chain.test) {
			return fmt.Errorf("tps: ExchangeConfig.Test is that of chain %d, and cannot be cloned", k)
		}
	}
	x.config = config
	return nil
}

// Config returns the options, with the defaults of Every and Test filled in.
func (x *Exchange) Config() ExchangeConfig { return x.config }

// Chains returns the chains, in the order in which they were given.
func (x *Exchange) Chains() []*Chain { return slices.Clone(x.chains) }

// Steps returns how many steps each chain has made: the least number, if a run has
// ended early.
func (x *Exchange) Steps() int {
	steps := x.chains[0].steps
	for _, chain := range x.chains {
		steps = min(steps, chain.steps)
	}
	return steps
}
