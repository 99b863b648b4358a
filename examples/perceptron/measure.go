package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/internal/exact"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// result is what was found for one τ and s. Losses are per model and sample.
type result struct {
	Tau            int        `json:"tau"`
	S              float64    `json:"s"`
	Loss           float64    `json:"loss"`           // over the chain, on the full data
	Stderr         cli.Number `json:"stderr"`         // of Loss, by blocking; NaN from fewer than two measurements
	MinibatchLoss  float64    `json:"minibatch_loss"` // over the chain, as the tests' minibatches saw it
	Exact          float64    `json:"exact"`
	Z              cli.Number `json:"z"` // (Loss − Exact)/Stderr
	MeanBatch      float64    `json:"mean_batch"`
	Acceptance     float64    `json:"acceptance"`
	StepsPerSecond float64    `json:"steps_per_second"` // with what the measuring costs left out
}

type problem struct {
	*options
	data  *data.Dataset
	exact *exact.Linear
}

// Streams of random numbers from -seed: the data, and one for each chain.
const (
	dataStream = iota
	chainStream
)

func newProblem(o *options) (*problem, error) {
	line, _, err := data.Line(o.n, 0, random.Source(o.seed, dataStream))
	if err != nil {
		return nil, err
	}
	solution, err := exact.NewLinear(line)
	if err != nil {
		return nil, err
	}
	p := &problem{options: o, data: line, exact: solution}
	_, err = p.newTest()
	return p, err
}

func (p *problem) newTest() (minibatch.Test, error) {
	switch p.test {
	case "adaptive":
		return minibatch.NewAdaptive(p.data.Len(), minibatch.AdaptiveConfig{
			Chunk: p.chunk, Sigma: p.sigmaC, FinitePopulation: p.finite,
		})
	case "barker":
		return minibatch.NewBarker(p.data.Len())
	case "metropolis":
		return minibatch.NewMetropolis(p.data.Len())
	}
	return nil, cli.Usagef("-test %q: want adaptive, barker or metropolis", p.test)
}

// measureAll runs a chain for each τ and s, some at a time, and passes the
// results to report in the order of the lists.
func (p *problem) measureAll(ctx context.Context, report func(result) error) ([]result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]result, len(p.tau)*len(p.s))
	done := make([]chan struct{}, len(results))
	jobs := make(chan int, len(results))
	for i := range results {
		done[i] = make(chan struct{})
		jobs <- i
	}
	close(jobs)
	var workers sync.WaitGroup
	for range min(p.jobs, len(results)) {
		workers.Go(func() {
			for i := range jobs {
				r, err := p.measure(ctx, p.tau[i/len(p.s)], p.s[i%len(p.s)])
				if err != nil {
					cancel(err)
					return
				}
				results[i] = r
				close(done[i])
			}
		})
	}
	defer workers.Wait()
	for i, r := range done {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-r:
		}
		if err := report(results[i]); err != nil {
			cancel(err)
			return nil, err
		}
	}
	return results, nil
}

// measure runs one chain.
func (p *problem) measure(ctx context.Context, tau int, s float64) (result, error) {
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), p.data, nn.HalfSquaredError, nn.LossesConfig{})
	if err != nil {
		return result{}, err
	}
	test, err := p.newTest()
	if err != nil {
		return result{}, err
	}
	source := random.Source(p.seed, chainStream, uint64(tau), uint64(s*1e6))
	chain, err := tps.NewChain(tps.Config{Tau: tau, Sigma: p.sigma, S: s, Test: test, Source: source}, losses)
	if err != nil {
		return result{}, fmt.Errorf("τ = %d, s = %g: %w", tau, s, err)
	}
	if err := chain.Run(ctx, p.burnIn); err != nil {
		return result{}, err
	}
	chain.ResetStats()

	// Each model is redrawn some eight times between two measurements.
	every := min(8*tau, p.steps)
	full := make([]float64, 0, p.steps/every)
	minibatches := 0.0
	perModel := make([]float64, tau)
	var measuring time.Duration
	start := time.Now()
	err = chain.Run(ctx, p.steps, tps.Every(every, func(chain *tps.Chain) error {
		before := time.Now()
		if err := chain.MeanLosses(perModel); err != nil {
			return err
		}
		sum := 0.0
		for _, loss := range perModel {
			sum += loss
		}
		full = append(full, sum/float64(tau))
		minibatches += chain.LossEstimate()
		measuring += time.Since(before)
		return nil
	}))
	if err != nil {
		return result{}, err
	}
	seconds := (time.Since(start) - measuring).Seconds()

	r := result{Tau: tau, S: s, Exact: p.exact.MeanLoss(tau, s, p.sigma)}
	mean, standardError := estimate.Mean(full)
	r.Loss, r.Stderr = mean, cli.Number(standardError)
	r.MinibatchLoss = minibatches / float64(len(full))
	r.Z = cli.Number((r.Loss - r.Exact) / standardError)
	r.MeanBatch, r.Acceptance = chain.Stats().MeanBatch(), chain.Stats().Acceptance()
	r.StepsPerSecond = float64(p.steps) / seconds
	return r, nil
}
