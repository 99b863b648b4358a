package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/trajens/trajens/internal/processor"
)

// A sample is what a sampler has drawn.
type sample struct {
	draws   [][]float32 // at equal distances, after the burn-in
	steps   int
	seconds float64
}

// mostDraws is about how many are kept.
const mostDraws = 400

// burnIn is the share of the time before the first draw.
const burnIn = 0.2

// sample lets a method draw for a time of the processors.
func (p *problem) sample(ctx context.Context, m *method, seconds float64, seed, stream uint64) (*sample, error) {
	begin := processor.Time()
	w, err := m.make(p, seed, stream)
	if err != nil {
		return nil, err
	}
	s := new(sample)
	every, next := 1, 0
	for s.seconds < seconds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.step(); err != nil {
			return nil, fmt.Errorf("step %d: %w", s.steps, err)
		}
		s.steps++
		s.seconds = (processor.Time() - begin).Seconds()
		if s.seconds < burnIn*seconds || s.steps < next || !w.sampling() {
			continue
		}
		s.draws = append(s.draws, slices.Clone(w.params()))
		if len(s.draws) == 2*mostDraws {
			s.draws, every = thin(s.draws), 2*every
		}
		next = s.steps + every
	}
	if len(s.draws) < 4 {
		return nil, fmt.Errorf("%d draws in %d steps: the time is too short", len(s.draws), s.steps)
	}
	return s, nil
}

// thin keeps every second draw.
func thin(draws [][]float32) [][]float32 {
	for i := range len(draws) / 2 {
		draws[i] = draws[2*i+1]
	}
	return draws[:len(draws)/2]
}
