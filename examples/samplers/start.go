package main

import (
	"context"
	"fmt"
	"time"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/hessian"
	"github.com/trajens/trajens/tps"
)

const (
	// rate is the largest learning rate of the gradient descent.
	rate = 0.005
	// curved is how many samples the Hessian is of, at most.
	curved = 2000
)

// A bench has what all samplers share.
type bench struct {
	*options
	net       *nn.Network
	losses    *nn.Losses
	apart     []tps.Losses // of one worker each, for sweeps
	gradients *nn.Gradients
	watched   watched

	start     *tps.Trajectory // copies of one network
	quadratic *tps.Quadratic
	loss      float64 // of the network
	// gradientSeconds is what the gradient of a sample takes.
	gradientSeconds float64
}

// newBench trains the network that all chains begin with, and finds in which directions
// its loss is steep.
func newBench(ctx context.Context, o *options, set *digits.Set, progress *cli.Progress) (b *bench, err error) {
	b = &bench{options: o, net: nn.MairCNN()}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	config := nn.Config{Workers: o.Workers}
	if b.losses, err = nn.NewLosses(b.net, set.Train, nn.CrossEntropy, config); err != nil {
		return b, err
	}
	if b.gradients, err = nn.NewGradients(b.net, set.Train, nn.CrossEntropy, config); err != nil {
		return b, err
	}
	for range min(o.Workers, (o.Tau+1)/2) {
		one, err := nn.NewLosses(b.net, set.Train, nn.CrossEntropy, nn.Config{})
		if err != nil {
			return b, err
		}
		b.apart = append(b.apart, one)
	}
	if b.watched, err = newWatched(b.net, set); err != nil {
		return b, err
	}
	model, err := b.descend(ctx, progress)
	if err != nil {
		return b, err
	}
	progress.Show(0, fmt.Sprintf("%d steep directions", o.directions))
	if b.quadratic, err = b.steep(ctx, model); err != nil {
		return b, err
	}
	b.start, err = tps.RandomWalk(o.Tau, model, 0, o.Source(sampler.StartStream, 0))
	return b, err
}

func (b *bench) close() {
	if b.losses != nil {
		b.losses.Close()
	}
	if b.gradients != nil {
		b.gradients.Close()
	}
}

// beginning says where the chains begin.
func (b *bench) beginning() string {
	a := b.quadratic.Curvatures
	return fmt.Sprintf("Start: %d copies of a network of loss %.4f, which has curvatures of %.3g to %.3g in %d directions.",
		b.Tau, b.loss, a[0], a[len(a)-1], len(a))
}

// descend trains a network by gradient descent.
func (b *bench) descend(ctx context.Context, progress *cli.Progress) ([]float32, error) {
	model := make([]float32, b.net.Params())
	nn.InitUniform(model, b.net, b.Source(sampler.StartStream, 0))
	begin := time.Now()
	d := sampler.Descent{Epochs: b.epochs, Rate: rate}
	_, err := d.Train(ctx, model, b.gradients, b.Source(sampler.DescentStream, 0), func(share, loss float64) {
		done := cli.Done(share, time.Since(begin).Seconds())
		done[0] = "gradient descent " + done[0]
		progress.Show(0, append(done, fmt.Sprintf("loss %.4f", loss))...)
	})
	if err != nil {
		return nil, err
	}
	b.gradientSeconds = time.Since(begin).Seconds() / float64(b.epochs*b.losses.Samples())
	return model, nil
}

// steep returns the quadratic model of the loss at a network: the leading eigenvectors
// of the Hessian on some samples, with the slopes on all of them.
func (b *bench) steep(ctx context.Context, model []float32) (*tps.Quadratic, error) {
	samples := make([]int, min(curved, b.losses.Samples()))
	for i := range samples {
		samples[i] = i
	}
	e, err := hessian.Expand(ctx, b.gradients, model, hessian.ExpandConfig{
		Directions: b.directions, Samples: samples, Source: b.Source(sampler.DescentStream, 1),
	})
	if err != nil {
		return nil, err
	}
	losses := make([]float64, b.losses.Samples())
	b.losses.Gradient(make([]float32, len(model)), losses, model)
	b.loss = floats.Sum(losses) / float64(len(losses))
	return (*tps.Quadratic)(e), nil
}

// watched are the samples on which models are watched.
type watched struct {
	losses, tests *nn.Losses
}

const (
	watchedLosses = 300 // training samples
	watchedImages = 20  // of the test set
)

func newWatched(net *nn.Network, set *digits.Set) (w watched, err error) {
	for _, part := range []struct {
		to   **nn.Losses
		of   *data.Dataset
		most int
	}{{&w.losses, set.Train, watchedLosses}, {&w.tests, set.Test, watchedImages}} {
		some, err := part.of.First(min(part.most, part.of.Len()))
		if err != nil {
			return w, err
		}
		if *part.to, err = nn.NewLosses(net, some, nn.CrossEntropy, nn.Config{}); err != nil {
			return w, err
		}
	}
	return w, nil
}
