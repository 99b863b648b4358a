package freeenergy

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/tps/diagnostics"
)

// Config has the settings of New. The zero value works.
type Config struct {
	// Bins is how many bins of equal width the range is divided into, at least 1. 0: 50.
	Bins int
	// Low and High are the range, Low < High, finite. Both 0: that of the values.
	Low, High float64
	// Beta is the inverse temperature β, finite and > 0. 0: 1.
	Beta float64
	// Weights has the weight of each value, finite and at least 0, not all 0: for draws of
	// another distribution than the one that is asked about. Only ratios matter. nil: all the
	// same.
	Weights []float64
}

// A Profile is the free energy F(x) = −(1/β) log p(x) in bins of x, p being the probability density,
// averaged over a bin. It is in units of 1/β, and ∫ exp(−βF) dx = 1 over the whole line; only
// differences matter.
type Profile struct {
	// Width is that of a bin, and Centers are the middles of the bins.
	Width   float64
	Centers []float64
	// Densities are estimates of p with standard errors by blocking, which know of correlations
	// along the series. An empty bin has 0 and no error to speak of.
	Densities []diagnostics.Estimate
	// Energies are F with standard errors, to first order in those of p: +∞ and NaN for an empty
	// bin. Where the relative error of p is large, they are too small.
	Energies []diagnostics.Estimate
	// Counts are how many values are in each bin, and Outside how many in none.
	Counts  []int
	Outside int
}

// New returns the profile of a series of values of a coordinate in the order of the run, at least
// 2, all finite. Bins have their lower edge, and the last one both. The series is not changed.
func New(values []float64, config Config) (*Profile, error) {
	config, err := config.resolve(values)
	if err != nil {
		return nil, err
	}
	p := &Profile{
		Width: (config.High - config.Low) / float64(config.Bins), Centers: make([]float64, config.Bins),
		Counts: make([]int, config.Bins), Densities: make([]diagnostics.Estimate, config.Bins),
		Energies: make([]diagnostics.Estimate, config.Bins),
	}
	bins := make([]int, len(values)) // −1 for none
	for i, x := range values {
		bins[i] = p.bin(x, config)
		if bins[i] >= 0 {
			p.Counts[bins[i]]++
		} else {
			p.Outside++
		}
	}
	mean := 1.0
	if config.Weights != nil {
		mean = 0
		for _, w := range config.Weights {
			mean += w / float64(len(values))
		}
	}
	series := make([]float64, len(values))
	for b := range p.Centers {
		p.Centers[b] = config.Low + (float64(b)+0.5)*p.Width
		p.Densities[b] = share(series, bins, b, config.Weights, mean)
		p.Densities[b].Mean /= p.Width
		p.Densities[b].StandardError /= p.Width
		p.Energies[b] = energy(p.Densities[b], config.Beta)
	}
	return p, nil
}

func (p *Profile) bin(x float64, config Config) int {
	if x < config.Low || x > config.High {
		return -1
	}
	return min(int((x-config.Low)/p.Width), config.Bins-1)
}

// share returns the probability of a bin: the mean of w 1 over that of w. Its error is that of the
// mean of w (1 − probability) over the mean of w, to first order.
func share(series []float64, bins []int, bin int, weights []float64, mean float64) diagnostics.Estimate {
	probability := 0.0
	for i, b := range bins {
		series[i] = 0
		if b == bin {
			series[i] = 1
			if weights != nil {
				series[i] = weights[i] / mean
			}
		}
		probability += series[i] / float64(len(bins))
	}
	if weights != nil {
		for i := range series {
			series[i] -= probability * weights[i] / mean
		}
	}
	return diagnostics.Estimate{Mean: probability, StandardError: diagnostics.MeanByBlocking(series).StandardError}
}

func energy(density diagnostics.Estimate, beta float64) diagnostics.Estimate {
	if density.Mean == 0 {
		return diagnostics.Estimate{Mean: math.Inf(1), StandardError: math.NaN()}
	}
	return diagnostics.Estimate{
		Mean: -math.Log(density.Mean) / beta, StandardError: density.StandardError / density.Mean / beta,
	}
}

// Least returns the bin of the lowest energy, the first of equal ones. Energies less that of this
// bin are a profile whose lowest point is 0.
func (p *Profile) Least() int {
	least := 0
	for b, e := range p.Energies {
		if e.Mean < p.Energies[least].Mean {
			least = b
		}
	}
	return least
}

func (c Config) resolve(values []float64) (Config, error) {
	if len(values) < 2 {
		return c, fmt.Errorf("freeenergy: %d values, want at least 2", len(values))
	}
	if at := slices.IndexFunc(values, notFinite); at >= 0 {
		return c, fmt.Errorf("freeenergy: value %d is %v, want a finite number", at, values[at])
	}
	c.Bins, c.Beta = cmp.Or(c.Bins, 50), cmp.Or(c.Beta, 1)
	if c.Low == 0 && c.High == 0 {
		c.Low, c.High = slices.Min(values), slices.Max(values)
		if c.Low == c.High {
			return c, fmt.Errorf("freeenergy: all values are %v: they have no range", c.Low)
		}
	}
	switch {
	case c.Bins < 1:
		return c, fmt.Errorf("freeenergy: Config.Bins = %d, want at least 1", c.Bins)
	case notFinite(c.Low) || notFinite(c.High) || c.Low >= c.High || notFinite(c.High-c.Low):
		return c, fmt.Errorf("freeenergy: Config.Low = %v, Config.High = %v, want a finite range, Low < High", c.Low, c.High)
	case !(c.Beta > 0) || notFinite(c.Beta):
		return c, fmt.Errorf("freeenergy: Config.Beta = %v, want a finite number > 0", c.Beta)
	case c.Weights != nil && len(c.Weights) != len(values):
		return c, fmt.Errorf("freeenergy: Config.Weights has %d numbers, want one for each of %d values", len(c.Weights), len(values))
	}
	sum := 0.0
	for i, w := range c.Weights {
		if !(w >= 0) || notFinite(w) {
			return c, fmt.Errorf("freeenergy: Config.Weights[%d] = %v, want a finite number of at least 0", i, w)
		}
		sum += w
	}
	if c.Weights != nil && (sum == 0 || notFinite(sum)) {
		return c, fmt.Errorf("freeenergy: the sum of Config.Weights is %v, want a finite number > 0", sum)
	}
	return c, nil
}

func notFinite(x float64) bool { return x-x != 0 }
