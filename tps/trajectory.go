package tps

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
)

// A Trajectory is a sequence of τ models of P parameters each, in one
// contiguous slice, τ × P, row-major.
type Trajectory struct {
	params int
	values []float32
}

// NewTrajectory returns a trajectory of tau models of params parameters, both
// at least 1, all zero. The error also says if that is more than the machine's
// memory.
func NewTrajectory(tau, params int) (*Trajectory, error) {
	if tau < 1 {
		return nil, fmt.Errorf("tps: Tau = %d, want at least 1", tau)
	}
	if params < 1 {
		return nil, fmt.Errorf("tps: params = %d, want at least 1", params)
	}
	if err := memory.Check(4 * float64(tau) * float64(params)); err != nil {
		return nil, fmt.Errorf("tps: Tau = %d with %d parameters %w", tau, params, err)
	}
	return &Trajectory{params: params, values: make([]float32, tau*params)}, nil
}

// RandomWalk returns a trajectory drawn from the path measure: its first
// model is first (copied), and each later one differs from the one before by
// independent normal numbers of standard deviation sigma, from 0 to 10³⁰, in
// each coordinate. All its numbers must be finite.
func RandomWalk(tau int, first []float32, sigma float64, source rand.Source) (*Trajectory, error) {
	walk, err := NewTrajectory(tau, len(first))
	if err != nil {
		return nil, err
	}
	if err := checkWalkWidth(sigma); err != nil {
		return nil, err
	}
	if null.Is(source) {
		return nil, errNoSource
	}
	normal := rand.New(source)
	copy(walk.Model(0), first)
	for t := 1; t < tau; t++ {
		previous, model := walk.Model(t-1), walk.Model(t)
		for i := range model {
			model[i] = float32(float64(previous[i]) + sigma*normal.NormFloat64())
		}
	}
	if err := walk.finite(); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	return walk, nil
}

// checkWalkWidth returns an error if the width of a walk is out of range.
func checkWalkWidth(sigma float64) error {
	if !(sigma >= 0) || sigma > largestSigma {
		return fmt.Errorf("tps: sigma = %v, want a number from 0 to %v", sigma, largestSigma)
	}
	return nil
}

var errNoSource = errors.New("tps: the source of random numbers is nil")

// Len returns τ, the number of models.
func (t *Trajectory) Len() int { return len(t.values) / t.params }

// Params returns P, the number of parameters of a model.
func (t *Trajectory) Params() int { return t.params }

// Model returns the model at a time from 0 to τ−1. It is a view of the
// trajectory's memory.
func (t *Trajectory) Model(time int) []float32 {
	return t.values[time*t.params : (time+1)*t.params : (time+1)*t.params]
}

// Models returns all models, as views.
func (t *Trajectory) Models() [][]float32 {
	models := make([][]float32, t.Len())
	for time := range models {
		models[time] = t.Model(time)
	}
	return models
}

// Values returns the whole trajectory, τ × P, row-major. It is a view.
func (t *Trajectory) Values() []float32 { return t.values }

// Clone returns a copy.
func (t *Trajectory) Clone() *Trajectory {
	return &Trajectory{params: t.params, values: slices.Clone(t.values)}
}

// fits returns an error, about what has the given name, unless there are tau
// models of params numbers, none too large for a chain to start from.
func (t *Trajectory) fits(name string, tau, params int) error {
	if t.Len() != tau || t.params != params {
		return fmt.Errorf("tps: %s has %d models of %d parameters, want Tau = %d of %d", name, t.Len(), t.params, tau, params)
	}
	if err := t.finite(); err != nil {
		return fmt.Errorf("tps: %s: %w", name, err)
	}
	for i, v := range t.values {
		if v > largestParameter || v < -largestParameter {
			return fmt.Errorf("tps: %s: parameter %d of model %d is %v, want at most %v in size: proposals, which are float32, would overflow",
				name, i%t.params, i/t.params, v, largestParameter)
		}
	}
	return nil
}

// finite returns an error that names the first number that is not finite.
func (t *Trajectory) finite() error {
	for i, v := range t.values {
		if v-v != 0 {
			return fmt.Errorf("parameter %d of model %d is %v, want a finite number", i%t.params, i/t.params, v)
		}
	}
	return nil
}
