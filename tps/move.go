package tps

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// A Move is a way to propose new trajectories. It is a description, which chains
// may share: each has a Proposer of its own made from it.
//
// The moves of this package are [Autoregressive], of which the paper's bridge and
// shoot are the default, [RigidShift] and [Mix], which takes several. Package
// [github.com/trajens/trajens/tps/moves] has those that use gradients.
type Move interface {
	// Proposer returns what makes the proposals of one chain. NewChain calls it.
	// The error says what is wrong with the move for that target.
	Proposer(target Target) (Proposer, error)
}

// A Target is what a chain samples, as far as it is the same for all steps.
type Target struct {
	// Tau is τ, the number of models.
	Tau int
	// Path is the path measure.
	Path Path
	// Losses are those of the tilt.
	Losses Losses
}

// A Proposer makes the proposals of one chain. What it proposes may depend on the
// current trajectory, on random numbers, and on the chain's past as far as that is
// frozen before the chain is measured; on nothing else. It learns in Settle alone:
// not every proposal is one of a step (Chain.ProposalDifferences).
//
// A proposer with a state, such as one that has learned something, implements
// encoding.BinaryMarshaler and encoding.BinaryUnmarshaler to have it in
// checkpoints.
type Proposer interface {
	// Propose changes models of p.Proposed, and says which, and what it knows of
	// Δ. On an error nothing is proposed, the step fails, and the trajectory is as it
	// was. The chain restores what a rejected proposal has changed; a Settler hears
	// of it. The chain believes what Propose says it has changed: a change of
	// anything else would stay in p.Proposed and be accepted with a later one.
	Propose(p *Proposal) error
}

// A Settler is a Proposer that is told what became of its proposal.
type Settler interface {
	Settle(step *Step)
}

// A Proposal is a change of a trajectory.
type Proposal struct {
	// Current is the trajectory, not to be changed, and Proposed is equal to it
	// when a Proposer gets it.
	Current, Proposed *Trajectory
	// S is the tilt s of the step.
	S float64
	// Source is where all random numbers come from.
	Source rand.Source

	// Kind is for statistics, a Bridge if the Proposer does not say. Choice is the
	// move's index in a Mix, or 0.
	Kind   Kind
	Choice int
	// First and Width say which models it changes, First … First+Width−1; all
	// if the Proposer does not say.
	First, Width int
	// Coordinates are those that differ in these models, each once, in any order.
	// The slice is not kept beyond the step. nil: all.
	Coordinates []int
	// Known is the part of Δ that takes no samples, a finite number, so that the
	// proposal is accepted by
	//
	//	Δ = Known − s · Σₜ [L(θ′ₜ) − L(θₜ)].
	//
	// It is the logarithm of p(Θ′) q(Θ | Θ′) / p(Θ) q(Θ′ | Θ), with the path
	// measure p (Path.LogRatio) and the density q of proposals: 0 for a move that
	// is reversible with respect to the path measure.
	Known float64
	// Exact says that Known is all of Δ, as of a move that has evaluated the losses
	// of all samples. The chain decides by Metropolis's rule then, and draws none.
	// MeanLosses has the mean losses of the proposed models then, if they are known.
	Exact      bool
	MeanLosses []float64
	// Levels are times, of the models of the window each once, that are tested one
	// level after another: what is rejected at a level is not evaluated at the
	// next. nil: all at once. KnownAt has the parts of Known that count at the
	// levels, one for each. nil: all of it counts at the first.
	Levels  [][]int
	KnownAt []float64
	// Cost is what the proposal itself took, in losses: finite and not negative.
	Cost float64

	leveled []bool // scratch of checkLevels
}

// begin makes p an empty proposal.
func (p *Proposal) begin(current, proposed *Trajectory, s float64, source rand.Source) {
	*p = Proposal{
		Current: current, Proposed: proposed, S: s, Source: source, Width: current.Len(),
		MeanLosses: p.MeanLosses[:0], leveled: p.leveled,
	}
}

// check returns an error if a Proposer has said what cannot be.
func (p *Proposal) check() error {
	switch tau := p.Current.Len(); {
	case p.First < 0 || p.Width < 1 || p.Width > tau-p.First:
		return fmt.Errorf("tps: a move changes %d models from time %d, want a window of %d", p.Width, p.First, tau)
	case p.Kind >= Kinds:
		return fmt.Errorf("tps: a move is of the kind %d, want one below %d", p.Kind, Kinds)
	case p.Known-p.Known != 0:
		return fmt.Errorf("tps: a move knows %v of Δ, want a finite number", p.Known)
	case !(p.Cost >= 0) || math.IsInf(p.Cost, 1):
		return fmt.Errorf("tps: a move costs %v, want a finite number of losses >= 0", p.Cost)
	case len(p.MeanLosses) != 0 && len(p.MeanLosses) != p.Width:
		return fmt.Errorf("tps: a move says %d mean losses, want the window's %d, or none", len(p.MeanLosses), p.Width)
	case p.Levels == nil && p.KnownAt != nil:
		return fmt.Errorf("tps: a move knows %d parts of Δ without levels, want none", len(p.KnownAt))
	}
	for _, i := range p.Coordinates {
		if i < 0 || i >= p.Current.params {
			return fmt.Errorf("tps: a move changes the coordinate %d, want 0 to %d", i, p.Current.params-1)
		}
	}
	if p.Levels != nil {
		return p.checkLevels()
	}
	return nil
}

// checkLevels returns an error unless each model of the window is at one level, and
// the known parts of the levels have the sum Known, up to rounding errors.
func (p *Proposal) checkLevels() error {
	for len(p.leveled) < p.Width {
		p.leveled = append(p.leveled, false)
	}
	leveled, count := p.leveled[:p.Width], 0
	clear(leveled)
	for _, times := range p.Levels {
		for _, t := range times {
			if t < p.First || t >= p.First+p.Width {
				return fmt.Errorf("tps: a level has time %d, want one of the window, %d to %d", t, p.First, p.First+p.Width-1)
			}
			if leveled[t-p.First] {
				return fmt.Errorf("tps: the levels have time %d twice", t)
			}
			leveled[t-p.First] = true
			count++
		}
		if len(times) == 0 {
			return errors.New("tps: a level has no models")
		}
	}
	if count != p.Width {
		return fmt.Errorf("tps: the levels have %d models, want the window's %d", count, p.Width)
	}
	return p.checkKnownAt()
}

// checkKnownAt returns an error unless the known parts of the levels fit.
func (p *Proposal) checkKnownAt() error {
	if p.KnownAt == nil {
		return nil
	}
	if len(p.KnownAt) != len(p.Levels) {
		return fmt.Errorf("tps: a move knows %d parts of Δ, want one for each of the %d levels", len(p.KnownAt), len(p.Levels))
	}
	sum, size := 0.0, 1.0
	for _, known := range p.KnownAt {
		sum += known
		size += math.Abs(known)
	}
	if !(math.Abs(sum-p.Known) <= 1e-9*size) {
		return fmt.Errorf("tps: the parts of Δ that a move knows have the sum %v, want that of Known, %v", sum, p.Known)
	}
	return nil
}

// assign sets the window in dst to that in src.
func (p *Proposal) assign(dst, src *Trajectory) {
	all := p.Coordinates == nil || len(p.Coordinates) == dst.params
	for t := p.First; t < p.First+p.Width; t++ {
		to, from := dst.Model(t), src.Model(t)
		if all {
			copy(to, from)
			continue
		}
		for _, i := range p.Coordinates {
			to[i] = from[i]
		}
	}
}
