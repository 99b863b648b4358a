package main

import (
	"errors"
	"math"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps/diagnostics"
)

// A result is what a run came to.
type result struct {
	Final        bool       `json:"final"`
	Sampler      string     `json:"sampler"`
	Walkers      int        `json:"walkers,omitempty"`
	Dataset      string     `json:"dataset"`
	TrainSamples int        `json:"train_samples"`
	TestSamples  int        `json:"test_samples"`
	Parameters   int        `json:"parameters"`
	Steps        int        `json:"steps"` // of all chains, with the burn-in
	Seconds      cli.Number `json:"seconds"`
	Rate         cli.Number `json:"gradients_per_second"`
	Acceptance   cli.Number `json:"acceptance"`
	Temperature  cli.Number `json:"temperature"`
	Kinetic      cli.Number `json:"kinetic"`
	KineticError cli.Number `json:"kinetic_error"`
	Virial       cli.Number `json:"virial"`
	VirialError  cli.Number `json:"virial_error"`
	Inertia      cli.Number `json:"inertia"`
	InertiaError cli.Number `json:"inertia_error"`
	Loss         cli.Number `json:"loss"`
	LossTime     cli.Number `json:"loss_time"`
	Members      int        `json:"members"`
	Accuracy     cli.Number `json:"accuracy"`
	Member       cli.Number `json:"member_accuracy"`
	RMSE         cli.Number `json:"rmse"`
	NLL          cli.Number `json:"nll"`

	committee *ensemble.Committee
}

var errNoDraws = errors.New("the run ended before the first draw")

var nan = cli.Number(math.NaN())

// result measures what the chains have come to.
func (w *walk) result() (*result, error) {
	p := w.problem
	r := &result{
		Final: true, Sampler: w.name, Walkers: w.walkers, Dataset: p.label, TrainSamples: p.train.Len(), TestSamples: p.test.Len(),
		Parameters: p.net.Params(), Temperature: cli.Number(1 / w.beta), Accuracy: nan, Member: nan, RMSE: nan, NLL: nan,
	}
	var models [][]float32
	var losses [][]float64
	gradients, accepted, tested := 0, 0.0, 0
	for _, c := range w.chains {
		if c.Chain == nil {
			continue // its network was still in training
		}
		stats := c.Stats()
		r.Steps += c.Steps()
		if w.walkers > 0 { // they have one clock
			r.Seconds = max(r.Seconds, cli.Number(c.Seconds))
		} else {
			r.Seconds += cli.Number(c.Seconds)
		}
		gradients += stats.Gradients
		accepted, tested = accepted+stats.Acceptance, tested+stats.Tested
		models = append(models, c.Models...)
		if len(c.Losses) > 1 {
			losses = append(losses, c.Losses)
		}
	}
	if len(models) == 0 {
		return nil, errNoDraws
	}
	r.Rate = cli.Number(float64(gradients) / float64(r.Seconds))
	r.Acceptance = cli.Number(accepted / float64(tested)) // NaN without a test
	r.Kinetic, r.KineticError = w.mean(func(c *chain) []float64 { return c.Kinetic })
	r.Virial, r.VirialError = w.mean(func(c *chain) []float64 { return c.Virial })
	r.Inertia, r.InertiaError = w.mean(func(c *chain) []float64 { return c.Inertia })
	r.Loss, _ = w.mean(func(c *chain) []float64 { return c.Losses })
	if losses != nil {
		r.LossTime = cli.Number(diagnostics.IntegratedTimeOfChains(losses, 5).Tau)
	}
	r.Members = len(models)
	var err error
	if r.committee, err = ensemble.New(p.net, models); err != nil {
		return nil, err
	}
	return r, r.judge(p)
}

// mean returns the mean of a series over the chains, and its standard error.
func (w *walk) mean(of func(c *chain) []float64) (mean, standardError cli.Number) {
	sum, variance, chains := 0.0, 0.0, 0.0
	for _, c := range w.chains {
		if len(of(c)) == 0 {
			continue
		}
		e := diagnostics.MeanByBlocking(of(c))
		sum += e.Mean
		variance += e.StandardError * e.StandardError
		chains++
	}
	return cli.Number(sum / chains), cli.Number(math.Sqrt(variance) / chains)
}

// judge measures the ensemble on the samples to test on.
func (r *result) judge(p *problem) error {
	if !p.loss.HasScales() {
		report, err := r.committee.Classify(p.test)
		if err != nil {
			return err
		}
		r.Accuracy, r.NLL, r.Member = cli.Number(report.Accuracy), cli.Number(report.NLL), cli.Number(report.MemberAccuracyMean())
		return nil
	}
	regression, err := r.committee.PredictRegression(p.test, ensemble.TargetConfig{MeanAndScale: p.loss.MeanAndScale})
	if err != nil {
		return err
	}
	nll, err := regression.NLL()
	if err != nil {
		return err
	}
	unit := p.scaling.TargetScale[0]
	r.RMSE, r.NLL = cli.Number(regression.RMSE()*unit), cli.Number(nll+math.Log(unit))
	return nil
}
