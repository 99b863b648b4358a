package tps

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
)

// BrownianBridge returns a trajectory drawn from the path measure given its two
// ends: its first model is first and its last one is last (both copied), two
// trained networks, say, and those between are a discrete Brownian bridge of
// width sigma, from 0 to 10³⁰. tau is at least 2.
func BrownianBridge(tau int, first, last []float32, sigma float64, source rand.Source) (*Trajectory, error) {
	if tau < 2 {
		return nil, fmt.Errorf("tps: tau = %d, want at least 2", tau)
	}
	return ThroughModels(tau, [][]float32{first, last}, sigma, source)
}

// ThroughModels returns a trajectory drawn from the path measure given that it
// visits models, at least one, all of the same length: several trained
// networks, say, in an order of the caller's choice. They are copied to times
// that are as equally spaced as can be, the first one to the first and, if
// there are several, the last one to the last. Between them are discrete
// Brownian bridges of width sigma, from 0 to 10³⁰; a single one is followed by a random walk. tau is at least the number of models.
func ThroughModels(tau int, models [][]float32, sigma float64, source rand.Source) (*Trajectory, error) {
	if len(models) == 0 {
		return nil, fmt.Errorf("tps: there are no models")
	}
	if tau < len(models) {
		return nil, fmt.Errorf("tps: tau = %d, want at least the number of models, %d", tau, len(models))
	}
	for k, model := range models {
		if len(model) != len(models[0]) {
			return nil, fmt.Errorf("tps: model %d has %d parameters, want %d as the first", k, len(model), len(models[0]))
		}
	}
	if len(models) == 1 {
		return RandomWalk(tau, models[0], sigma, source)
	}
	if err := checkWalkWidth(sigma); err != nil {
		return nil, err
	}
	if null.Is(source) {
		return nil, errNoSource
	}
	t, err := NewTrajectory(tau, len(models[0]))
	if err != nil {
		return nil, err
	}
	path := Path{Sigma: sigma}
	normal := rand.New(source)
	p := Proposal{Current: t, Proposed: t, Coordinates: make([]int, t.params)}
	for i := range p.Coordinates {
		p.Coordinates[i] = i
	}
	before := 0
	for k, model := range models {
		at := k * (tau - 1) / (len(models) - 1)
		copy(t.Model(at), model)
		if width := at - before - 1; width > 0 {
			links := path.links(nil, before+1, width, tau, 0)
			for j := range links {
				path.follow(&p, &links[j], 1, normal)
			}
		}
		before = at
	}
	if err := t.finite(); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	return t, nil
}
