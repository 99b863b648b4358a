package tps

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// A Move is a way to propose a new trajectory. Each is reversible with
// respect to the path measure.
type Move uint8

const (
	// Bridge redraws models between two that stay.
	Bridge Move = iota
	// Shoot redraws an end of the trajectory from the model next to it.
	Shoot
	// Walk redraws the whole trajectory: the first model makes a step of the
	// random walk, the others are shot from it. For τ = 1 it is the plain
	// random-walk proposal.
	Walk
	// Moves is the number of kinds of moves.
	Moves = iota
)

// String returns the move in words.
func (m Move) String() string {
	switch m {
	case Bridge:
		return "bridge"
	case Shoot:
		return "shoot"
	case Walk:
		return "walk"
	}
	return fmt.Sprintf("Move(%d)", uint8(m))
}

// A Gaussian is a prior on the first model, p(θ₁): independent normal
// coordinates.
type Gaussian struct {
	// Mean holds P means, at most 10³⁷ in size. nil: all zero.
	Mean []float32
	// Sigma is the standard deviation of each coordinate, positive and at most
	// 10³⁰.
	Sigma float64
}

// mover redraws windows of a trajectory from the path measure.
type mover struct {
	sigma  float64
	width  int
	prior  *Gaussian // nil: flat
	coords *random.Deck
	redraw int // how many coordinates a move changes
	normal *rand.Rand
	source rand.Source
}

// window is what a move changes: the models first … first+width−1, in the
// given coordinates.
type window struct {
	move         Move
	first, width int
	coordinates  []int
}

// propose changes a window of the trajectory, chosen uniformly among those of
// its width.
func (m *mover) propose(trajectory *Trajectory) window {
	tau := trajectory.Len()
	w := window{first: random.Below(m.source, tau-m.width+1), width: m.width}
	m.coords.Reset()
	w.coordinates = m.coords.Draw(m.redraw, m.source)

	head, tail := w.first == 0, w.first+w.width == tau
	switch {
	case head && tail:
		w.move = Walk
		m.walk(trajectory, w.coordinates)
		m.shootForward(trajectory, 1, w.coordinates)
	case head:
		w.move = Shoot
		m.shootBackward(trajectory, w.width-1, w.coordinates)
	case tail:
		w.move = Shoot
		m.shootForward(trajectory, w.first, w.coordinates)
	default:
		w.move = Bridge
		m.bridge(trajectory, w)
	}
	return w
}

// bridge draws the window from the discrete Brownian bridge between its
// neighbors, from left to right: with n steps left to the end,
//
//	θ ~ N(((n−1)·previous + end)/n, σ²(n−1)/n).
func (m *mover) bridge(trajectory *Trajectory, w window) {
	end := trajectory.Model(w.first + w.width)
	for n := w.width + 1; n > 1; n-- {
		t := w.first + w.width + 1 - n
		previous, model := trajectory.Model(t-1), trajectory.Model(t)
		weight := float64(n-1) / float64(n)
		width := m.sigma * math.Sqrt(weight)
		for _, i := range w.coordinates {
			mean := weight*float64(previous[i]) + (1-weight)*float64(end[i])
			model[i] = float32(mean + width*m.normal.NormFloat64())
		}
	}
}

// shootForward re-runs the random walk from the model before first to the end.
func (m *mover) shootForward(trajectory *Trajectory, first int, coordinates []int) {
	for t := first; t < trajectory.Len(); t++ {
		previous, model := trajectory.Model(t-1), trajectory.Model(t)
		for _, i := range coordinates {
			model[i] = float32(float64(previous[i]) + m.sigma*m.normal.NormFloat64())
		}
	}
}

// shootBackward runs the random walk backwards from the model after last to
// the start. With a Gaussian prior of variance v on θ₁, the model at time t
// has the marginal variance vₜ = v + tσ², and given the next one
//
//	θ ~ N((σ²·mean + vₜ·next)/(vₜ + σ²), vₜσ²/(vₜ + σ²)).
//
// The flat prior is the limit of large v.
func (m *mover) shootBackward(trajectory *Trajectory, last int, coordinates []int) {
	for t := last; t >= 0; t-- {
		next, model := trajectory.Model(t+1), trajectory.Model(t)
		if m.prior == nil {
			for _, i := range coordinates {
				model[i] = float32(float64(next[i]) + m.sigma*m.normal.NormFloat64())
			}
			continue
		}
		step := m.sigma * m.sigma
		marginal := m.prior.Sigma*m.prior.Sigma + float64(t)*step
		weight := marginal / (marginal + step)
		width := m.sigma * math.Sqrt(weight)
		for _, i := range coordinates {
			mean := weight*float64(next[i]) + (1-weight)*m.prior.mean(i)
			model[i] = float32(mean + width*m.normal.NormFloat64())
		}
	}
}

// walk moves the first model by a step of width σ. With a Gaussian prior the
// step is autoregressive, so that it leaves the prior unchanged (Neal 1998;
// Cotter, Roberts, Stuart and White, arXiv 1202.0709, eq. 4.8); if σ is
// larger than the prior's width, the model is drawn from the prior.
func (m *mover) walk(trajectory *Trajectory, coordinates []int) {
	model := trajectory.Model(0)
	if m.prior == nil {
		for _, i := range coordinates {
			model[i] = float32(float64(model[i]) + m.sigma*m.normal.NormFloat64())
		}
		return
	}
	step := math.Min(1, m.sigma/m.prior.Sigma)
	keep := math.Sqrt(1 - step*step)
	width := step * m.prior.Sigma
	for _, i := range coordinates {
		mean := m.prior.mean(i) + keep*(float64(model[i])-m.prior.mean(i))
		model[i] = float32(mean + width*m.normal.NormFloat64())
	}
}

func (g *Gaussian) mean(i int) float64 {
	if g.Mean == nil {
		return 0
	}
	return float64(g.Mean[i])
}
