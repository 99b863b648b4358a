package tps

import "math"

// A Conditional is the distribution of one model given all others, by the path
// measure: independent normal coordinates. Moves of one model are made with it.
type Conditional struct {
	// Width is the standard deviation of each coordinate, +Inf if nothing holds the
	// model: one model with a flat prior.
	Width float64
	// Scale is the width of a step that is sensible without the tilt: Width, but no
	// more than σ where no neighbor holds the model.
	Scale float64

	link  link
	prior *Gaussian
}

// Conditional returns the distribution of the model at a time from 0 to tau−1, in a
// trajectory of tau models.
func (path *Path) Conditional(time, tau int) Conditional {
	var one [1]link
	l := path.links(one[:0], time, 1, tau, 0)[0]
	c := Conditional{Width: l.width, Scale: l.width, link: l, prior: path.Prior}
	if l.free {
		c.Width = math.Inf(1)
	} else {
		c.Scale *= l.step(1, path.Sigma)
	}
	return c
}

// Mean writes the mean of each coordinate, given the other models of the trajectory,
// to dst, which has as many numbers as a model: zeros if Width is +Inf.
func (c *Conditional) Mean(dst []float64, trajectory *Trajectory) {
	clear(dst)
	for _, neighbor := range [...]struct {
		time   int
		weight float64
	}{{c.link.besideTime, c.link.beside}, {c.link.endTime, c.link.end}} {
		if neighbor.time < 0 {
			continue
		}
		for i, x := range trajectory.Model(neighbor.time)[:len(dst)] {
			dst[i] += neighbor.weight * float64(x)
		}
	}
	if c.link.prior == 0 {
		return
	}
	for i := range dst {
		dst[i] += c.link.prior * c.prior.At(i)
	}
}
