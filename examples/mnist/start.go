package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/nn/hessian"
	"github.com/trajens/trajens/tps"
)

// initialSigma is the standard deviation of the parameters of a random model.
const initialSigma = 0.05

// newStart returns the trajectory that chain k starts from: a random walk from
// a random model, or from one that it trains.
func (t *training) newStart(ctx context.Context, k int) (*tps.Trajectory, error) {
	source := t.source(startStream, k)
	first := make([]float32, t.net.Params())
	if t.init == "random" {
		nn.InitNormal(first, initialSigma, source)
	} else {
		nn.InitUniform(first, t.net, source)
	}
	if t.init != "sgd" || t.savers[k].Resumes() {
		return tps.RandomWalk(t.tau, first, t.sigma, source)
	}
	b := &beginning{Chain: t.number(k), Begin: true}
	if err := t.descend(ctx, first, k, b); err != nil {
		return nil, err
	}
	start, err := tps.RandomWalk(t.tau, first, t.sigma, source)
	if err != nil {
		return nil, err
	}
	network := slices.Clone(first)
	if err := t.evaluateBeginning(b, [][]float32{network}, start.Models()); err != nil {
		return nil, err
	}
	t.begins = append(t.begins, b)
	t.networks, t.starts = append(t.networks, network), append(t.starts, start.Models()...)
	if t.diagnose {
		if b.Curvatures, err = t.curvatures(ctx, first); err != nil {
			return nil, err
		}
	}
	return start, t.begin(b)
}

// evaluateBeginning lets networks and the trajectories that start from them vote
// on the test set.
func (t *training) evaluateBeginning(b *beginning, networks, starts [][]float32) error {
	before, err := t.vote(networks)
	if err != nil {
		return err
	}
	after, err := t.vote(starts)
	if err != nil {
		return err
	}
	b.NetworkAccuracy, b.NetworkNLL = before.Accuracy, number(before.NLL)
	b.Accuracy, b.NLL, b.MemberAccuracyMean = after.Accuracy, number(after.NLL), after.MemberAccuracyMean()
	return nil
}

// beginTogether lets the networks of several chains vote together, if none of
// the chains goes on from a checkpoint.
func (t *training) beginTogether() error {
	n := len(t.begins)
	if n < 2 || n < len(t.chains) {
		return nil
	}
	all := &beginning{Chains: n, Begin: true, Epochs: t.epochs}
	for _, b := range t.begins {
		all.TrainSeconds += b.TrainSeconds
		all.TrainLoss += b.TrainLoss / float64(n)
	}
	if err := t.evaluateBeginning(all, t.networks, t.starts); err != nil {
		return err
	}
	return t.begin(all)
}

// curvatures returns the largest eigenvalues of the Hessian of the loss on some
// samples: one more than the classes, of which all but one are steep.
func (t *training) curvatures(ctx context.Context, model []float32) ([]float64, error) {
	gradients, err := t.gradients()
	if err != nil {
		return nil, err
	}
	defer gradients.Close()
	samples := make([]int, min(6000, t.set.train.Len()))
	for i := range samples {
		samples[i] = i
	}
	h, err := hessian.New(gradients, model, hessian.Config{Samples: samples})
	if err != nil {
		return nil, err
	}
	leading, err := hessian.Leading(ctx, h, t.net.Outputs()+1, hessian.LanczosConfig{Steps: 50, Source: random.Source(t.seed)})
	var curvatures []float64
	for _, e := range leading {
		curvatures = append(curvatures, e.Value)
	}
	return curvatures, err
}

func (t *training) gradients() (*nn.Gradients, error) {
	return nn.NewGradients(t.net, t.set.train, nn.CrossEntropy, nn.Config{Workers: t.workers})
}

// descend trains a model by gradient descent.
func (t *training) descend(ctx context.Context, model []float32, k int, b *beginning) error {
	gradients, err := t.gradients()
	if err != nil {
		return err
	}
	defer gradients.Close()
	start := time.Now()
	end, err := descent.Run(ctx, model, gradients, descent.Config{
		Epochs:   t.epochs,
		Schedule: descent.Cosine{Peak: t.rate, WarmUp: 0.1},
		Source:   t.source(descentStream, k),
		Progress: func(e descent.Epoch) error {
			t.status.show(fmt.Sprintf("gradient descent, epoch %d of %d, %.0f s: loss %.4f", e.Number, t.epochs, time.Since(start).Seconds(), e.Loss))
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("gradient descent, epoch %d: %w", end.Number+1, err)
	}
	b.Epochs, b.TrainSeconds, b.TrainLoss = end.Number, time.Since(start).Seconds(), end.Loss
	return nil
}

// vote evaluates a committee on the test set.
func (t *training) vote(models [][]float32) (*ensemble.Report, error) {
	committee, err := ensemble.New(t.net, models)
	if err != nil {
		return nil, err
	}
	return committee.Evaluate(t.set.test)
}
