package tps

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	exprand "golang.org/x/exp/rand"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// A LocalProposer is a Proposer that can change one given model alone and looks at no
// others than its neighbors in time, as sweeps need it. It has no state: several are
// in use at a time.
type LocalProposer interface {
	Proposer
	// Local says whether it can, as it was configured.
	Local() bool
	// ProposeAt does what Propose does, for the model at a time.
	ProposeAt(p *Proposal, time int) error
}

// A sweep changes the models of one parity at once, and then those of the other.
// Given those of the other parity, models of one are independent in the target, so
// that any number of workers may change them at the same time. Each model has an
// acceptance test, references and random numbers of its own: results do not depend
// on which worker does what.
type sweep struct {
	slots   []slot // by time
	workers []*sweeper

	// Moves of a Mix that are not local are made one at a time, each in the place
	// of a phase.
	wholes     Proposer // nil: there are none
	wholeShare float64
	// The places of both sorts of moves in the Mix.
	local, whole []int

	stride int // between models that are changed at once
	parity int
	queue  []Step // made, and not yet handed out; the first is the next one

	// Of the phase in hand.
	chain   *Chain
	s       float64
	phase   []int        // times
	next    atomic.Int64 // index in phase
	running sync.WaitGroup
}

// A slot is what belongs to one model.
type slot struct {
	judge
	source   *exprand.PCGSource
	proposal Proposal
	step     Step
	err      error
}

// A sweeper is one of those who work on a phase.
type sweeper struct {
	losses   Losses
	proposer LocalProposer
	run      func()
}

// newSweep returns the sweeps of a chain, with losses for each worker.
func newSweep(c *Chain, target Target, losses []Losses) (*sweep, error) {
	s := &sweep{chain: c, slots: make([]slot, target.Tau), stride: 2}
	local, err := s.split(c.config.move(), target)
	if err != nil {
		return nil, err
	}
	for k, l := range losses {
		if k > 0 {
			if err := checkFurther(l, losses[:k]); err != nil {
				return nil, fmt.Errorf("tps: further losses %d: %w", k, err)
			}
		}
		target.Losses = l
		proposer, err := local.Proposer(target)
		if err != nil {
			return nil, err
		}
		w := &sweeper{losses: l, proposer: proposer.(LocalProposer)}
		w.run = func() {
			defer s.running.Done()
			s.work(w)
		}
		s.workers = append(s.workers, w)
	}
	for t := range s.slots {
		s.slots[t] = slot{
			judge:  newJudge(cloneTest(c.config.Test), losses[0], t, 1),
			source: random.Source(c.source.Uint64(), c.source.Uint64()),
		}
		if t > 0 && sameState(s.slots[t].test, s.slots[0].test) {
			return nil, fmt.Errorf("tps: Sweep is set, but the Test, a %T, has no method Clone() minibatch.Test: each model needs its own", c.config.Test)
		}
	}
	s.queue = make([]Step, 0, target.Tau)
	s.phase = make([]int, 0, target.Tau)
	return s, nil
}

// split returns the part of a move that may change one model alone, and takes the
// rest of a Mix for moves of the whole trajectory.
func (s *sweep) split(move Move, target Target) (local Move, err error) {
	mix, ok := move.(Mix)
	if !ok {
		mix = Mix{{Weight: 1, Move: move}}
	}
	all, err := mix.Proposer(target) // checks the weights, too
	if err != nil {
		return nil, err
	}
	s.local, s.whole = make([]int, 0, len(mix)), make([]int, 0, len(mix))
	var locals, wholes Mix
	sum := 0.0
	for k, choice := range mix {
		sum += choice.Weight
		if isLocal(all.(*mixProposer).proposers[k]) {
			locals = append(locals, choice)
			s.local = append(s.local, k)
			continue
		}
		wholes = append(wholes, choice)
		s.whole = append(s.whole, k)
		s.wholeShare += choice.Weight
	}
	s.wholeShare /= sum
	if len(locals) == 0 {
		return nil, fmt.Errorf("tps: Sweep is set, but %s cannot change one given model alone: it makes no LocalProposer", checkpoint.Describe(move))
	}
	if len(wholes) > 0 {
		s.wholes, err = wholes.Proposer(target)
	}
	return locals, err
}

// isLocal says whether a proposer makes proposals for sweeps.
func isLocal(p Proposer) bool {
	l, ok := p.(LocalProposer)
	return ok && l.Local()
}

// eachProposer calls f with each proposer that makes a move, and the place of the move
// in a Mix.
func (s *sweep) eachProposer(f func(choice int, p Proposer)) {
	for _, w := range s.workers {
		for k, p := range w.proposer.(*mixProposer).proposers {
			f(s.local[k], p)
		}
	}
	if s.wholes != nil {
		for k, p := range s.wholes.(*mixProposer).proposers {
			f(s.whole[k], p)
		}
	}
}

// setWeight sets the weight of a move in the Mix.
func (s *sweep) setWeight(choice int, weight float64) {
	sum := 0.0
	for _, w := range s.workers {
		m := w.proposer.(*mixProposer)
		if k := slices.Index(s.local, choice); k >= 0 {
			m.setWeight(k, weight)
		}
		sum = m.sum
	}
	if s.wholes != nil {
		m := s.wholes.(*mixProposer)
		if k := slices.Index(s.whole, choice); k >= 0 {
			m.setWeight(k, weight)
		}
		s.wholeShare = m.sum / (m.sum + sum)
	}
}

// step returns the next step, of a phase that is made if all steps of the last one
// have been handed out.
func (s *sweep) step(tilt float64) (Step, error) {
	if len(s.queue) == 0 {
		if err := s.makePhase(tilt); err != nil {
			return Step{}, err
		}
	}
	step := s.queue[0]
	s.queue = s.queue[:copy(s.queue, s.queue[1:])]
	return step, nil
}

// makePhase makes proposals for the models of one parity and decides on them, or makes
// one move of the whole trajectory.
func (s *sweep) makePhase(tilt float64) error {
	c := s.chain
	if s.wholes != nil && random.Open(c.source) < s.wholeShare {
		var step Step
		if err := c.one(s.wholes, tilt, s.whole, &step); err != nil {
			return err
		}
		s.queue = append(s.queue, step)
		return nil
	}
	s.s, s.phase = tilt, s.phase[:0]
	for t := s.parity; t < len(s.slots); t += s.stride {
		s.phase = append(s.phase, t)
	}
	s.next.Store(0)
	for _, w := range s.workers[1:min(len(s.workers), len(s.phase))] {
		s.running.Add(1)
		go w.run()
	}
	s.work(s.workers[0])
	s.running.Wait()

	for _, t := range s.phase {
		if err := s.slots[t].err; err != nil {
			for _, t := range s.phase {
				copy(c.proposed.Model(t), c.current.Model(t))
			}
			return err
		}
	}
	tuning, before := !c.tuner.done(), 0
	if tuning {
		before = c.tuner.steps
	}
	for _, t := range s.phase {
		slot := &s.slots[t]
		slot.step.Choice = s.local[slot.step.Choice]
		if !c.tuner.done() {
			c.tuner.watch(&slot.proposal, &slot.step)
		}
		kept, lost := c.current, c.proposed
		if slot.step.Accepted {
			kept, lost = lost, kept
		}
		copy(lost.Model(t), kept.Model(t))
		slot.outcome.settle(c.loss, slot.step.Accepted)
		s.queue = append(s.queue, slot.step)
	}
	if tuning {
		c.tuner.advance(before)
	}
	if len(s.slots) > 1 {
		s.parity = 1 - s.parity
	}
	return nil
}

// work makes the steps of those models of a phase that nobody else has taken up.
func (s *sweep) work(w *sweeper) {
	for {
		k := int(s.next.Add(1)) - 1
		if k >= len(s.phase) {
			return
		}
		t := s.phase[k]
		slot := &s.slots[t]
		slot.use(w.losses)
		slot.err = slot.make(w.proposer, s.chain, t, s.s)
	}
}

// make makes the step of the model at a time.
func (s *slot) make(proposer LocalProposer, c *Chain, time int, tilt float64) error {
	p := &s.proposal
	p.begin(c.current, c.proposed, tilt, s.source)
	if err := proposer.ProposeAt(p, time); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	if p.First != time || p.Width != 1 {
		return fmt.Errorf("tps: a move of a sweep changes %d models from time %d, want model %d alone", p.Width, p.First, time)
	}
	s.step = Step{}
	return s.decide(p, &s.step)
}

// checkFurther returns an error if losses are not of the same size as those before, or
// are among them and for one goroutine only.
func checkFurther(l Losses, before []Losses) error {
	if null.Is(l) {
		return errors.New("they are nil")
	}
	first := before[0]
	if l.Samples() != first.Samples() || l.Params() != first.Params() {
		return fmt.Errorf("they have %d samples and %d parameters, want %d and %d as the first", l.Samples(), l.Params(), first.Samples(), first.Params())
	}
	for _, other := range before {
		if sameState(l, other) && !concurrent(l) {
			return errors.New("two goroutines would use them at once: they are given twice, and have no method Concurrent() bool that returns true")
		}
	}
	return nil
}
