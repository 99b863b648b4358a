package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/nn/hessian"
)

// A problem is a posterior: of a network's parameters, given data and a normal prior.
type problem struct {
	label       string
	net         *nn.Network
	train, test *data.Dataset
	prior       float64 // its standard deviation
	epochs      int     // of gradient descent, before sampling
	leaps       int     // of a trajectory of the reference
	seed        uint64  // that of the data

	gradients *nn.Gradients
	losses    *nn.Losses
	start     []float32 // after that
	curvature float64   // the largest of the loss there

	gradientsInTime float64 // of all data, in the time that a sampler has
}

// newProblem makes the data, and trains the network from which all chains start.
func newProblem(ctx context.Context, o *options) (*problem, error) {
	makers := map[string]func(*options) (*problem, error){"logistic": logistic, "table": table, "cnn": cnn}
	make := makers[o.problem]
	if make == nil {
		return nil, fmt.Errorf("-problem %q: want logistic, table or cnn", o.problem)
	}
	p, err := make(o)
	if err != nil {
		return nil, err
	}
	if p.gradients, err = nn.NewGradients(p.net, p.train, nn.CrossEntropy, nn.Config{}); err != nil {
		return nil, err
	}
	if p.losses, err = nn.NewLosses(p.net, p.train, nn.CrossEntropy, nn.Config{}); err != nil {
		return nil, err
	}
	p.seed = o.seed
	if err := p.descend(ctx, o.seed); err != nil {
		return nil, err
	}
	p.gradientsInTime = o.seconds / p.gradientSeconds()
	return p, nil
}

// gradientSeconds returns how long a gradient of all data takes.
func (p *problem) gradientSeconds() float64 {
	const times = 30
	all, dst := make([]int, p.train.Len()), make([]float32, p.net.Params())
	for i := range all {
		all[i] = i
	}
	begin := seconds()
	for range times {
		p.gradients.Gradient(dst, p.start, all)
	}
	return (seconds() - begin) / times
}

// title says what is sampled.
func (p *problem) title() string {
	return fmt.Sprintf("%s: N = %d, P = %d, prior N(0, %v²), seed %d", p.label, p.train.Len(), p.net.Params(), p.prior, p.seed)
}

func (p *problem) close() {
	p.gradients.Close()
	p.losses.Close()
}

func (p *problem) descend(ctx context.Context, seed uint64) error {
	p.start = make([]float32, p.net.Params())
	nn.InitUniform(p.start, p.net, rand.NewPCG(seed, 1))
	n := float64(p.train.Len())
	_, err := descent.Run(ctx, p.start, p.gradients, descent.Config{
		Epochs: p.epochs, Schedule: descent.Cosine{Peak: 0.005, WarmUp: 0.1}, Source: rand.NewPCG(seed, 2),
		Optimizer: &descent.Adam{WeightDecay: 1 / (n * p.prior * p.prior)},
	})
	if err != nil {
		return err
	}
	e, err := hessian.Expand(ctx, p.gradients, p.start, hessian.ExpandConfig{Directions: 1, Source: rand.NewPCG(seed, 3)})
	if err != nil {
		return err
	}
	p.curvature = e.Curvatures[0]
	return nil
}

// logistic is a logistic regression with inputs of heavy tails, as two outputs.
func logistic(o *options) (*problem, error) {
	const inputs, samples, tests = 8, 1000, 1000
	r := rand.New(rand.NewPCG(o.seed, 4))
	truth := make([]float64, inputs)
	for i := range truth {
		truth[i] = r.NormFloat64()
	}
	x := make([]float32, 0, (samples+tests)*inputs)
	labels := make([]int, samples+tests)
	for i := range labels {
		sum := 0.0
		for k := range inputs {
			// Student's t of 3 degrees of freedom.
			chi := 0.0
			for range 3 {
				z := r.NormFloat64()
				chi += z * z
			}
			v := r.NormFloat64() / math.Sqrt(chi/3)
			sum += v * truth[k]
			x = append(x, float32(v))
		}
		if r.Float64() < 1/(1+math.Exp(-sum)) {
			labels[i] = 1
		}
	}
	d, err := data.NewLabeled(x, []int{inputs}, labels, 2)
	if err != nil {
		return nil, err
	}
	net, err := nn.NewNetwork([]int{inputs}, nn.Dense{Outputs: 2})
	if err != nil {
		return nil, err
	}
	return split(&problem{label: "logistic regression", net: net, prior: 1, epochs: 50, leaps: 30}, d, tests)
}

// split takes the first samples to test on.
func split(p *problem, d *data.Dataset, tests int) (*problem, error) {
	var err error
	if p.test, err = d.First(tests); err != nil {
		return nil, err
	}
	p.train, err = d.Slice(tests, d.Len())
	return p, err
}

// table is a small network that says whether an airfoil is louder than the median.
func table(o *options) (*problem, error) {
	if o.uci == "" {
		return nil, errors.New("airfoil.csv of the UCI repository is needed: name its directory by -uci or TRAJENS_UCI")
	}
	d, _, err := data.ReadTableFile(filepath.Join(o.uci, "airfoil.csv"), data.TableConfig{})
	if err != nil {
		return nil, err
	}
	d, err = louder(d)
	if err != nil {
		return nil, err
	}
	order := rand.New(rand.NewPCG(o.seed, 5)).Perm(d.Len())
	if d, err = d.Subset(order); err != nil {
		return nil, err
	}
	net, err := nn.NewNetwork(d.Shape(), nn.Dense{Outputs: 16}, nn.Tanh{}, nn.Dense{Outputs: 2})
	if err != nil {
		return nil, err
	}
	p, err := split(&problem{label: "airfoil, louder than the median", net: net, prior: 1, epochs: 200, leaps: 30}, d, 500)
	if err != nil {
		return nil, err
	}
	scaling, err := data.NewStandardizer(p.train)
	if err != nil {
		return nil, err
	}
	if p.train, err = scaling.Apply(p.train); err != nil {
		return nil, err
	}
	p.test, err = scaling.Apply(p.test)
	return p, err
}

// louder makes classes of a target.
func louder(d *data.Dataset) (*data.Dataset, error) {
	var inputs []float32
	targets := make([]float32, d.Len())
	for i := range targets {
		inputs = append(inputs, d.Input(i)...)
		targets[i] = d.Target(i)[0]
	}
	median := slices.Sorted(slices.Values(targets))[len(targets)/2]
	labels := make([]int, len(targets))
	for i, y := range targets {
		if y > median {
			labels[i] = 1
		}
	}
	return data.NewLabeled(inputs, d.Shape(), labels, 2)
}

// cnn is the paper's network on so few images that it can be said what the posterior is.
func cnn(o *options) (*problem, error) {
	const images = 500
	train, test, err := data.MNIST(o.data)
	if err != nil {
		return nil, err
	}
	order := rand.New(rand.NewPCG(o.seed, 6)).Perm(train.Len())
	if train, err = train.Subset(order[:images]); err != nil {
		return nil, err
	}
	test, err = test.First(2000)
	return &problem{label: "convolutional network, MNIST", net: nn.MairCNN(), train: train, test: test, prior: 0.5, epochs: 40, leaps: 150}, err
}
