package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// trained are models that were trained together, and the time for it.
type trained struct {
	models  [][]float32
	seconds float64
}

// seedModels are the models of a seed.
type seedModels struct {
	networks     []trained // one each, independent
	trajectories []trained // the k-th from the k-th network, its time included
}

// trainer trains the models of a seed.
type trainer struct {
	*options
	sampler.Flags // with the seed in hand
	net           *nn.Network
	sets          *sets
	gradients     *nn.Gradients
	report        *report
	phase         string  // what is being trained
	done, work    float64 // epochs of the seed, and all there will be
}

// train trains the models of a seed, from 0. After an error it returns those that
// are whole.
func (o *options) train(ctx context.Context, s *sets, seed int, r *report) (models *seedModels, err error) {
	t := &trainer{options: o, Flags: o.Flags, net: nn.MairCNN(), sets: s, report: r}
	t.Seed += uint64(seed)
	t.Move.Blocks = t.net.LayerCoordinates()
	// Sampling counts as much as what goes before.
	start := o.descent.Work(&o.Flags)
	t.work = float64(o.networks*o.descent.Epochs + o.chains*(start+o.descent.Epochs+start))
	models = new(seedModels)
	if t.gradients, err = nn.NewGradients(t.net, s.Train, nn.CrossEntropy, nn.Config{Workers: o.Workers}); err != nil {
		return models, err
	}
	defer t.gradients.Close()
	for k := range o.networks {
		t.phase = fmt.Sprintf("seed %d of %d: network %d of %d", seed+1, o.seeds, k+1, o.networks)
		network, err := t.network(ctx, k)
		if err != nil {
			return models, err
		}
		models.networks = append(models.networks, network)
	}
	for k := range o.chains {
		t.phase = fmt.Sprintf("seed %d of %d: trajectory %d of %d", seed+1, o.seeds, k+1, o.chains)
		trajectory, err := t.trajectory(ctx, models.networks[k], k)
		if err != nil {
			return models, err
		}
		models.trajectories = append(models.trajectories, trajectory)
	}
	return models, nil
}

// network trains a network by gradient descent.
func (t *trainer) network(ctx context.Context, k int) (trained, error) {
	begin := time.Now()
	model := make([]float32, t.net.Params())
	nn.InitUniform(model, t.net, t.Flags.Source(sampler.StartStream, k))
	_, err := t.descent.Train(ctx, model, t.gradients, t.Flags.Source(sampler.DescentStream, k), t.show(float64(t.descent.Epochs)))
	return trained{[][]float32{model}, time.Since(begin).Seconds()}, err
}

// trajectory samples a trajectory from a network.
func (t *trainer) trajectory(ctx context.Context, from trained, k int) (trained, error) {
	begin, network := time.Now(), from.models[0]
	source := t.Flags.Source(sampler.StartStream, t.networks+k)
	work := float64(t.descent.Work(&t.Flags))
	start, _, _, err := t.descent.Leave(ctx, &t.Flags, network, t.gradients, source, t.show(work))
	if err != nil {
		return trained{}, err
	}
	surrogate, err := t.KeptSurrogate(ctx, nil, t.net, t.sets.Train, network, k)
	if err != nil {
		return trained{}, err
	}
	losses, err := t.NewLosses(t.net, t.sets.Train, t.Workers)
	if err != nil {
		return trained{}, err
	}
	for _, l := range losses {
		defer l.Close()
	}
	chain, err := t.NewChain(losses, start, surrogate, k)
	if err != nil {
		return trained{}, err
	}
	before := from.seconds + time.Since(begin).Seconds()
	if err := t.sample(ctx, chain, before, work+float64(t.descent.Epochs)); err != nil {
		return trained{}, err
	}
	if warning := t.report.doubt.Warning(chain.Stats()); warning != "" {
		t.report.progress.End()
		fmt.Fprintln(t.report.stderr, warning)
	}
	return trained{chain.Trajectory().Clone().Models(), from.seconds + time.Since(begin).Seconds()}, nil
}

// sample runs a chain for as long as the flags say, or the time before.
func (t *trainer) sample(ctx context.Context, chain *tps.Chain, before, work float64) error {
	steps, seconds := t.steps, math.Inf(1)
	if steps == 0 {
		steps, seconds = math.MaxInt, before
		if t.seconds > 0 {
			seconds = t.seconds
		}
	}
	show, begin := t.show(work), time.Now()
	return chain.Run(ctx, steps, tps.EachStep(func(chain *tps.Chain, _ tps.Step) error {
		spent := time.Since(begin).Seconds()
		share := max(float64(chain.Steps())/float64(steps), spent/seconds)
		if share >= 1 || chain.Steps()%100 == 0 {
			show(min(share, 1), chain.LossEstimate())
		}
		if spent >= seconds {
			return tps.ErrStop
		}
		return nil
	}))
}

// show returns a function that shows how far a part of the work is, of so many epochs.
func (t *trainer) show(work float64) func(share, loss float64) {
	before := t.done
	return func(share, loss float64) {
		t.done = before + share*work
		done := float64(t.Seed-t.options.Seed) + t.done/t.work
		fields := cli.Done(done/float64(t.seeds), time.Since(t.report.begin).Seconds())
		t.report.progress.Show(0, append(fields, t.phase, fmt.Sprintf("loss %.4f", loss))...)
	}
}
