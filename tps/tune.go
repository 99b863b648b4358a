package tps

import (
	"fmt"
	"math"
)

// Tuning lets a chain choose the sizes of its moves, and the weights of a Mix, in its
// first steps: those that change predictions most for what they cost. The measure is
// the squared jump of the outputs on some samples (of their losses, if the losses do
// not implement Outputs) for each loss evaluated. It does not depend on a clock: the
// same seed gives the same chain. Afterwards sizes and weights are frozen. The steps
// before that are no sample of the target: they belong to the burn-in.
type Tuning struct {
	// Steps is how many steps it takes, at least 300, or 0 for no tuning.
	Steps int
	// Samples is on how many samples, spread over the data, predictions are watched.
	// 0: 64, or all if there are fewer.
	Samples int
}

// Outputs is implemented by losses that can tell what a model predicts.
type Outputs interface {
	// Outputs writes what a model predicts for each of the samples to dst, one row
	// after the other, and returns it. dst is extended if it is too short.
	Outputs(dst []float64, model []float32, samples []int) []float64
}

// A Size is a number by which a move can be made larger or smaller, such as β or a
// step.
type Size struct {
	// Name is that of the field that sets it.
	Name string
	// Value is positive and at most Max.
	Value, Max float64
}

// Tunable is a Proposer whose sizes a chain may tune.
type Tunable interface {
	Proposer
	// Sizes returns the sizes as they are.
	Sizes() []Size
	// SetSize sets the k-th of them.
	SetSize(k int, value float64)
}

// A Tuned is a size, or the weight of a move of a Mix, as a chain has it now.
type Tuned struct {
	// Choice is the index of the move in a Mix, else 0.
	Choice int
	// Name is that of the Size, or "Weight".
	Name string
	// Value is what it is now.
	Value float64
}

const (
	// fewestTuningSteps are what a few rounds need.
	fewestTuningSteps = 300
	// tuningSamples is the default of Tuning.Samples.
	tuningSamples = 64
	// tuningRounds is how many rounds there are. In all but the last, sizes are compared
	// with smaller and larger ones: by a factor of 4 in the first few, then by 2, and
	// then by its root. In the last round the weights are found.
	tuningRounds, roundsEach = 13, 4
	// leastWeight is the least weight of a move in a Mix by that of the best: each may
	// move something that others do not.
	leastWeight = 0.1
)

// validate returns an error if a field is out of its range.
func (t Tuning) validate(samples int) error {
	if t.Steps != 0 && t.Steps < fewestTuningSteps {
		return fmt.Errorf("tps: Tuning.Steps = %d, want at least %d, or 0 for none", t.Steps, fewestTuningSteps)
	}
	if t.Samples < 0 || t.Samples > samples {
		return fmt.Errorf("tps: Tuning.Samples = %d, want 1 to the number of samples, %d, or 0 for the default", t.Samples, samples)
	}
	return nil
}

// A tuner tunes the moves of a chain.
type tuner struct {
	tuning    Tuning
	losses    Losses
	samples   []int
	moves     []tunedMove // by choice
	setWeight func(choice int, weight float64)

	steps int // so far

	before, after []float64
	models        [1][]float32
	rows          [1][]float64
}

// A tunedMove is one move of a Mix, or the only one.
type tunedMove struct {
	Values []float64 // of its sizes
	Tried  int       // the size that is compared in this round
	Arm    int       // which of the three is in use
	Arms   [3]armTally
	Weight float64

	sizes []Size
	of    []Tunable // the same move, for each goroutine
}

// An armTally is what steps of one size did.
type armTally struct{ Jump, Cost float64 }

func (t armTally) efficiency() float64 {
	if t.Cost == 0 {
		return 0
	}
	return t.Jump / t.Cost
}

// newTuner returns the tuner of a chain, nil if there is nothing to tune.
func newTuner(c *Chain) *tuner {
	if c.config.Tuning.Steps == 0 {
		return nil
	}
	losses := c.comparison.losses
	n := c.config.Tuning.Samples
	if n == 0 {
		n = min(tuningSamples, losses.Samples())
	}
	t := &tuner{tuning: c.config.Tuning, losses: losses, samples: make([]int, n), before: make([]float64, n), after: make([]float64, n)}
	for j := range t.samples {
		t.samples[j] = int((int64(j)*int64(losses.Samples()) + int64(losses.Samples())/2) / int64(n))
	}
	t.moves, t.setWeight = tunedMoves(c), c.setWeight
	for k := range t.moves {
		t.moves[k].use(0)
	}
	return t
}

// tunedMoves returns the moves of a chain, with the proposers that make them.
func tunedMoves(c *Chain) []tunedMove {
	m, ok := c.proposer.(*mixProposer)
	if !ok {
		m = &mixProposer{proposers: []Proposer{c.proposer}, weights: []float64{1}}
	}
	moves := make([]tunedMove, len(m.proposers))
	for k, p := range m.proposers {
		moves[k].Weight = m.weights[k]
		if tunable, ok := p.(Tunable); ok {
			moves[k].sizes = tunable.Sizes()
			moves[k].of = append(moves[k].of, tunable)
		}
		for _, size := range moves[k].sizes {
			moves[k].Values = append(moves[k].Values, size.Value)
		}
	}
	if c.sweep != nil {
		c.sweep.eachProposer(func(choice int, p Proposer) {
			if tunable, ok := p.(Tunable); ok {
				moves[choice].of = append(moves[choice].of, tunable)
			}
		})
	}
	return moves
}

// use gives the move the size of an arm: as it is, smaller or larger.
func (m *tunedMove) use(exponent float64) {
	for k, value := range m.Values {
		if k == m.Tried {
			value = math.Min(value*math.Exp2(exponent), m.sizes[k].Max)
		}
		for _, p := range m.of {
			p.SetSize(k, value)
		}
	}
}

// exponents are those of 2 by which the sizes of the arms differ, in a round.
func exponents(round int) [3]float64 {
	e := math.Exp2(float64(1 - min(round/roundsEach, 2)))
	return [3]float64{0, -e, e}
}

// done says whether the sizes are frozen.
func (t *tuner) done() bool { return t == nil || t.steps >= t.tuning.Steps }

// jump returns the squared distance of what the current and the proposed model of a
// time predict.
func (t *tuner) jump(p *Proposal, time int) (squares float64) {
	t.before = t.predict(t.before, p.Current.Model(time))
	t.after = t.predict(t.after, p.Proposed.Model(time))
	for j, x := range t.before {
		squares += (t.after[j] - x) * (t.after[j] - x)
	}
	return squares / float64(len(t.samples))
}

func (t *tuner) predict(dst []float64, model []float32) []float64 {
	if o, ok := t.losses.(Outputs); ok {
		return o.Outputs(dst, model, t.samples)
	}
	t.models[0], t.rows[0] = model, dst
	t.losses.Losses(t.rows[:], t.models[:], t.samples)
	return dst
}

// watch takes a step into account, before the trajectory is what it decided.
func (t *tuner) watch(p *Proposal, step *Step) {
	m := &t.moves[step.Choice]
	if step.Accepted {
		jump := 0.0
		for time := p.First; time < p.First+p.Width; time++ {
			jump += t.jump(p, time)
		}
		if jump-jump == 0 { // losses may be infinite
			m.Arms[m.Arm].Jump += jump
		}
	}
	m.Arms[m.Arm].Cost += 1 + step.ProposalCost + float64(step.Evaluations+2*step.Slopes)
	t.steps++
}

// advance goes on to the next sizes, after a step or after those of a sweep that were
// made at once.
func (t *tuner) advance(before int) {
	length := t.tuning.Steps / tuningRounds
	round, next := before/length, t.steps/length
	if round >= tuningRounds-1 {
		if t.done() {
			t.weigh()
		}
		return // in the last round the sizes stay
	}
	for k := range t.moves {
		m := &t.moves[k]
		if next == round {
			m.Arm = (m.Arm + 1) % len(m.Arms)
			m.use(exponents(round)[m.Arm])
			continue
		}
		m.adopt(exponents(round))
	}
}

// adopt takes the best of the sizes that were compared, and another size to be
// compared next. Where none of them got anywhere, all are too large.
func (m *tunedMove) adopt(exponents [3]float64) {
	best, tried := 0, true
	for arm, did := range m.Arms {
		if did.efficiency() > m.Arms[best].efficiency() {
			best = arm
		}
		tried = tried && did.Cost > 0
	}
	if tried && m.Arms[best].Jump == 0 {
		best = 1 // the smaller one
	}
	if len(m.Values) > 0 {
		m.Values[m.Tried] = math.Min(m.Values[m.Tried]*math.Exp2(exponents[best]), m.sizes[m.Tried].Max)
		m.Tried = (m.Tried + 1) % len(m.Values)
	}
	m.Arm, m.Arms = 0, [3]armTally{}
	m.use(0)
}

// weigh makes the weights of a Mix proportional to how efficient the moves were.
func (t *tuner) weigh() {
	best := 0.0
	for _, m := range t.moves {
		best = math.Max(best, m.Arms[0].efficiency())
	}
	if len(t.moves) < 2 || best == 0 {
		return
	}
	for k := range t.moves {
		m := &t.moves[k]
		m.Weight = math.Max(m.Arms[0].efficiency()/best, leastWeight)
		t.setWeight(k, m.Weight)
	}
}

// setWeight sets the weight of a move of a Mix.
func (c *Chain) setWeight(choice int, weight float64) {
	c.proposer.(*mixProposer).setWeight(choice, weight)
	if c.sweep != nil {
		c.sweep.setWeight(choice, weight)
	}
}

// Tuned returns the sizes of the moves, and the weights of those of a Mix, as they are
// now: tuned, if the Tuning is over, as in the Config without Tuning.
func (c *Chain) Tuned() (tuned []Tuned) {
	moves := tunedMoves(c)
	if c.tuner != nil {
		moves = c.tuner.moves
	}
	for k, m := range moves {
		for j, size := range m.sizes {
			tuned = append(tuned, Tuned{k, size.Name, m.Values[j]})
		}
		if len(moves) > 1 {
			tuned = append(tuned, Tuned{k, "Weight", m.Weight})
		}
	}
	return tuned
}
