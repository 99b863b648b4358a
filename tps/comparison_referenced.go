package tps

import (
	"math"

	"github.com/trajens/trajens/minibatch"
)

// This file has what a comparison tells the acceptance test by the references of
// its window: it implements minibatch.Referenced.

// Strata implements minibatch.Referenced.
func (c *comparison) Strata() []*minibatch.Strata {
	if c.references == nil {
		return nil
	}
	return c.references.strata
}

// Slope implements minibatch.Referenced. The scale is the distance between the old
// and the new models times that of their middle from the references, which is what
// second-order terms are in proportion to.
func (c *comparison) Slope() (mean, scale float64, known bool) {
	r := c.references
	if r.slopes == nil {
		return 0, 0, false
	}
	r.fitDirections(len(c.times), c.losses.Params())
	for k, t := range c.times {
		before, after, at, direction := c.models[oldRow(k)], c.models[newRow(k)], r.models[k], r.directions[k]
		gradient := r.of[t-r.from].gradient
		step := 0.0
		if c.coordinates == nil {
			for i, x := range before {
				d := after[i] - x
				direction[i] = d
				mean += float64(d) * float64(gradient[i])
				step += float64(d) * float64(d)
			}
		} else {
			clear(direction)
			for _, i := range c.coordinates {
				d := after[i] - before[i]
				direction[i] = d
				mean += float64(d) * float64(gradient[i])
				step += float64(d) * float64(d)
			}
		}
		distance := 0.0
		for i, x := range at {
			d := float64((before[i]+after[i])/2 - x)
			distance += d * d
		}
		scale += step * distance
	}
	return mean, math.Sqrt(scale), mean-mean == 0
}

// Weighted implements minibatch.Referenced.
func (c *comparison) Weighted(dst, slopes []float64, samples []int, weights []float64) error {
	c.rows, c.buffer = fitRows(c.rows, c.buffer, 2*len(c.times), len(samples))
	if slopes == nil {
		c.losses.Losses(c.rows, c.models, samples)
		return c.subtract(dst, samples, weights)
	}
	r := c.references
	r.rows, r.buffer = fitRows(r.rows, r.buffer, len(c.times), len(samples))
	r.slopes.LossesAndSlopes(c.rows, c.models, r.rows, r.models, r.directions[:len(c.times)], samples)
	copy(slopes, r.rows[0])
	for _, row := range r.rows[1:] {
		for j, slope := range row {
			slopes[j] += slope
		}
	}
	return c.subtract(dst, samples, weights)
}

func (r *references) fitDirections(width, params int) {
	for len(r.directions) < width {
		r.directions = append(r.directions, make([]float32, params))
	}
}
