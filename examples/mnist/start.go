package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// A beginning is where a chain begins that starts from a network trained by
// gradient descent, or where all chains do together.
type beginning struct {
	Chain              int        `json:"chain,omitempty"`  // from 1, or 0 for the only one
	Chains             int        `json:"chains,omitempty"` // their number, if it is of all together
	Begin              bool       `json:"begin"`
	Epochs             int        `json:"epochs"`
	TrainSeconds       float64    `json:"train_seconds"`
	TrainLoss          float64    `json:"train_loss"` // mean over the last epoch
	Restarts           int        `json:"restarts,omitempty"`
	RestartSeconds     float64    `json:"restart_seconds,omitempty"`
	RestartLoss        float64    `json:"restart_loss,omitempty"` // mean over their last epochs
	NetworkAccuracy    float64    `json:"network_accuracy"`       // of the network, or of the networks' vote
	NetworkNLL         cli.Number `json:"network_nll"`
	Accuracy           float64    `json:"accuracy"` // of the trajectory that starts from it
	NLL                cli.Number `json:"nll"`
	MemberAccuracyMean float64    `json:"member_accuracy_mean"`
	Curvatures         []float64  `json:"curvatures,omitempty"` // leading eigenvalues of the Hessian at the network

	networks, models [][]float32 // of the trajectory
	temperatures     []float64   // along these, 1 being that of Bayes' rule
}

// newStart returns the trajectory that a chain starts from: a random walk from
// a random model, or from a network that newStart trains and the chain's
// beginning then describes.
func (t *training) newStart(ctx context.Context, c *chain) (*tps.Trajectory, error) {
	source := t.Source(sampler.StartStream, c.index)
	first := make([]float32, t.net.Params())
	if t.init == "random" {
		first = sampler.RandomModel(t.net, source)
	} else {
		nn.InitUniform(first, t.net, source)
	}
	if t.init != "sgd" || c.saver.Resumes() {
		return tps.RandomWalk(t.Tau, first, t.Sigma, source)
	}
	c.begin = &beginning{Chain: c.number, Begin: true, networks: [][]float32{first}}
	gradients, err := nn.NewGradients(t.net, t.set.Train, nn.CrossEntropy, nn.Config{Workers: t.Workers})
	if err != nil {
		return nil, err
	}
	defer gradients.Close()
	if err := t.descend(ctx, first, gradients, c); err != nil {
		return nil, err
	}
	start, err := t.leave(ctx, first, gradients, source, c)
	if err != nil {
		return nil, err
	}
	c.begin.models = start.Clone().Models()
	if t.diagnose {
		if c.begin.Curvatures, err = t.Curvatures(ctx, t.net, t.set.Train, first); err != nil {
			return nil, err
		}
		c.begin.temperatures = t.Temperatures(c.begin.Curvatures, t.set.Train.Len())
	}
	return start, t.judge(c.begin)
}

// beginTogether lets the networks of several chains vote together, if none of
// the chains goes on from a checkpoint.
func (t *training) beginTogether() error {
	all := &beginning{Chains: len(t.chains), Begin: true, Epochs: t.descent.Epochs}
	for _, c := range t.chains {
		if c.begin == nil || len(t.chains) == 1 {
			return nil
		}
		all.TrainSeconds += c.begin.TrainSeconds
		all.TrainLoss += c.begin.TrainLoss / float64(len(t.chains))
		all.Restarts += c.begin.Restarts
		all.RestartSeconds += c.begin.RestartSeconds
		all.RestartLoss += c.begin.RestartLoss / float64(len(t.chains))
		all.networks = append(all.networks, c.begin.networks...)
		all.models = append(all.models, c.begin.models...)
	}
	return t.judge(all)
}

// judge lets the networks and the trajectories that start from them vote on the
// test set, and reports what comes out.
func (t *training) judge(b *beginning) error {
	networks, err := t.vote(b.networks)
	if err != nil {
		return err
	}
	models, err := t.vote(b.models)
	if err != nil {
		return err
	}
	b.NetworkAccuracy, b.NetworkNLL = networks.Accuracy, cli.Number(networks.NLL)
	b.Accuracy, b.NLL, b.MemberAccuracyMean = models.Accuracy, cli.Number(models.NLL), models.MemberAccuracyMean()
	return t.report.beginning(b)
}

// vote evaluates a committee on the test set.
func (t *training) vote(models [][]float32) (*ensemble.Report, error) {
	committee, err := ensemble.New(t.net, models)
	if err != nil {
		return nil, err
	}
	return committee.Evaluate(t.set.Test)
}

// descend trains a model by gradient descent.
func (t *training) descend(ctx context.Context, model []float32, gradients *nn.Gradients, c *chain) error {
	start := time.Now()
	end, err := t.descent.Train(ctx, model, gradients, t.Source(sampler.DescentStream, c.index), func(share, loss float64) {
		t.showDescent(c, "gradient descent", share, start, loss)
	})
	c.begin.Epochs, c.begin.TrainSeconds, c.begin.TrainLoss = end.Number, time.Since(start).Seconds(), end.Loss
	return err
}

// leave returns a trajectory that begins at a trained network.
func (t *training) leave(ctx context.Context, first []float32, gradients *nn.Gradients, source rand.Source, c *chain) (*tps.Trajectory, error) {
	begin := time.Now()
	start, restarts, loss, err := t.descent.Leave(ctx, &t.Flags, first, gradients, source, func(share, loss float64) {
		t.showDescent(c, "restarts", share, begin, loss)
	})
	if restarts > 0 {
		c.begin.Restarts, c.begin.RestartSeconds, c.begin.RestartLoss = restarts, time.Since(begin).Seconds(), loss
	}
	return start, err
}

// showDescent shows how far gradient descent is.
func (t *training) showDescent(c *chain, what string, share float64, start time.Time, loss float64) {
	done := cli.Done(share, time.Since(start).Seconds())
	done[0] = what + " " + done[0]
	t.report.show(c, append(done, fmt.Sprintf("loss %.4f", loss))...)
}
