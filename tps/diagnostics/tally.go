package diagnostics

import (
	"fmt"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// A Tally counts what the steps of a chain did: acceptance by kind of move, by
// model and by what the decision rested on, and how many samples decisions
// took. tps.Stats has the totals alone.
type Tally struct {
	config  TallyConfig
	moves   [tps.Kinds]tps.Outcomes
	reasons [minibatch.Reasons]tps.Outcomes
	models  []tps.Outcomes // a step counts for each model of its window
	batches []int          // bin k: k·Chunk < b ≤ (k+1)·Chunk
	drawn   int            // samples, of all steps
}

// TallyConfig configures a Tally: it says what the chain can do.
type TallyConfig struct {
	// Tau is τ, the number of models, at least 1.
	Tau int
	// Samples is N, the number of samples, at least 1.
	Samples int
	// Chunk is the width of the bins of the batch size, 1 to Samples: with
	// that of the chain's test, each bin is one batch size. 0: a thousandth of
	// Samples, rounded up.
	Chunk int
}

// mostCounts bounds the memory of what is as large as its user asks for: numbers
// of 8 bytes.
const mostCounts = 1 << 24

// NewTally returns an empty tally. It holds 2·Tau + Samples/Chunk counts, of
// which there may be at most 2²⁴.
func NewTally(config TallyConfig) (*Tally, error) {
	if config.Chunk == 0 && config.Samples > 0 {
		config.Chunk = (config.Samples-1)/1000 + 1
	}
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("diagnostics: %w", err)
	}
	return &Tally{
		config:  config,
		models:  make([]tps.Outcomes, config.Tau),
		batches: make([]int, config.bins()),
	}, nil
}

func (c TallyConfig) bins() int { return (c.Samples-1)/c.Chunk + 1 }

func (c TallyConfig) validate() error {
	switch {
	case c.Tau < 1 || c.Tau > mostCounts/4:
		return fmt.Errorf("Tau = %d, want 1 to %d", c.Tau, mostCounts/4)
	case c.Samples < 1 || c.Samples > maxCount/2:
		return fmt.Errorf("Samples = %d, want 1 to 2⁶¹", c.Samples)
	case c.Chunk < 1 || c.Chunk > c.Samples:
		return fmt.Errorf("Chunk = %d, want 1 to Samples = %d, or 0 for a thousandth of it", c.Chunk, c.Samples)
	case c.bins() > mostCounts/2:
		return fmt.Errorf("Chunk = %d makes %d bins of Samples = %d, want at most %d", c.Chunk, c.bins(), c.Samples, mostCounts/2)
	}
	return nil
}

// Config returns the configuration, with the defaults filled in.
func (t *Tally) Config() TallyConfig { return t.config }

// Add counts a step. It does not allocate. A batch of more than Samples, as the
// levels of a step may have in sum, is counted in the last bin, and one of none, as of
// a move that knows all of Δ, in the first. Add panics if the step changes models that there are not.
func (t *Tally) Add(step tps.Step) {
	if step.First < 0 || step.Width < 1 || step.First+step.Width > t.config.Tau {
		panic("diagnostics: a step of another chain than the Tally was made for")
	}
	count(&t.moves[step.Kind], step.Accepted)
	count(&t.reasons[min(step.By, minibatch.Other)], step.Accepted)
	for k := range step.Width {
		count(&t.models[step.First+k], step.Accepted)
	}
	b := max(step.Samples, 0)
	t.batches[(min(max(b, 1), t.config.Samples)-1)/t.config.Chunk]++
	t.drawn += b
}

func count(c *tps.Outcomes, accepted bool) {
	c.Proposed++
	if accepted {
		c.Accepted++
	}
}

// Observer returns an observer that counts each step.
func (t *Tally) Observer() tps.Observer {
	return tps.EachStep(func(_ *tps.Chain, step tps.Step) error {
		t.Add(step)
		return nil
	})
}

// Merge adds what another tally of the same configuration counted, as of
// another chain. An error says in what they differ.
func (t *Tally) Merge(other *Tally) error {
	if t.config != other.config {
		return fmt.Errorf("diagnostics: a Tally of %+v cannot take one of %+v", t.config, other.config)
	}
	t.drawn += other.drawn
	merge(t.moves[:], other.moves[:])
	merge(t.reasons[:], other.reasons[:])
	merge(t.models, other.models)
	for k, n := range other.batches {
		t.batches[k] += n
	}
	return nil
}

func merge(dst, src []tps.Outcomes) {
	for k, c := range src {
		dst[k].Proposed += c.Proposed
		dst[k].Accepted += c.Accepted
	}
}

// Steps returns how many steps were counted.
func (t *Tally) Steps() int { return t.total().Proposed }

// Acceptance returns the share of the steps that were accepted, NaN before the
// first.
func (t *Tally) Acceptance() float64 { return t.total().Acceptance() }

func (t *Tally) total() tps.Outcomes {
	var all tps.Outcomes
	for _, c := range t.moves {
		all.Proposed += c.Proposed
		all.Accepted += c.Accepted
	}
	return all
}

// Move returns the count of a kind of move.
func (t *Tally) Move(move tps.Kind) tps.Outcomes { return t.moves[move] }

// DecidedBy returns the count of a reason. Proposed is how many decisions rested
// on it.
func (t *Tally) DecidedBy(reason minibatch.Reason) tps.Outcomes {
	return t.reasons[min(reason, minibatch.Other)]
}

// Model returns the count of the steps that would have changed the model at a
// time from 0 to Tau−1.
func (t *Tally) Model(time int) tps.Outcomes { return t.models[time] }

// MeanBatch returns ⟨b⟩, the mean number of samples drawn in a step, NaN before
// the first.
func (t *Tally) MeanBatch() float64 { return float64(t.drawn) / float64(t.Steps()) }

// Batches returns the histogram of the batch size b: of Samples/Chunk bins,
// rounded up, bin k has the number of steps with k·Chunk < b ≤ (k+1)·Chunk, and
// bin 0 those with b = 0, too. It is a view, not to be written to.
func (t *Tally) Batches() []int { return t.batches }

// BatchQuantile returns the largest batch size of the bin below or in which the
// share p, from 0 to 1, of the steps is; 0 before the first.
func (t *Tally) BatchQuantile(p float64) int {
	steps := t.Steps()
	if steps == 0 {
		return 0
	}
	below := 0
	for k, n := range t.batches {
		below += n
		if n > 0 && float64(below) >= p*float64(steps) {
			return t.upper(k)
		}
	}
	return t.config.Samples
}

// upper returns the largest batch size in a bin.
func (t *Tally) upper(bin int) int { return min((bin+1)*t.config.Chunk, t.config.Samples) }
