package tps

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// Autoregressive changes a window of adjacent models, chosen uniformly, towards one
// that is drawn from the path measure given the rest: with the mean m of the window
// given the rest and a fresh window Θ_new from that distribution,
//
//	Θ′ = m + √(1 − β²)·(Θ − m) + β·(Θ_new − m)
//
// (preconditioned Crank–Nicolson: Cotter, Roberts, Stuart and White, arXiv
// 1202.0709). That leaves the path measure unchanged for any β, so that the
// acceptance test sees the tilt only. The zero value is the paper's move in all
// coordinates, with β = 1: a bridge inside the trajectory, a shoot at an end. A
// small β changes all coordinates by a little, which is worth more than changing a
// few by much: losses change less.
//
// A first model that only a prior holds, in a window of the whole trajectory, makes
// a step of at most β·σ; with a flat prior that is a step of the random walk.
type Autoregressive struct {
	// Beta is β, in (0, 1]. 0: 1.
	Beta float64
	// BetaAt is the tilt at which a move has the size β, positive. At another s it is
	// β·√(BetaAt/s), and at most 1: along a Schedule, the acceptance stays about the
	// same. 0: β is the size at any s.
	BetaAt float64
	// Fraction is f, the share of the coordinates that a move changes, in (0, 1].
	// f·P is rounded to the nearest number of at least one. 0: all.
	Fraction float64
	// Width is w, how many adjacent models a move changes, 1 to Tau. 0: one.
	Width int
	// Blocks are sets of coordinates, such as those of the layers or filters of a
	// network: a move changes the coordinates of one of them, chosen uniformly, or
	// the fraction of these. nil: all coordinates are one block.
	Blocks [][]int
	// Multilevel tests the models of a window one level after another, the one in
	// the middle first and then those in the middle of what is between (bisection,
	// Ceperley, Rev. Mod. Phys. 67, 279 (1995)): much is rejected for the price of
	// one model. Each level has a test of its own, of which Barker's accepts about
	// half of the changes that are small.
	Multilevel bool
	// Surrogate is a quadratic model of the mean loss: the move is made with respect
	// to the path measure times exp(−s·surrogate), a Gaussian, too, and the test sees
	// what the surrogate leaves of the tilt. With it, all coordinates are changed:
	// neither Fraction nor Blocks can be set. Where it is steeper than the loss, a
	// chain with a β near 1 stays long in the tails that it hardly proposes. It takes
	// 8·P·(K + τ) bytes for K directions. nil: none.
	Surrogate *Quadratic
}

// String returns the move and its options.
func (m Autoregressive) String() string {
	text := fmt.Sprintf("autoregressive(beta %v, fraction %v, width %d", cmp.Or(m.Beta, 1), cmp.Or(m.Fraction, 1), cmp.Or(m.Width, 1))
	if m.BetaAt > 0 {
		text += fmt.Sprintf(", beta at %v", m.BetaAt)
	}
	if m.Blocks != nil {
		text += fmt.Sprintf(", %d blocks with checksum %016x", len(m.Blocks), checksumOfBlocks(m.Blocks))
	}
	if m.Multilevel {
		text += ", multilevel"
	}
	if m.Surrogate != nil {
		text += fmt.Sprintf(", %v", m.Surrogate)
	}
	return text + ")"
}

// withDefaults returns the move with its defaults, or an error.
func (m Autoregressive) withDefaults(tau, params int) (Autoregressive, error) {
	m.Beta, m.Fraction, m.Width = cmp.Or(m.Beta, 1), cmp.Or(m.Fraction, 1), cmp.Or(m.Width, 1)
	switch {
	case !(m.Beta > 0 && m.Beta <= 1):
		return m, fmt.Errorf("tps: Autoregressive.Beta = %v, want a number in (0, 1]", m.Beta)
	case !(m.BetaAt >= 0) || math.IsInf(m.BetaAt, 1):
		return m, fmt.Errorf("tps: Autoregressive.BetaAt = %v, want a finite number > 0, or 0 for any s", m.BetaAt)
	case !(m.Fraction > 0 && m.Fraction <= 1):
		return m, fmt.Errorf("tps: Autoregressive.Fraction = %v, want a number in (0, 1]", m.Fraction)
	case m.Width < 1 || m.Width > tau:
		return m, fmt.Errorf("tps: Autoregressive.Width = %d, want 1 to Tau = %d", m.Width, tau)
	case m.Surrogate != nil && (m.Fraction < 1 || m.Blocks != nil):
		return m, fmt.Errorf("tps: Autoregressive has a Surrogate and changes some of the coordinates, want all")
	}
	if err := checkBlocks(m.Blocks, params); err != nil {
		return m, err
	}
	return m, m.Surrogate.Validate(params)
}

// Proposer implements Move.
func (m Autoregressive) Proposer(target Target) (Proposer, error) {
	params := target.Losses.Params()
	m, err := m.withDefaults(target.Tau, params)
	if err != nil {
		return nil, err
	}
	a := &autoregressive{path: target.Path, beta: m.Beta, betaAt: m.BetaAt, width: m.Width, coordinates: newCoordinates(m.Blocks, m.Fraction, params), links: make([][]link, target.Tau)}
	if (m.Beta < 1 || m.BetaAt > 0) && m.Blocks == nil {
		a.coordinates.inOrder(params) // the paper's move shuffles them: seeded chains rely on it
	}
	if m.Multilevel {
		a.levels = bisection(m.Width)
		a.times, a.known = make([][]int, len(a.levels)), make([]float64, len(a.levels))
		for k := range a.levels {
			a.times[k] = make([]int, len(a.levels[k]))
		}
	}
	if m.Surrogate != nil {
		var err error
		if a.surrogate, err = newSurrogate(m.Surrogate, &a.path, target.Tau); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// autoregressive is the proposer of Autoregressive.
type autoregressive struct {
	path        Path
	beta        float64
	betaAt      float64 // the tilt that beta is for; 0: any
	width       int
	coordinates *coordinates
	surrogate   *surrogate // nil: none
	levels      [][]int    // places in a window
	times       [][]int    // of the levels of the proposal in hand
	known       []float64  // at these
	links       [][]link   // of each window, by its first time, made on the first use
}

// Propose implements Proposer.
func (a *autoregressive) Propose(p *Proposal) error {
	first := random.Below(p.Source, p.Current.Len()-a.width+1)
	return a.ProposeAt(p, first)
}

// Local implements LocalProposer.
func (a *autoregressive) Local() bool { return a.width == 1 }

// ProposeAt implements LocalProposer: it changes the window that begins at a time.
func (a *autoregressive) ProposeAt(p *Proposal, first int) error {
	tau, beta := p.Current.Len(), a.size(p.S)
	p.First, p.Width, p.Kind = first, a.width, KindOf(first, a.width, tau)
	if a.links[first] == nil {
		a.links[first] = a.path.links(nil, first, a.width, tau, 0)
	}
	links := a.links[first]
	if a.surrogate != nil {
		a.surrogate.propose(p, links, beta)
	} else {
		p.Coordinates = a.coordinates.draw(p.Source)
		normal := rand.New(p.Source)
		for k := range links {
			a.path.follow(p, &links[k], beta, normal)
		}
	}
	a.level(p)
	return nil
}

// level says the levels of a proposal, and what the surrogate says of each.
func (a *autoregressive) level(p *Proposal) {
	if a.levels == nil {
		return
	}
	for k, places := range a.levels {
		known := 0.0
		for j, place := range places {
			t := p.First + place
			a.times[k][j] = t
			if a.surrogate != nil {
				known += a.surrogate.known[t]
			}
		}
		a.known[k] = known
	}
	p.Levels, p.KnownAt = a.times, a.known
}

// size returns β at a tilt.
func (a *autoregressive) size(tilt float64) float64 {
	if a.betaAt == 0 {
		return a.beta
	}
	if !(tilt > 0) {
		return 1
	}
	return math.Min(1, a.beta*math.Sqrt(a.betaAt/tilt))
}

// follow changes the model of a link: it keeps its deviation from its mean by
// √(1 − β²), and adds a fresh one.
func (path *Path) follow(p *Proposal, l *link, beta float64, normal *rand.Rand) {
	model, before := p.Proposed.Model(l.time), p.Current.Model(l.time)
	if l.free {
		for _, i := range p.Coordinates {
			model[i] = float32(float64(model[i]) + beta*l.width*normal.NormFloat64())
		}
		return
	}
	beta = l.step(beta, path.Sigma)
	keep, width := math.Sqrt(1-beta*beta), beta*l.width
	beside, besideBefore := l.of(l.besideTime, p.Proposed), l.of(l.besideTime, p.Current)
	end := l.of(l.endTime, p.Current)
	for _, i := range p.Coordinates {
		fixed := 0.0
		if end != nil {
			fixed = l.end * float64(end[i])
		}
		if l.prior > 0 {
			fixed += l.prior * path.Prior.At(i)
		}
		mean, meanBefore := fixed, fixed
		if beside != nil {
			mean += l.beside * float64(beside[i])
			meanBefore += l.beside * float64(besideBefore[i])
		}
		if keep > 0 {
			mean += keep * (float64(before[i]) - meanBefore)
		}
		model[i] = float32(mean + width*normal.NormFloat64())
	}
}

// step returns the share of the width that is drawn anew: of a first model that only
// a prior holds, no more than σ.
func (l *link) step(beta, sigma float64) float64 {
	if l.besideTime < 0 {
		beta *= math.Min(1, sigma/l.width)
	}
	return beta
}

// of returns the model at a time, nil at none.
func (l *link) of(time int, trajectory *Trajectory) []float32 {
	if time < 0 {
		return nil
	}
	return trajectory.Model(time)
}

// bisection returns the places of a window, by levels.
func bisection(width int) (levels [][]int) {
	type gap struct{ from, to int } // places from … to−1
	for gaps := []gap{{0, width}}; len(gaps) > 0; {
		var level []int
		var next []gap
		for _, g := range gaps {
			middle := (g.from + g.to) / 2
			level = append(level, middle)
			if g.from < middle {
				next = append(next, gap{g.from, middle})
			}
			if middle+1 < g.to {
				next = append(next, gap{middle + 1, g.to})
			}
		}
		levels, gaps = append(levels, level), next
	}
	return levels
}

// Sizes implements Tunable: β, and the fraction where some of the coordinates change.
func (a *autoregressive) Sizes() []Size {
	sizes := []Size{{"Beta", a.beta, 1}}
	if a.surrogate == nil {
		sizes = append(sizes, Size{"Fraction", a.coordinates.fraction, 1})
	}
	return sizes
}

// SetSize implements Tunable.
func (a *autoregressive) SetSize(k int, value float64) {
	if k == 0 {
		a.beta = value
		return
	}
	a.coordinates.setFraction(value)
}
