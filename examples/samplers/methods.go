package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/moves"
)

// A method is one of the samplers.
type method struct {
	name, about string
	sweep       bool
	// passes is how many gradients over all samples a proposal takes.
	passes int
	// move returns the move for a bench, at a tilt s, of the sizes that are known.
	move func(b *bench, s float64, known sizes) tps.Move
}

// sizes are tuned sizes, and weights of moves of a Mix.
type sizes []tps.Tuned

// get returns a size of a move, or a first guess if it is not known.
func (known sizes) get(choice int, name string, guess float64) float64 {
	for _, size := range known {
		if size.Choice == choice && size.Name == name {
			return size.Value
		}
	}
	return guess
}

// String returns the sizes for people.
func (known sizes) String() string {
	var moves []string
	for k, size := range known {
		text := fmt.Sprintf("%s %.3g", strings.ToLower(size.Name), size.Value)
		if size.Name == "Weight" {
			text = fmt.Sprintf("× %.2g", size.Value)
		}
		if k > 0 && known[k-1].Choice == size.Choice {
			moves[len(moves)-1] += " " + text
			continue
		}
		moves = append(moves, text)
	}
	return strings.Join(moves, ", ")
}

// cautious is by which factor first guesses of sizes are smaller than what about half the
// proposals should survive: small moves are cheap, so that tuning comes up fast.
const cautious = 0.1

// narrow returns a first guess by which factor moves are narrower than σ that know nothing
// of the loss. Their steps of βσ in each direction change s·L by s·(βσ)²/2 times the sum
// of all curvatures, most of which the quadratic model has.
func (b *bench) narrow(s float64) float64 {
	return math.Min(1, cautious/(b.Sigma*math.Sqrt(s*floats.Sum(b.quadratic.Curvatures))))
}

// narrowHarmonic returns the same for moves that have the quadratic model: what it leaves
// may have directions as many and as steep as its flattest.
func (b *bench) narrowHarmonic(s float64) float64 {
	left := float64(len(b.quadratic.Curvatures)) * b.flattest()
	return math.Min(1, cautious/(b.Sigma*math.Sqrt(s*left)))
}

// fraction returns a first guess of the share of parameters that are redrawn, which moves
// them as far altogether as steps of narrow: no less than some of them, as the tuning
// sees no difference between less than one and one.
func (b *bench) fraction(s float64) float64 {
	narrow := b.narrow(s)
	return math.Max(narrow*narrow, 8/float64(b.net.Params()))
}

// flattest is the least curvature of the quadratic model.
func (b *bench) flattest() float64 { return slices.Min(b.quadratic.Curvatures) }

// leapfrogs is how many steps the Hamiltonian's integrator makes.
const leapfrogs = 10

// methods are all samplers.
var methods = []*method{
	{
		name: "paper", about: "a quarter of one model's parameters redrawn, nothing tuned: as in arXiv 2306.13442",
		move: func(*bench, float64, sizes) tps.Move {
			return only{tps.Autoregressive{Fraction: 0.25}, nil}
		},
	},
	{
		name: "redraw", about: "a small share of one model's parameters redrawn",
		move: func(b *bench, s float64, known sizes) tps.Move {
			return only{tps.Autoregressive{Fraction: known.get(0, "Fraction", b.fraction(s))}, []string{"Fraction"}}
		},
	},
	{
		name: "blocks", about: "a share of one layer of one model redrawn",
		move: func(b *bench, s float64, known sizes) tps.Move {
			return only{tps.Autoregressive{Fraction: known.get(0, "Fraction", b.fraction(s)), Blocks: b.net.LayerCoordinates()}, []string{"Fraction"}}
		},
	},
	{
		name: "autoregressive", about: "all of one model's parameters changed by a little",
		move: func(b *bench, s float64, known sizes) tps.Move {
			return only{tps.Autoregressive{Beta: b.beta(s, known)}, []string{"Beta"}}
		},
	},
	{
		name: "multilevel", about: "the same of a window of 4 models, tested level by level",
		move: func(b *bench, s float64, known sizes) tps.Move {
			return only{tps.Autoregressive{Beta: b.beta(s, known), Width: min(4, b.Tau), Multilevel: true}, []string{"Beta"}}
		},
	},
	{
		name: "harmonic", about: "autoregressive with a quadratic model of the loss",
		move: func(b *bench, s float64, known sizes) tps.Move { return b.harmonic(s, known) },
	},
	{
		name: "harmonic-shift", about: "harmonic, mixed with shifts of all models by the same vector",
		move: func(b *bench, s float64, known sizes) tps.Move {
			step := b.Sigma * b.narrowHarmonic(s) / math.Sqrt(float64(b.Tau))
			return tps.Mix{
				{Weight: known.get(0, "Weight", 1), Move: b.harmonic(s, known)},
				{Weight: known.get(1, "Weight", 0.5), Move: tps.RigidShift{Step: known.get(1, "Step", step), Surrogate: b.quadratic}},
			}
		},
	},
	{
		name: "sweep", about: "harmonic, every second model at once by all workers", sweep: true,
		move: func(b *bench, s float64, known sizes) tps.Move { return b.harmonic(s, known) },
	},
	{
		name: "langevin", about: "Langevin moves of one model, gradients on minibatches",
		move: func(b *bench, s float64, known sizes) tps.Move {
			return moves.Langevin{Gradient: b.gradients, Beta: b.beta(s, known)}
		},
	},
	{
		name: "barker", about: "Barker moves of one model, gradients on minibatches",
		move: func(b *bench, s float64, known sizes) tps.Move {
			return moves.Barker{Gradient: b.gradients, Step: known.get(0, "Step", b.narrow(s))}
		},
	},
	{
		name: "hamiltonian", about: "Hamiltonian moves of one model, gradients over all samples less the quadratic model's", passes: leapfrogs + 1,
		move: func(b *bench, s float64, known sizes) tps.Move {
			step := known.get(0, "Step", b.leap(s))
			return moves.Hamiltonian{Gradient: b.gradients, Step: step, Steps: leapfrogs, Surrogate: b.quadratic}
		},
	},
}

// leap returns a first guess of a Hamiltonian's step in time, for a speed of σ: a fourth of
// what is still stable in the directions that the quadratic model leaves.
func (b *bench) leap(s float64) float64 {
	return math.Min(0.5, 0.5/(b.Sigma*math.Sqrt(s*b.flattest())))
}

// beta returns β of moves that know nothing of the loss.
func (b *bench) beta(s float64, known sizes) float64 {
	return known.get(0, "Beta", b.narrow(s))
}

// harmonic returns autoregressive moves with the quadratic model.
func (b *bench) harmonic(s float64, known sizes) tps.Move {
	return tps.Autoregressive{Beta: known.get(0, "Beta", b.narrowHarmonic(s)), Surrogate: b.quadratic}
}

// methodNames returns the names of all samplers.
func methodNames() (names []string) {
	for _, m := range methods {
		names = append(names, m.name)
	}
	return names
}

// describeMethods returns a line for each sampler.
func describeMethods() string {
	var text strings.Builder
	for _, m := range methods {
		fmt.Fprintf(&text, "  %-15s %s\n", m.name, m.about)
	}
	return text.String()
}
