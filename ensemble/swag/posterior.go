package swag

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// A Posterior is a normal distribution of parameter vectors whose covariance is a
// diagonal matrix plus one of low rank (Maddox et al., algorithm 1 and eq. 1):
//
//	N(θ̄, ½ (diag(σ²) + D Dᵀ/(K − 1)))
//
// θ̄ and σ² are the means and the variances of the start and of all parameters collected.
// The K columns of D are the last ones collected, each less what θ̄ was then, itself
// included. With no columns it is SWAG-Diagonal, N(θ̄, diag(σ²)).
//
// Sums are float64, and variances are summed about the mean (Welford, Technometrics 4
// (1962)): the published code subtracts two float32 of about the same size.
type Posterior struct {
	count     int
	mean      []float64
	squares   []float64   // sums of squared differences from the mean
	columns   [][]float32 // of D, as many as were collected, at most rank
	rank      int         // 0: diagonal
	collected int
}

// NewPosterior returns a posterior of nothing but the start of a path, which is a trained
// network, and is copied. The rank is the largest number K of columns, at least 2, or 0
// for SWAG-Diagonal.
func NewPosterior(start []float32, rank int) (*Posterior, error) {
	if len(start) == 0 {
		return nil, errors.New("swag: there are no parameters")
	}
	if rank < 0 || rank == 1 {
		return nil, fmt.Errorf("swag: rank = %d, want at least 2, or 0 for a diagonal covariance", rank)
	}
	if err := checkFinite(start); err != nil {
		return nil, err
	}
	p := &Posterior{mean: make([]float64, len(start)), squares: make([]float64, len(start)), rank: rank}
	p.average(start)
	return p, nil
}

// Collect takes parameters of the path into the moments. They are not kept. They must be
// as many as those of the start, all finite.
func (p *Posterior) Collect(params []float32) error {
	if len(params) != len(p.mean) {
		return fmt.Errorf("swag: %d parameters to collect, want %d", len(params), len(p.mean))
	}
	if err := checkFinite(params); err != nil {
		return err
	}
	p.average(params)
	p.collected++
	if p.rank == 0 {
		return nil
	}
	if len(p.columns) < p.rank {
		p.columns = append(p.columns, make([]float32, len(params)))
	}
	column := p.columns[(p.collected-1)%p.rank] // the oldest
	for i, x := range params {
		column[i] = float32(float64(x) - p.mean[i])
	}
	return nil
}

// average takes parameters into the means and the variances.
func (p *Posterior) average(params []float32) {
	p.count++
	for i, x := range params {
		before := float64(x) - p.mean[i]
		p.mean[i] += before / float64(p.count)
		p.squares[i] += before * (float64(x) - p.mean[i])
	}
}

// Params returns the number of parameters.
func (p *Posterior) Params() int { return len(p.mean) }

// Collected returns how many parameter vectors were collected.
func (p *Posterior) Collected() int { return p.collected }

// Columns returns the number K of columns of D that there are.
func (p *Posterior) Columns() int { return len(p.columns) }

// Mean returns θ̄, the parameters of stochastic weight averaging (SWA; Izmailov et al.,
// arXiv 1803.05407): a network by itself.
func (p *Posterior) Mean() []float32 {
	mean := make([]float32, len(p.mean))
	for i, x := range p.mean {
		mean[i] = float32(x)
	}
	return mean
}

// Variances returns the diagonal of the covariance matrix of the posterior.
func (p *Posterior) Variances() []float64 {
	variances := make([]float64, len(p.mean))
	for i, square := range p.squares {
		variances[i] = square / float64(p.count)
		if p.rank == 0 {
			continue
		}
		sum := 0.0
		for _, column := range p.columns {
			sum += float64(column[i]) * float64(column[i])
		}
		variances[i] = (variances[i] + sum/float64(len(p.columns)-1)) / 2
	}
	return variances
}

// check returns an error if there is nothing to draw from.
func (p *Posterior) check() error {
	least := 1
	if p.rank > 0 {
		least = 2
	}
	if p.collected < least {
		return fmt.Errorf("swag: the posterior has collected %d parameter vectors, want at least %d", p.collected, least)
	}
	return nil
}

// Sample writes parameters drawn from the posterior to dst, which has Params numbers. It
// panics if it has not. It is an error if fewer than two parameter vectors were
// collected, or none and the posterior is diagonal.
func (p *Posterior) Sample(dst []float32, source rand.Source) error {
	if err := p.check(); err != nil {
		return err
	}
	if len(dst) != len(p.mean) {
		panic("swag: length of dst is not the number of parameters")
	}
	normal := rand.New(source)
	share := 1.0 // of the diagonal in the covariance
	if p.rank > 0 {
		share = 0.5
	}
	weights := make([]float64, len(p.columns))
	for k := range weights {
		weights[k] = math.Sqrt(share/float64(len(p.columns)-1)) * normal.NormFloat64()
	}
	for i, mean := range p.mean {
		x := mean + math.Sqrt(share*p.squares[i]/float64(p.count))*normal.NormFloat64()
		for k, column := range p.columns {
			x += weights[k] * float64(column[i])
		}
		dst[i] = float32(x)
	}
	return nil
}

// Draw returns n members, at least 1, drawn from the posterior. A nil source stands for a
// generator that starts each call with the same numbers. Errors are those of Sample.
func (p *Posterior) Draw(n int, source rand.Source) ([][]float32, error) {
	return Multi{p}.Draw(n, source)
}

// checkFinite returns an error if a number is NaN or infinite.
func checkFinite(params []float32) error {
	for i, x := range params {
		if x-x != 0 {
			return fmt.Errorf("swag: parameter %d is %v, want a finite number", i, x)
		}
	}
	return nil
}
