package tps

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

func TestMoveErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := func() *Quadratic {
		return &Quadratic{Center: []float32{0, 1}, Curvatures: []float64{1, 2}, Directions: [][]float64{{0.6, 0.8}, {-0.8, 0.6}}, Slopes: []float64{1, 0}}
	}
	quadratic := func(change func(*Quadratic)) Move {
		q := good()
		change(q)
		return Autoregressive{Surrogate: q}
	}
	var missing *Quadratic
	var none *ownMove
	for _, c := range []struct {
		move Move
		says string
	}{
		{Autoregressive{Beta: -0.1}, "tps: Autoregressive.Beta = -0.1, want a number in (0, 1]"},
		{Autoregressive{Beta: 1.1}, "Beta = 1.1"},
		{Autoregressive{Beta: nan}, "Beta = NaN"},
		{Autoregressive{Fraction: -1}, "tps: Autoregressive.Fraction = -1, want a number in (0, 1]"},
		{Autoregressive{Fraction: nan}, "Fraction = NaN"},
		{Autoregressive{Fraction: 1.5}, "Fraction = 1.5"},
		{Autoregressive{Width: 4}, "tps: Autoregressive.Width = 4, want 1 to Tau = 3"},
		{Autoregressive{Width: -1}, "Width = -1"},
		{Autoregressive{Blocks: [][]int{}}, "tps: Blocks is empty, want at least one block, or nil"},
		{Autoregressive{Blocks: [][]int{{0}, {}}}, "tps: Blocks[1] has no coordinates"},
		{Autoregressive{Blocks: [][]int{{0, 2}}}, "tps: Blocks[0] has the coordinate 2, want 0 to 1"},
		{Autoregressive{Blocks: [][]int{{-1}}}, "Blocks[0] has the coordinate -1"},
		{Autoregressive{Blocks: [][]int{{0, 1}, {1, 1}}}, "tps: Blocks[1] has the coordinate 1 twice"},
		{Autoregressive{Surrogate: good(), Fraction: 0.5}, "tps: Autoregressive has a Surrogate and changes some of the coordinates, want all"},
		{Autoregressive{Surrogate: good(), Blocks: [][]int{{0}}}, "has a Surrogate and changes some"},
		{RigidShift{}, "tps: RigidShift.Step = 0, want a finite number > 0"},
		{RigidShift{Step: -1}, "Step = -1"},
		{RigidShift{Step: inf}, "Step = +Inf"},
		{RigidShift{Step: nan}, "Step = NaN"},
		{RigidShift{Step: 1e31}, "tps: RigidShift.Step = 1e+31, want at most 1e+30"},
		{RigidShift{Step: 1, Fraction: -0.5}, "tps: RigidShift.Fraction = -0.5, want a number in (0, 1]"},
		{RigidShift{Step: 1, Fraction: 2}, "Fraction = 2"},
		{RigidShift{Step: 1, Fraction: nan}, "Fraction = NaN"},
		{RigidShift{Step: 1, Fraction: 0.5, Surrogate: good()}, "tps: RigidShift has a Surrogate and changes some of the coordinates, want all"},
		{RigidShift{Step: 1, Surrogate: &Quadratic{}}, "Quadratic.Center has 0 numbers"},
		{quadratic(func(q *Quadratic) { q.Center = q.Center[:1] }), "tps: Quadratic.Center has 1 numbers, want the number of parameters, 2"},
		{quadratic(func(q *Quadratic) { q.Center[1] = float32(nan) }), "tps: Quadratic.Center[1] = NaN, want a finite number"},
		{quadratic(func(q *Quadratic) { q.Curvatures = q.Curvatures[:1] }), "tps: Quadratic has 2 Directions, 1 Curvatures and 2 Slopes, want as many of each, 1 to 2, or no Slopes"},
		{quadratic(func(q *Quadratic) { q.Slopes = q.Slopes[:1] }), "2 Directions, 2 Curvatures and 1 Slopes"},
		{quadratic(func(q *Quadratic) { q.Directions, q.Curvatures, q.Slopes = nil, nil, nil }), "0 Directions"},
		{quadratic(func(q *Quadratic) { q.Curvatures[1] = 0 }), "tps: Quadratic.Curvatures[1] = 0, want a finite number > 0"},
		{quadratic(func(q *Quadratic) { q.Curvatures[0] = inf }), "Curvatures[0] = +Inf"},
		{quadratic(func(q *Quadratic) { q.Curvatures[0] = nan }), "Curvatures[0] = NaN"},
		{quadratic(func(q *Quadratic) { q.Slopes[1] = nan }), "tps: Quadratic.Slopes[1] = NaN, want a finite number"},
		{quadratic(func(q *Quadratic) { q.Directions[1] = []float64{1} }), "tps: Quadratic.Directions[1] has 1 numbers, want the number of parameters, 2"},
		{quadratic(func(q *Quadratic) { q.Directions[1] = []float64{0.8, 0.6} }), "tps: Quadratic.Directions 0 and 1 are not orthonormal: their product is off by 0.96"},
		{quadratic(func(q *Quadratic) { q.Directions[0][0] = 0.7 }), "Directions 0 and 0 are not orthonormal"},
		{quadratic(func(q *Quadratic) { q.Directions[0][0] = nan }), "not orthonormal"},
		{Mix{}, "tps: the Mix has no moves"},
		{Mix{{1, nil}}, "tps: Mix[0].Move is nil"},
		{Mix{{1, Autoregressive{}}, {1, none}}, "tps: Mix[1].Move is nil"},
		{Mix{{1, Mix{{1, Autoregressive{}}}}}, "tps: Mix[0].Move is a Mix, want its moves"},
		{Mix{{0, Autoregressive{}}}, "tps: Mix[0].Weight = 0, want a finite number > 0"},
		{Mix{{1, Autoregressive{}}, {nan, Autoregressive{}}}, "Mix[1].Weight = NaN"},
		{Mix{{inf, Autoregressive{}}}, "Mix[0].Weight = +Inf"},
		{Mix{{1e308, Autoregressive{}}, {1e308, Autoregressive{}}}, "tps: the weights of the Mix have the sum +Inf, want a finite one"},
		{Mix{{1, Autoregressive{}}, {1, Autoregressive{Width: 9}}}, "tps: Autoregressive.Width = 9, want 1 to Tau = 3 (Mix[1])"},
		{Mix{{1, ownMove{}}}, "tps: Mix[0].Move, a tps.ownMove, has made no Proposer"},
		{ownMove{}, "tps: Move, a tps.ownMove, has made no Proposer"},
		{none, "tps: Move is a nil *tps.ownMove"},
		{ownMove{err: errors.New("own: not for this target")}, "own: not for this target"},
	} {
		_, err := NewChain(Config{Tau: 3, Sigma: 0.1, S: 10, Move: c.move}, newLine(8, 1))
		require.Error(t, err, c.says)
		assert.ErrorContains(t, err, c.says)
	}
	_, err := NewChain(Config{Tau: 3, Sigma: 0.1, Move: Autoregressive{Surrogate: missing}}, newLine(8, 1))
	assert.NoError(t, err)

	for says, change := range map[string]func(*Config){
		"tps: Fraction = 0.5 and Width = 0 are set beside a Move, want 0": func(c *Config) { c.Move, c.Fraction = Autoregressive{}, 0.5 },
		"tps: Fraction = 0 and Width = 2 are set beside a Move, want 0":   func(c *Config) { c.Move, c.Width = Autoregressive{}, 2 },
		"tps: EveryModel is set without a Prior":                          func(c *Config) { c.EveryModel = true },
	} {
		config := Config{Tau: 3, Sigma: 0.1}
		change(&config)
		_, err := NewChain(config, newLine(8, 1))
		assert.ErrorContains(t, err, says)
	}
}

// An ownMove is a user's.
type ownMove struct {
	propose func(*Proposal) error
	settle  func(*Step)
	err     error
}

func (m ownMove) Proposer(Target) (Proposer, error) {
	if m.propose == nil {
		return nil, m.err
	}
	return m, nil
}

func (m ownMove) Propose(p *Proposal) error { return m.propose(p) }

func (m ownMove) Settle(step *Step) {
	if m.settle != nil {
		m.settle(step)
	}
}

// A proposer that says what cannot be makes the step fail, with the trajectory as it
// was, whatever it has written to; and the chain goes on.
func TestBadProposers(t *testing.T) {
	failure := errors.New("own failure")
	for says, bad := range map[string]func(*Proposal) error{
		"a move changes 4 models from time 1, want a window of 4":              func(p *Proposal) error { p.First = 1; return nil },
		"a move changes 4 models from time -1, want":                           func(p *Proposal) error { p.First = -1; return nil },
		"a move changes 0 models from time 0, want":                            func(p *Proposal) error { p.Width = 0; return nil },
		fmt.Sprintf("a move changes %d models from time 2, want", math.MaxInt): func(p *Proposal) error { p.First, p.Width = 2, math.MaxInt; return nil },
		"a move is of the kind 4, want one below 4":                            func(p *Proposal) error { p.Kind = 4; return nil },
		"a move knows NaN of Δ, want a finite number":                          func(p *Proposal) error { p.Known = math.NaN(); return nil },
		"a move knows -Inf of Δ, want a finite number":                         func(p *Proposal) error { p.Known = math.Inf(-1); return nil },
		"a move costs NaN, want a finite number of losses >= 0":                func(p *Proposal) error { p.Cost = math.NaN(); return nil },
		"a move costs -1, want":                                                func(p *Proposal) error { p.Cost = -1; return nil },
		"a move changes the coordinate 2, want 0 to 1":                         func(p *Proposal) error { p.Coordinates = []int{0, 2}; return nil },
		"a move changes the coordinate -1, want 0 to 1":                        func(p *Proposal) error { p.Coordinates = []int{-1}; return nil },
		"a move says 1 mean losses, want the window's 4, or none":              func(p *Proposal) error { p.Exact, p.MeanLosses = true, append(p.MeanLosses, 1); return nil },
		"a level has time 4, want one of the window, 0 to 3":                   func(p *Proposal) error { p.Levels = [][]int{{0, 1}, {2, 4}}; return nil },
		"a level has time 0, want one of the window, 1 to 2":                   func(p *Proposal) error { p.First, p.Width, p.Levels = 1, 2, [][]int{{1}, {0}}; return nil },
		"the levels have time 1 twice":                                         func(p *Proposal) error { p.Levels = [][]int{{0, 1}, {2, 1}}; return nil },
		"the levels have 3 models, want the window's 4":                        func(p *Proposal) error { p.Levels = [][]int{{0, 1}, {2}}; return nil },
		"the levels have 0 models, want the window's 4":                        func(p *Proposal) error { p.Levels = [][]int{}; return nil },
		"a level has no models":                                                func(p *Proposal) error { p.Levels = [][]int{{0, 1}, {}, {2, 3}}; return nil },
		"a move knows 1 parts of Δ without levels, want none":                  func(p *Proposal) error { p.KnownAt = []float64{0}; return nil },
		"a move knows 1 parts of Δ, want one for each of the 2 levels":         func(p *Proposal) error { p.Levels, p.KnownAt = [][]int{{0, 1}, {2, 3}}, []float64{0}; return nil },
		"the parts of Δ that a move knows have the sum 3, want that of Known, 2": func(p *Proposal) error {
			p.Known, p.Levels, p.KnownAt = 2, [][]int{{0, 1}, {2, 3}}, []float64{1, 2}
			return nil
		},
		"own failure (step 5)": func(*Proposal) error { return failure },
	} {
		for _, mixed := range []bool{false, true} {
			isBad, settled := false, 0
			var move Move = ownMove{propose: func(p *Proposal) error {
				for i := range p.Proposed.values {
					p.Proposed.values[i] += 0.01 * float32(random.Open(p.Source)-0.5)
				}
				if isBad {
					return bad(p)
				}
				return nil
			}, settle: func(*Step) { settled++ }}
			if mixed {
				move = Mix{{1, move}}
			}
			chain := newChain(t, Config{Tau: 4, Sigma: 0.1, S: 100, Move: move, Test: barker(t, 8)}, newLine(8, 1))
			require.NoError(t, chain.Run(context.Background(), 5))
			before, stats := slices.Clone(chain.Trajectory().Values()), chain.Stats()

			isBad = true
			err := chain.Run(context.Background(), 6)
			require.ErrorContains(t, err, says)
			assert.ErrorContains(t, err, "(step 5)")
			if says == "own failure (step 5)" {
				assert.ErrorIs(t, err, failure)
			}
			_, err = chain.ProposalDifferences(make([]float64, 8), random.Source(1))
			require.Error(t, err)
			assert.Equal(t, before, chain.current.values)
			assert.Equal(t, before, chain.proposed.values)
			assert.Equal(t, 5, chain.Steps())
			assert.Equal(t, stats, chain.Stats())
			assert.Equal(t, 5, settled)

			isBad = false
			require.NoError(t, chain.Run(context.Background(), 100))
			assert.Equal(t, chain.current.values, chain.proposed.values)
			assert.NotEqual(t, before, chain.current.values)
			assert.Equal(t, 100, settled)
		}
	}
}
