// Custom samples trajectories of a model that is no neural network: a mixture
// of two normal distributions, fitted to points drawn from a known one.
//
//	go run ./examples/custom
//
// All that a chain asks of a model is the loss of a sample: here −ln p(x) of a
// point x, so that the sum over the points is the negative log-likelihood.
//
// An ensemble is a trajectory of τ models, in which each is coupled to the next
// by a random walk of width σ, and which has the weight exp(−s · sum of their mean
// losses). With s = N/τ the mean of the τ models is distributed as one model is
// in Bayesian inference with a flat prior, as long as the loss is quadratic over
// the width of the distribution: its spread over the run is the usual error bar.
package main

import (
	"context"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// A mixture is the density of two normal distributions, fitted to points:
//
//	p(x) = w N(x; μ₁, σ₁²) + (1 − w) N(x; μ₂, σ₂²)
//
// Its parameters are μ₁, ln σ₁, μ₂, ln σ₂ and ln w/(1 − w), any real numbers.
type mixture struct{ points []float64 }

var (
	names = [...]string{"mean 1", "log width 1", "mean 2", "log width 2", "weight logit"}
	truth = [...]float64{-1.5, math.Log(0.5), 1, 0, -0.4}
	guess = []float32{-1, 0, 1, 0, 0}
)

// newMixture draws n points from the density that has the true parameters.
func newMixture(n int, source rand.Source) *mixture {
	rng := rand.New(source)
	m := &mixture{make([]float64, n)}
	for i := range m.points {
		component := truth[2:]
		if rng.Float64() < 1/(1+math.Exp(-truth[4])) {
			component = truth[:2]
		}
		m.points[i] = component[0] + math.Exp(component[1])*rng.NormFloat64()
	}
	return m
}

// Samples, Params and Losses are what a chain asks for.
func (m *mixture) Samples() int { return len(m.points) }

func (m *mixture) Params() int { return len(truth) }

// Losses writes the loss of each sample for each model.
func (m *mixture) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, θ := range models {
		weight := 1 / (1 + math.Exp(-float64(θ[4])))
		first, second := newNormal(weight, θ[0], θ[1]), newNormal(1-weight, θ[2], θ[3])
		for j, i := range samples {
			dst[k][j] = -math.Log(first.density(m.points[i]) + second.density(m.points[i]))
		}
	}
}

// A normal is a weighted normal density.
type normal struct{ mean, rate, height float64 }

func newNormal(weight float64, mean, logWidth float32) normal {
	width := math.Exp(float64(logWidth))
	return normal{float64(mean), 1 / (2 * width * width), weight / (width * math.Sqrt(2*math.Pi))}
}

func (n normal) density(x float64) float64 {
	return n.height * math.Exp(-(x-n.mean)*(x-n.mean)*n.rate)
}

// fit samples trajectories of tau models with a random walk of width sigma and an
// acceptance test, nil for the one that reads few points. It returns for each parameter what its mean over the models was in a number of
// steps, after a quarter as many that do not count.
func fit(ctx context.Context, m *mixture, tau int, sigma float64, steps int, test minibatch.Test, source rand.Source) ([]diagnostics.Accumulator, error) {
	start, err := tps.RandomWalk(tau, guess, sigma, source)
	if err != nil {
		return nil, err
	}
	chain, err := tps.NewChain(tps.Config{
		Tau:    tau,
		Sigma:  sigma,
		S:      float64(m.Samples()) / float64(tau),
		Test:   test,
		Start:  start,
		Source: source,
	}, m)
	if err != nil {
		return nil, err
	}
	found := make([]diagnostics.Accumulator, m.Params())
	burnIn := steps / 4
	err = chain.Run(ctx, burnIn+steps, tps.Every(10, func(chain *tps.Chain) error {
		if chain.Steps() <= burnIn {
			return nil
		}
		for i := range found {
			sum := 0.0
			for _, model := range chain.Trajectory().Models() {
				sum += float64(model[i])
			}
			found[i].Add(sum / float64(tau))
		}
		return nil
	}))
	return found, err
}

func main() {
	const (
		points = 2000
		tau    = 8
		sigma  = 0.02
		steps  = 200_000
	)
	m := newMixture(points, rand.NewPCG(1, 0))
	found, err := fit(context.Background(), m, tau, sigma, steps, nil, rand.NewPCG(1, 1))
	if err != nil {
		log.Fatal(err)
	}
	// The spread is how far the data leave the parameter open, the standard error
	// how far a run as short as this leaves the mean open.
	fmt.Printf("%-12s %8s %8s %8s %15s\n", "parameter", "truth", "mean", "spread", "standard error")
	for i, f := range found {
		fmt.Printf("%-12s %8.3f %8.3f %8.3f %15.3f\n", names[i], truth[i], f.Mean(), math.Sqrt(f.Variance()), f.StandardError())
	}
}
