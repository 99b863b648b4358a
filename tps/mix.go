package tps

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// A Mix is a move that makes one of several, each with its probability. A mixture of
// moves that are exact is exact.
type Mix []Choice

// A Choice is one move of a Mix.
type Choice struct {
	// Weight is the move's probability in proportion to those of the others,
	// positive; the sum of all is finite.
	Weight float64
	// Move is the move, no Mix itself.
	Move Move
}

// String returns the moves with their weights.
func (m Mix) String() string {
	texts := make([]string, len(m))
	for k, choice := range m {
		texts[k] = fmt.Sprintf("%v %s", choice.Weight, checkpoint.Describe(choice.Move))
	}
	return "mix(" + strings.Join(texts, ", ") + ")"
}

// Proposer implements Move.
func (m Mix) Proposer(target Target) (Proposer, error) {
	if len(m) == 0 {
		return nil, errors.New("tps: the Mix has no moves")
	}
	x := &mixProposer{proposers: make([]Proposer, len(m)), weights: make([]float64, len(m))}
	for k, choice := range m {
		if null.Is(choice.Move) {
			return nil, fmt.Errorf("tps: Mix[%d].Move is nil", k)
		}
		if _, nested := choice.Move.(Mix); nested {
			return nil, fmt.Errorf("tps: Mix[%d].Move is a Mix, want its moves", k)
		}
		if !(choice.Weight > 0) || math.IsInf(choice.Weight, 1) {
			return nil, fmt.Errorf("tps: Mix[%d].Weight = %v, want a finite number > 0", k, choice.Weight)
		}
		p, err := choice.Move.Proposer(target)
		if err != nil {
			return nil, fmt.Errorf("%w (Mix[%d])", err, k)
		}
		if null.Is(p) {
			return nil, fmt.Errorf("tps: Mix[%d].Move, a %T, has made no Proposer", k, choice.Move)
		}
		x.proposers[k], x.weights[k] = p, choice.Weight
		x.sum += choice.Weight
	}
	if math.IsInf(x.sum, 1) {
		return nil, fmt.Errorf("tps: the weights of the Mix have the sum %v, want a finite one", x.sum)
	}
	return x, nil
}

// mixProposer is the proposer of a Mix.
type mixProposer struct {
	proposers []Proposer
	weights   []float64
	sum       float64 // of the weights
	last      int
}

// Propose implements Proposer.
func (m *mixProposer) Propose(p *Proposal) error {
	m.choose(p)
	return m.proposers[m.last].Propose(p)
}

// Local implements LocalProposer.
func (m *mixProposer) Local() bool {
	for _, p := range m.proposers {
		if !isLocal(p) {
			return false
		}
	}
	return true
}

// ProposeAt implements LocalProposer.
func (m *mixProposer) ProposeAt(p *Proposal, time int) error {
	m.choose(p)
	return m.proposers[m.last].(LocalProposer).ProposeAt(p, time)
}

// setWeight sets the weight of a move.
func (m *mixProposer) setWeight(k int, weight float64) {
	m.weights[k], m.sum = weight, 0
	for _, w := range m.weights {
		m.sum += w
	}
}

// choose draws which move is made.
func (m *mixProposer) choose(p *Proposal) {
	at := m.sum * random.Open(p.Source)
	m.last = 0
	for m.last < len(m.weights)-1 && at >= m.weights[m.last] {
		at -= m.weights[m.last]
		m.last++
	}
	p.Choice = m.last
}

// Settle implements Settler.
func (m *mixProposer) Settle(step *Step) {
	if s, ok := m.proposers[m.last].(Settler); ok {
		s.Settle(step)
	}
}

// MarshalBinary returns the states of the moves that have one.
func (m *mixProposer) MarshalBinary() ([]byte, error) {
	states := make([][]byte, len(m.proposers))
	for k, p := range m.proposers {
		if state, ok := p.(encoding.BinaryMarshaler); ok {
			var err error
			if states[k], err = state.MarshalBinary(); err != nil {
				return nil, fmt.Errorf("tps: Mix[%d]: %w", k, err)
			}
		}
	}
	return json.Marshal(states)
}

// UnmarshalBinary restores what MarshalBinary returned. On an error some of the moves
// may have changed.
func (m *mixProposer) UnmarshalBinary(data []byte) error {
	var states [][]byte
	if err := json.Unmarshal(data, &states); err != nil {
		return fmt.Errorf("tps: the states of a Mix: %w", err)
	}
	if len(states) != len(m.proposers) {
		return fmt.Errorf("tps: the states of %d moves, want %d", len(states), len(m.proposers))
	}
	for k, p := range m.proposers {
		if state, ok := p.(encoding.BinaryUnmarshaler); ok {
			if err := state.UnmarshalBinary(states[k]); err != nil {
				return fmt.Errorf("tps: Mix[%d]: %w", k, err)
			}
		}
	}
	return nil
}
