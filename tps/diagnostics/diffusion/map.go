package diffusion

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/lanczos"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/diagnostics/internal/draws"
)

const (
	// dense is the largest number of draws for which all eigenvectors are computed.
	dense = 300
	// converged is the largest residual of an eigenvalue.
	converged = 1e-9
)

// A Map is a diffusion map of n draws.
type Map struct {
	// Epsilon is that of the kernel, and Pairs how many pairs of draws have one.
	Epsilon float64
	Pairs   int
	// Dimension is about the number of directions in which the draws spread, as the choice of
	// Epsilon found it; 0 if Epsilon was given.
	Dimension float64
	// Eigenvalues are those of one hop, the largest first, without the 1 of the constant function.
	Eigenvalues []float64
	// Rates are −log(eigenvalue)/ε, those of the generator −L, in units of inverse time of the
	// dynamics dθ = ∇log ρ dt + √2 dW: for a normal ρ of variances v_i sums of multiples of 1/v_i.
	// Eigenvalues that are not positive have the rate +∞. The literature often has (1 −
	// eigenvalue)/ε, which is the same for small ε.
	Rates []float64
	// Functions has the eigenfunctions at the draws: Functions[k][i] is the k-th at draw i. Under
	// Weights their mean is 0, their variance 1, and they are not correlated. The value of the
	// largest size of each is positive. At draws with next to no weight, as all their neighbors,
	// they are made of rounding errors.
	Functions [][]float64
	// Weights are the probabilities of the draws under ρ, of sum 1: for a target measure those
	// that make weighted averages over the draws averages over ρ, about 1/n otherwise.
	Weights []float64
}

// New returns the diffusion map of draws of params parameters, which lie one after the other. It
// compares all pairs, in time n² · params for n draws; memory is for the draws in float64 and up to
// 60 bytes for each pair that has a kernel. Draws are not changed. When the context is done first,
// the error is its cause. An error says also if the draws fall into parts that no kernel
// connects: then no walk gets from one to the other, and a larger Epsilon, Radius or number of
// Neighbors is needed, or the parts have a map each. A draw far from all others is hard to
// leave, too: it makes a slow function of its own, a spike at that draw.
func New(ctx context.Context, list []float32, params int, config Config) (*Map, error) {
	if ctx == nil {
		return nil, errors.New("diffusion: the context is nil")
	}
	n, err := draws.Count(list, params, 3)
	if err != nil {
		return nil, fmt.Errorf("diffusion: %w", err)
	}
	if config, err = config.resolve(n); err != nil {
		return nil, err
	}
	centered, _, err := draws.Centered(list, params)
	if err != nil {
		return nil, fmt.Errorf("diffusion: %w", err)
	}
	p := newPoints(centered, params)
	m := &Map{Epsilon: config.Epsilon}
	if m.Epsilon == 0 {
		if m.Epsilon, m.Dimension, err = p.bandwidth(); err != nil {
			return nil, err
		}
	}
	if config.Radius == 0 {
		config.Radius = 8 * math.Sqrt(m.Epsilon)
	}
	k, err := newKernel(ctx, p, m.Epsilon, config.Radius, config.Neighbors)
	if err != nil {
		return nil, err
	}
	m.Pairs = (len(k.value) - n) / 2
	if parts := k.parts(); parts > 1 {
		return nil, fmt.Errorf("diffusion: the draws fall into %d parts that no kernel connects, at Epsilon = %v with %d pairs of %d draws", parts, m.Epsilon, m.Pairs, n)
	}
	h := newHops(k, config.LogTarget)
	m.Weights = h.weights
	pairs, err := leading(ctx, h, config.Eigenfunctions+1)
	if err != nil {
		return nil, err
	}
	if len(pairs) <= config.Eigenfunctions {
		return nil, fmt.Errorf("diffusion: only %d eigenfunctions are told apart, want %d", len(pairs)-1, config.Eigenfunctions)
	}
	for _, pair := range pairs[1:] {
		rate := math.Inf(1)
		if pair.Value > 0 {
			rate = -math.Log(pair.Value) / m.Epsilon
		}
		m.Eigenvalues, m.Rates = append(m.Eigenvalues, pair.Value), append(m.Rates, rate)
		m.Functions = append(m.Functions, h.function(pair.Value, pair.Vector))
	}
	return m, nil
}

func leading(ctx context.Context, s *hops, k int) ([]lanczos.Pair, error) {
	n := s.Len()
	if n > dense {
		steps := min(n, 20*k+1000)
		pairs, err := lanczos.Leading(ctx, s, k, steps, converged, random.Source(0))
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			return nil, fmt.Errorf("diffusion: %w", err)
		}
		for j, pair := range pairs {
			if !(pair.Residual <= 2*converged) {
				return nil, fmt.Errorf("diffusion: eigenfunction %d is not found in %d iterations: ask for fewer, or take a larger Epsilon", j, steps)
			}
		}
		return pairs, nil
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(s.form(), true) {
		return nil, errors.New("diffusion: the eigenvalues do not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil) // the smallest first
	pairs := make([]lanczos.Pair, k)
	for j := range pairs {
		pairs[j] = lanczos.Pair{Value: values[n-1-j], Vector: mat.Col(nil, n-1-j, &vectors)}
	}
	return pairs, nil
}
