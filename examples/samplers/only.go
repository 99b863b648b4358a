package main

import (
	"fmt"
	"slices"

	"github.com/trajens/trajens/tps"
)

// only is a move of which a chain may tune some sizes, by their names, and no others.
type only struct {
	tps.Move
	names []string
}

// Proposer implements tps.Move.
func (o only) Proposer(target tps.Target) (tps.Proposer, error) {
	p, err := o.Move.Proposer(target)
	if err != nil {
		return nil, err
	}
	tunable, ok := p.(tps.Tunable)
	if !ok {
		return nil, fmt.Errorf("the sizes of a %T cannot be tuned", o.Move)
	}
	limited := &limited{Tunable: tunable}
	for k, size := range tunable.Sizes() {
		if slices.Contains(o.names, size.Name) {
			limited.places = append(limited.places, k)
		}
	}
	return limited, nil
}

// limited is the proposer of only. The moves that it is for are no tps.Settlers.
type limited struct {
	tps.Tunable
	places []int // of the sizes that are tuned
}

// Sizes implements tps.Tunable.
func (l *limited) Sizes() (sizes []tps.Size) {
	all := l.Tunable.Sizes()
	for _, k := range l.places {
		sizes = append(sizes, all[k])
	}
	return sizes
}

// SetSize implements tps.Tunable.
func (l *limited) SetSize(k int, value float64) { l.Tunable.SetSize(l.places[k], value) }
