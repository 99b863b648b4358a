package minibatch

import "fmt"

// A Rule says how the adaptive test finds the number b of samples that it draws.
type Rule uint8

const (
	// Planned: b is planned from past decisions and a pilot, such that Δ* is
	// unbiased and the skewness of the differences does not matter.
	Planned Rule = iota
	// Stopping: chunks are drawn until ρ² ≤ σ_c², as in Seita et al. and in
	// Algorithm 1 of Mair et al.; for reproduction. As the mean and the variance
	// of skewed differences are correlated, this favors one direction of a move:
	// Δ is off by about skewness/√b.
	Stopping
)

// String returns the rule in a word.
func (r Rule) String() string {
	switch r {
	case Planned:
		return "planned"
	case Stopping:
		return "stopping"
	}
	return fmt.Sprintf("Rule(%d)", uint8(r))
}
