package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

var widths = []int{1, 2, 4}

const (
	batch      = 128
	modeEpochs = 10
	members    = 20 // of the committees that are tested
)

// leNet returns a small LeNet for images of 28 × 28 pixels, whose layers have so many times
// 4, 8 and 16 channels or units: 3,146 parameters for a width of 1.
func leNet(width int) (*nn.Network, error) {
	return nn.NewNetwork([]int{1, 28, 28},
		nn.Conv2D{Channels: 4 * width, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Conv2D{Channels: 8 * width, Kernel: 5}, nn.ReLU{}, nn.MaxPool2D{Kernel: 2},
		nn.Flatten{}, nn.Dense{Outputs: 16 * width}, nn.ReLU{}, nn.Dense{Outputs: 10})
}

// volumes are complexes that join two modes by connectors, more and more of them.
type volumes struct {
	train, test *data.Dataset
	widths      []int
	connectors  int
	epochs      int // of a connector
	lambda      float64
}

// A stage is a complex with so many connectors.
type stage struct {
	seed, width, images, epochs int
	lambda                      float64
	connectors, params          int

	volume    float64 // its decimal logarithm
	random    float64 // that of a random complex of untrained networks
	loss      float64 // mean of the points of the last epoch
	accuracy  float64 // of a committee, on test data
	alone     float64 // mean of its members
	highest   float64 // loss on the way from one mode to the other by the first connector
	straight  float64 // highest loss on the straight way
	modesLoss float64 // higher one of the modes
}

func (v *volumes) load(dir string, images int) error {
	all, test, err := data.MNIST(dir)
	if err != nil {
		return err
	}
	if v.train, _, err = all.Split(images, random.Source(0)); err != nil {
		return err
	}
	v.test = test
	return nil
}

func (v *volumes) show(ctx context.Context, first, seeds int, out string, to *stageRecord) error {
	fmt.Printf("\n| seed | width | parameters | connectors | log₁₀ V | log₁₀ V/V(K) | loss in the simplexes | test accuracy, committee of %d | members | highest loss by connector 1 | straight | at the modes |\n", members)
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|")
	for seed := first; seed < first+seeds; seed++ {
		for _, width := range v.widths {
			if to.has(v.start(seed, width), v.connectors) {
				continue
			}
			err := v.grow(ctx, seed, width, out, func(s stage) error {
				fmt.Printf("| %d | %d | %d | %d | %.2f | %.2f | %.4f | %.4f | %.4f | %.3f | %.3f | %.3f |\n", seed, s.width, s.params, s.connectors,
					s.volume, s.volume-s.random, s.loss, s.accuracy, s.alone, s.highest, s.straight, s.modesLoss)
				return to.add(s)
			})
			if err != nil {
				return errors.Join(err, drawVolumes(out, to.stages)) // what there is
			}
		}
	}
	return drawVolumes(out, to.stages)
}

// start returns a stage before there is a connector.
func (v *volumes) start(seed, width int) stage {
	return stage{seed: seed, width: width, images: v.train.Len(), epochs: v.epochs, lambda: v.lambda}
}

// grow joins two networks of a width by connectors, and reports each stage. Of the first
// complex it draws the way from one to the other.
func (v *volumes) grow(ctx context.Context, seed, width int, out string, report func(stage) error) error {
	net, err := leNet(width)
	if err != nil {
		return err
	}
	gradients, err := nn.NewGradients(net, v.train, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return err
	}
	source := random.Source(uint64(seed), uint64(width))
	modes, err := trainModes(ctx, net, gradients, source)
	if err != nil {
		return err
	}
	c, err := simplex.New(modes)
	if err != nil {
		return err
	}
	s := v.start(seed, width)
	s.params = net.Params()
	for s.connectors < v.connectors {
		err := simplex.SPRO(ctx, c, 1, gradients, simplex.Config{
			Epochs: v.epochs, Batch: batch, Schedule: descent.Cosine{Peak: 0.002}, Lambda: v.lambda, Source: source,
			Initialize: func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) },
			Progress:   func(e simplex.Epoch) error { s.loss = e.Loss; return nil },
		})
		if err != nil {
			return err
		}
		s.connectors++
		s.volume = c.LogVolume() / math.Ln10
		if s.random, err = untrained(net, c.Len(), c.Simplexes()); err != nil {
			return err
		}
		if s.connectors == 1 {
			if err := v.lookAlong(&s, net, c); err != nil {
				return err
			}
			if out != "" && seed == 0 && width == widths[0] {
				if err := v.drawPath(out, net, c); err != nil {
					return err
				}
			}
		}
		if err := v.judge(&s, net, c, source); err != nil {
			return err
		}
		if err := report(s); err != nil {
			return err
		}
	}
	return nil
}

// trainModes returns two networks, trained from different starts.
func trainModes(ctx context.Context, net *nn.Network, gradients *nn.Gradients, source rand.Source) ([][]float32, error) {
	modes := make([][]float32, 2)
	for i := range modes {
		modes[i] = make([]float32, net.Params())
		nn.InitUniform(modes[i], net, source)
		if _, err := descent.Run(ctx, modes[i], gradients, descent.Config{
			Epochs: modeEpochs, Batch: batch, Schedule: descent.Cosine{Peak: 0.005, WarmUp: 0.05}, Source: source,
		}); err != nil {
			return nil, err
		}
	}
	return modes, nil
}

// untrained returns the decimal logarithm of the volume of a complex of n untrained networks.
func untrained(net *nn.Network, n int, simplexes [][]int) (float64, error) {
	vertices := make([][]float32, n)
	for i := range vertices {
		vertices[i] = make([]float32, net.Params())
		nn.InitUniform(vertices[i], net, random.Source(0, uint64(i)))
	}
	c, err := simplex.FromVertices(vertices, simplexes)
	if err != nil {
		return 0, err
	}
	return c.LogVolume() / math.Ln10, nil
}

// lookAlong compares the way from one mode to the other by the connector with the straight
// one, on the training data.
func (v *volumes) lookAlong(s *stage, net *nn.Network, c *simplex.Complex) error {
	losses, err := nn.NewLosses(net, v.train, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return err
	}
	loss := simplex.MeanLoss(losses)
	path, err := c.Path(0, 1)
	if err != nil {
		return err
	}
	models := make([][]float32, len(path))
	for i, vertex := range path {
		models[i] = c.Vertex(vertex)
	}
	bent, err := simplex.Along(models, 10, loss)
	if err != nil {
		return err
	}
	straight, err := simplex.Along([][]float32{c.Vertex(0), c.Vertex(1)}, 20, loss)
	if err != nil {
		return err
	}
	s.highest, s.straight = bent.Highest(), straight.Highest()
	s.modesLoss = max(straight.Loss[0], straight.Loss[20])
	return nil
}

// judge tests a committee of points of the complex.
func (v *volumes) judge(s *stage, net *nn.Network, c *simplex.Complex, source rand.Source) error {
	committee, err := c.Committee(net, members, source)
	if err != nil {
		return err
	}
	report, err := committee.Evaluate(v.test)
	if err != nil {
		return err
	}
	s.accuracy, s.alone = report.Accuracy, 0
	for _, accuracy := range report.MemberAccuracy {
		s.alone += accuracy / members
	}
	return nil
}
