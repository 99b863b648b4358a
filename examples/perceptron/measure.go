package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
	"github.com/trajens/trajens/tps/exact"
)

// result is what was found for one τ and s. Losses are per model and sample.
type result struct {
	Tau            int         `json:"tau"`
	S              float64     `json:"s"`
	Loss           float64     `json:"loss"`           // over the chain, on the full data
	Stderr         cli.Number  `json:"stderr"`         // of Loss, by blocking; NaN from fewer than two measurements
	MinibatchLoss  float64     `json:"minibatch_loss"` // over the chain, as the tests' minibatches saw it
	Exact          float64     `json:"exact"`
	Z              cli.Number  `json:"z"` // (Loss − Exact)/Stderr
	MeanBatch      float64     `json:"mean_batch"`
	Acceptance     float64     `json:"acceptance"`
	StepsPerSecond float64     `json:"steps_per_second"` // of a chain, with what the measuring costs left out
	RHat           *cli.Number `json:"r_hat,omitempty"`  // of the chains, if there are several
}

type problem struct {
	*options
	data  *data.Dataset
	exact *exact.Linear

	progress   *cli.Progress
	start      time.Time
	made, left atomic.Int64 // steps of all chains: since start, and those that there were to make then
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
	return &problem{options: o, data: line, exact: solution}, nil
}

// measureAll runs the chains for each τ and s, some at a time, and passes the
// results to report in the order of the lists. A chain that fails does not
// stop the others of its τ and s, and is reported to stderr, unless it is the
// only one or the context is done.
func (p *problem) measureAll(ctx context.Context, stderr io.Writer, report func(result) error) ([]result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	groups := make([]group, len(p.tau)*len(p.s))
	jobs := make(chan job, len(groups)*p.chains)
	var list []job
	var names []string
	for i := range groups {
		g := &groups[i]
		*g = group{tau: p.tau[i/len(p.s)], s: p.s[i%len(p.s)], chains: make([]*measurement, p.chains), errs: make([]error, p.chains)}
		g.running.Add(p.chains)
		for k := range p.chains {
			j := job{group: g, chain: k}
			list, names = append(list, j), append(names, j.String())
		}
	}
	savers, err := p.checkpoints.Open(stderr, names...)
	if err != nil {
		return nil, err
	}
	for i, j := range list {
		j.saver = savers[i]
		jobs <- j
	}
	close(jobs)
	p.progress, p.start = cli.NewProgress(stderr, 1), time.Now()
	defer p.progress.End()
	p.left.Store(int64(len(list)) * int64(p.steps+p.burnInSteps()))
	var workers sync.WaitGroup
	defer workers.Wait()
	for range min(p.jobs, cap(jobs)) {
		workers.Go(func() {
			for j := range jobs {
				j.chains[j.chain], j.errs[j.chain] = p.measure(ctx, j)
				j.running.Done()
			}
		})
	}
	results := make([]result, 0, len(groups))
	for i := range groups {
		g := &groups[i]
		g.running.Wait()
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		bad := errors.Join(g.errs...)
		if !slices.Contains(g.errs, nil) {
			cancel(bad)
			return nil, bad
		}
		if bad != nil {
			fmt.Fprintf(stderr, "%v\nIt is left out.\n", bad)
		}
		r := p.combine(g)
		results = append(results, r)
		p.progress.End()
		if err := report(r); err != nil {
			cancel(err)
			return nil, err
		}
	}
	return results, nil
}

// A group is the chains of one τ and s.
type group struct {
	tau     int
	s       float64
	chains  []*measurement
	errs    []error
	running sync.WaitGroup
}

// A job is one chain of a group.
type job struct {
	*group
	chain int
	saver *cli.Saver
}

// String names the chain, for errors and as a folder.
func (j job) String() string { return fmt.Sprintf("tau-%d-s-%g-chain-%d", j.tau, j.s, j.chain+1) }

// stream returns which random numbers the chain has.
func (j job) stream() []uint64 {
	stream := []uint64{chainStream, uint64(j.tau), uint64(j.s * 1e6)}
	if j.chain > 0 {
		stream = append(stream, uint64(j.chain))
	}
	return stream
}

// newChain returns a chain at its beginning.
func (p *problem) newChain(j job) (*tps.Chain, error) {
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), p.data, nn.HalfSquaredError, nn.Config{})
	if err != nil {
		return nil, err
	}
	test, err := p.test.New(p.data.Len())
	if err != nil {
		return nil, err
	}
	return tps.NewChain(tps.Config{
		Tau: j.tau, Sigma: p.sigma, S: j.s, Test: test, Source: random.Source(p.seed, j.stream()...),
	}, losses)
}

// measure runs one chain, or goes on with it.
func (p *problem) measure(ctx context.Context, j job) (*measurement, error) {
	chain, err := p.newChain(j)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", j, err)
	}
	m, err := newMeasurement(j.tau, p.burnInSteps())
	if err != nil {
		return nil, err
	}
	if err := j.saver.Start(chain, tps.Part{Name: "measurement", State: m}); err != nil {
		return nil, err
	}
	if made := chain.Steps() - m.BurnIn; made > p.steps {
		return nil, cli.Usagef("-steps %d: the run in %s has measured %d already", p.steps, p.checkpoints.Dir, made)
	}
	p.left.Add(-int64(chain.Steps())) // made before
	err = p.run(ctx, chain, m, j.saver)
	m.stats = chain.Stats()
	if err = errors.Join(err, j.saver.Save(chain)); err != nil {
		return nil, fmt.Errorf("%v: %w", j, err)
	}
	return m, nil
}

// burnInSteps returns the steps of a burn-in that begins now. A chain that goes
// on keeps the burn-in that it began with.
func (p *problem) burnInSteps() int {
	if p.burnIn == -1 {
		return p.steps / 10
	}
	return p.burnIn
}

// progressEvery is the number of steps from one look at a chain to the next.
const progressEvery = 10_000

// show counts steps and shows how many of all are done.
func (p *problem) show(*tps.Chain) error {
	made := p.made.Add(progressEvery)
	p.progress.Show(0, cli.Done(float64(made)/float64(p.left.Load()), time.Since(p.start).Seconds())...)
	return nil
}

// run makes the steps of the burn-in, and then those that are measured.
func (p *problem) run(ctx context.Context, chain *tps.Chain, m *measurement, saver *cli.Saver) error {
	progress := tps.Every(progressEvery, p.show)
	if !m.Started {
		if err := chain.Run(ctx, m.BurnIn, progress, saver.Observer()); err != nil {
			return err
		}
		chain.ResetStats()
		m.Started = true
	}
	// Each model is redrawn some eight times between two measurements.
	every := min(8*chain.Config().Tau, p.steps)
	m.start()
	defer m.stop()
	return chain.Run(ctx, m.BurnIn+p.steps, tps.Every(every, m.add), progress, saver.Observer())
}

// combine makes one result of the chains of a group that did not fail.
func (p *problem) combine(g *group) result {
	var all measurement
	var series [][]float64
	good := 0
	for _, m := range g.chains {
		if m != nil {
			good++
			all.stats.Add(m.stats)
			all.Loss.Merge(&m.Loss)
			all.Minibatches += m.Minibatches
			all.Seconds += m.Seconds
			series = append(series, m.Outline.Means())
		}
	}
	loss := all.Loss.Estimate()
	r := result{Tau: g.tau, S: g.s, Exact: p.exact.MeanLoss(g.tau, g.s, p.sigma)}
	r.Loss, r.Stderr = loss.Mean, cli.Number(loss.StandardError)
	r.MinibatchLoss = all.Minibatches / float64(all.Loss.Count())
	r.Z = cli.Number((r.Loss - r.Exact) / loss.StandardError)
	r.MeanBatch, r.Acceptance = all.stats.MeanBatch(), all.stats.Acceptance()
	r.StepsPerSecond = float64(all.stats.Steps) / all.Seconds
	if good > 1 {
		rHat := cli.Number(diagnostics.SplitRHat(series))
		r.RHat = &rHat
	}
	return r
}
