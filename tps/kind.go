package tps

import "fmt"

// A Kind says what part of a trajectory a move changes, for statistics.
type Kind uint8

const (
	// Bridge changes models between two that stay.
	Bridge Kind = iota
	// Shoot changes an end of the trajectory.
	Shoot
	// Walk changes the whole trajectory, and each model in its own way. For τ = 1
	// with the paper's moves it is the plain random-walk proposal.
	Walk
	// Shift moves the whole trajectory as one.
	Shift
	// Kinds is the number of kinds.
	Kinds = iota
)

// String returns the kind in a word.
func (k Kind) String() string {
	switch k {
	case Bridge:
		return "bridge"
	case Shoot:
		return "shoot"
	case Walk:
		return "walk"
	case Shift:
		return "shift"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// KindOf returns the kind of a move that changes the models of a window, First …
// First+Width−1, in a trajectory of tau models, each in its own way.
func KindOf(first, width, tau int) Kind {
	head, tail := first == 0, first+width == tau
	switch {
	case head && tail:
		return Walk
	case head || tail:
		return Shoot
	}
	return Bridge
}
