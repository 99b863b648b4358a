package langevin

// A tuned Stepper tells the sampler that it has become.
type tuned interface{ Tuned() Sampler }

// Tuned returns the sampler as the first steps of the chain have tuned it so far, without a
// tuning of its own, for another chain to begin with; the sampler itself if it has nothing
// to tune.
func (c *Chain) Tuned() Sampler {
	if t, ok := c.stepper.(tuned); ok {
		return t.Tuned()
	}
	return c.config.Sampler
}
