package tps

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A namedMove is a move of a table of tests.
type namedMove struct {
	name string
	move Move
}

// invarianceQuadratic is a surrogate for losses that are 0: all that it says is
// wrong, and what the moves propose by it must be made up for.
func invarianceQuadratic() *Quadratic {
	c, s := math.Cos(0.7), math.Sin(0.7)
	return &Quadratic{
		Center:     []float32{0.5, -1, 0.25, 0},
		Curvatures: []float64{2, 0.2},
		Directions: [][]float64{{c, s, 0, 0}, {-s * s, s * c, 0, c}},
		Slopes:     []float64{0.5, -0.1},
	}
}

// invarianceTilt is what weighs the surrogate: s a σ² is 1.5 and 0.15.
const invarianceTilt = 3

func invarianceMoves() []namedMove {
	q := invarianceQuadratic()
	blocks := [][]int{{0, 2}, {1, 2, 3}}
	return []namedMove{
		{"β=0.1", Autoregressive{Beta: 0.1}},
		{"β=0.5 of two", Autoregressive{Beta: 0.5, Width: 2}},
		{"β=0.7 of all, half", Autoregressive{Beta: 0.7, Width: 3, Fraction: 0.5}},
		{"blocks", Autoregressive{Blocks: blocks, Width: 2}},
		{"parts of blocks", Autoregressive{Beta: 0.9, Blocks: blocks, Fraction: 0.6}},
		{"levels", Autoregressive{Width: 3, Multilevel: true}},
		{"levels of blocks", Autoregressive{Beta: 0.5, Width: 3, Multilevel: true, Blocks: blocks}},
		{"surrogate", Autoregressive{Surrogate: q}},
		{"surrogate, β=0.5 of two", Autoregressive{Beta: 0.5, Width: 2, Surrogate: q}},
		{"surrogate, all", Autoregressive{Beta: 0.7, Width: 3, Surrogate: q}},
		{"surrogate, levels", Autoregressive{Beta: 0.7, Width: 3, Surrogate: q, Multilevel: true}},
		{"shift", RigidShift{Step: 0.3}},
		{"shift of half", RigidShift{Step: 0.5, Fraction: 0.5}},
		{"shift, surrogate", RigidShift{Step: 0.3, Surrogate: q}},
		{"mix", Mix{
			{1, Autoregressive{Beta: 0.5}},
			{0.5, RigidShift{Step: 0.3}},
			{2, Autoregressive{Width: 2, Surrogate: q, Multilevel: true}},
			{0.5, RigidShift{Step: 0.5, Surrogate: q}},
		}},
	}
}

// departureOf returns the departure of a chain without losses at invarianceTilt.
func departureOf(t testing.TB, path Path, move Move, replicas int) (score, p float64) {
	t.Helper()
	chain := newChain(t, Config{
		Tau: 3, Sigma: path.Sigma, Prior: path.Prior, EveryModel: path.EveryModel,
		S: invarianceTilt, Move: move, Test: barker(t, 2), Seed: 79,
	}, none{invarianceParams})
	return departure(3, path, replicas, func(trajectory *Trajectory) { stepFrom(t, chain, trajectory, movesEachTime) })
}

// Without losses the chain samples the path measure, whatever moves it makes, and
// whatever a surrogate says. One kind of path in two is left out by turns, and the
// flat prior with a surrogate: such moves depend on where the walk is, of which the
// departure knows nothing then.
func TestMoreMovesLeaveThePathMeasureInvariant(t *testing.T) {
	replicas := replicas / 3
	if *long {
		replicas *= 30
	}
	for k, c := range invarianceMoves() {
		for j, name := range []string{"flat", "first narrow", "every wide", "first wide", "every narrow"} {
			path := testedPaths()[name]
			if (k+j)%2 == 1 && !*long || path.Prior == nil && strings.Contains(fmt.Sprint(c.move), "surrogate") {
				continue
			}
			t.Run(c.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				score, p := departureOf(t, path, c.move, replicas)
				assert.Less(t, score, float64(largestScore))
				assert.Greater(t, p, smallestP)
			})
		}
	}
}

// altered is a move whose proposals are changed by hand.
type altered struct {
	Move
	alter func(*Proposal)
}

func (a altered) Proposer(target Target) (Proposer, error) {
	p, err := a.Move.Proposer(target)
	return alteredProposer{p, a.alter}, err
}

type alteredProposer struct {
	Proposer
	alter func(*Proposal)
}

func (a alteredProposer) Propose(p *Proposal) error {
	err := a.Proposer.Propose(p)
	a.alter(p)
	return err
}

func forgetKnown(p *Proposal) { p.Known, p.KnownAt = 0, nil }

func turnKnown(p *Proposal) {
	p.Known *= -1
	for k := range p.KnownAt {
		p.KnownAt[k] *= -1
	}
}

// Negative controls: what is known of Δ must count, with its sign.
func TestMoreMovesHaveTeeth(t *testing.T) {
	paths, q := testedPaths(), invarianceQuadratic()
	for _, c := range []struct {
		namedMove
		path  string
		alter func(*Proposal)
	}{
		{namedMove{"surrogate forgotten", Autoregressive{Surrogate: q}}, "first narrow", forgetKnown},
		{namedMove{"surrogate with the wrong sign", Autoregressive{Surrogate: q}}, "every wide", turnKnown},
		{namedMove{"levels that forget the surrogate", Autoregressive{Width: 3, Surrogate: q, Multilevel: true}}, "first wide", forgetKnown},
		{namedMove{"levels with the wrong sign", Autoregressive{Beta: 0.5, Width: 3, Surrogate: q, Multilevel: true}}, "every narrow", turnKnown},
		{namedMove{"shift that forgets the prior", RigidShift{Step: 0.3}}, "first narrow", forgetKnown},
		{namedMove{"shift with the wrong sign", RigidShift{Step: 0.3}}, "every wide", turnKnown},
		{namedMove{"shift that forgets the surrogate", RigidShift{Step: 0.5, Surrogate: q}}, "first wide", forgetKnown},
	} {
		score, p := departureOf(t, paths[c.path], altered{c.move, c.alter}, replicas/3)
		assert.True(t, score > largestScore || p < smallestP, "%s: score %.1f, p %.2g", c.name, score, p)
	}
}
