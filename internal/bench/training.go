package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// trainingBatch is how many samples a step of gradient descent has.
const trainingBatch = 100

// trainingRate is its learning rate.
const trainingRate = 1e-3

// checkedSteps is how many first steps must have the same losses here and in
// PyTorch.
const checkedSteps = 30

// trainingProblems returns what is measured of gradient descent. The samples of
// a problem are those of an epoch, in the order in which batches take them.
func trainingProblems() ([]*problem, error) {
	digits, err := data.Digits(6000, seed(1))
	if err != nil {
		return nil, err
	}
	color, err := noise([]int{3, 32, 32}, 2000)
	if err != nil {
		return nil, err
	}
	cnn, mlp, lenet, wide, err := networks()
	if err != nil {
		return nil, err
	}
	problems := []*problem{
		{name: "training the paper's CNN, digits", net: cnn, data: digits},
		{name: "training the MLP 784-128-10, digits", net: mlp, data: digits},
		{name: "training the LeNet-like, digits", net: lenet, data: digits},
		{name: "training the 3×32×32, 32 and 64 channels", net: wide, data: color},
	}
	for _, p := range problems {
		source := random.Source(3)
		p.samples = random.NewDeck(p.data.Len()).Draw(p.data.Len(), source)
		model := make([]float32, p.net.Params())
		nn.InitUniform(model, p.net, source)
		p.models = [][]float32{model}
	}
	return problems, nil
}

// training compares steps of Adam, from the same parameters and with the same
// batches.
func (b *bench) training() error {
	problems, err := trainingProblems()
	if err != nil {
		return err
	}
	t := newTable("gradient and step of Adam, batch 100", "samples/s")
	if err := b.fill(t, problems, (*nn.Network).NeededGradientMultiplyAdds, b.trainingParties); err != nil {
		return err
	}
	return b.print(t, "default and channels_last, each also traced")
}

// fullBatches compares steps of Adam on all samples of a table, as of small networks whose
// gradients are sampled by: four hidden layers of 16, and one of 50.
func (b *bench) fullBatches() error {
	var problems []*problem
	for _, c := range []struct{ samples, inputs int }{{1202, 5}, {13903, 12}} {
		for _, hidden := range [][]int{{16, 16, 16, 16}, {50}} {
			p, err := fullBatch(c.samples, c.inputs, hidden)
			if err != nil {
				return err
			}
			problems = append(problems, p)
		}
	}
	t := newTable("gradient and step of Adam, all samples", "samples/s")
	if err := b.fill(t, problems, (*nn.Network).NeededGradientMultiplyAdds, b.trainingParties); err != nil {
		return err
	}
	return b.print(t, "default and traced")
}

// fullBatch returns the problem of a table of normal numbers.
func fullBatch(samples, inputs int, hidden []int) (*problem, error) {
	source := random.Source(4)
	normal := rand.New(source)
	x, y := make([]float32, samples*inputs), make([]float32, samples)
	for i := range x {
		x[i] = float32(normal.NormFloat64())
	}
	for i := range y {
		y[i] = float32(normal.NormFloat64())
	}
	d, err := data.NewTargets(x, []int{inputs}, y)
	if err != nil {
		return nil, err
	}
	var layers []nn.Layer
	for _, width := range hidden {
		layers = append(layers, nn.Dense{Outputs: width}, nn.ReLU{})
	}
	net, err := nn.NewNetwork([]int{inputs}, append(layers, nn.Dense{Outputs: 2})...)
	if err != nil {
		return nil, err
	}
	p := &problem{name: fmt.Sprintf("%d rows, %d-%s-2", samples, inputs, strings.Trim(strings.ReplaceAll(fmt.Sprint(hidden), " ", "-"), "[]")), net: net, data: d, loss: nn.GaussianExp, batch: samples}
	for i := range samples {
		p.samples = append(p.samples, i)
	}
	model := make([]float32, net.Params())
	nn.InitUniform(model, net, source)
	p.models = [][]float32{model}
	return p, nil
}

func (b *bench) trainingParties(p *problem) (*parties, func(), error) {
	one, err := newTrainer(p, 1)
	if err != nil {
		return nil, func() {}, err
	}
	two, err := newTrainer(p, 2)
	if err != nil {
		return nil, one.gradients.Close, err
	}
	done := func() {
		one.gradients.Close()
		two.gradients.Close()
	}
	all := &parties{one: b.trainerParty(one, 1), two: b.trainerParty(two, 2)}
	if b.torch == nil {
		return all, done, nil
	}
	variants, losses, err := b.torch.loadTraining(p, p.trainingBatch(), trainingRate, checkedSteps)
	if err != nil {
		return nil, done, err
	}
	for i := range checkedSteps {
		mine := one.step()
		for v, variant := range variants {
			if theirs := losses[v][i]; !(math.Abs(mine-theirs) <= 1e-3*(1+math.Abs(mine))) {
				return nil, done, fmt.Errorf("the loss at step %d is %v here and %v in PyTorch (%s)", i, mine, theirs, variant)
			}
		}
	}
	for _, variant := range variants {
		for threads := 1; threads <= 2; threads++ {
			all.theirs = append(all.theirs, b.torch.party(p, variant, threads, b.seconds))
		}
	}
	return all, done, nil
}

// trainingBatch returns how many samples a step has.
func (p *problem) trainingBatch() int { return cmp.Or(p.batch, trainingBatch) }

// A trainer makes steps of gradient descent with this library.
type trainer struct {
	problem   *problem
	gradients *nn.Gradients
	adam      descent.Adam
	params    []float32
	gradient  []float32
	at        int // the next batch in problem.samples
}

func newTrainer(p *problem, workers int) (*trainer, error) {
	gradients, err := nn.NewGradients(p.net, p.data, cmp.Or(p.loss, nn.CrossEntropy), nn.Config{Workers: workers})
	if err != nil {
		return nil, err
	}
	params := append([]float32(nil), p.models[0]...)
	t := &trainer{problem: p, gradients: gradients, params: params, gradient: make([]float32, len(params))}
	return t, t.adam.Start(len(params))
}

// step makes one step and returns the loss before it.
func (t *trainer) step() float64 {
	samples, batch := t.problem.samples, t.problem.trainingBatch()
	loss := t.gradients.Gradient(t.gradient, t.params, samples[t.at:t.at+batch])
	t.adam.Step(t.params, t.gradient, trainingRate)
	t.at = (t.at + batch) % len(samples)
	return loss
}

// trainerParty returns this library as a party.
func (b *bench) trainerParty(t *trainer, workers int) *party {
	return &party{threads: workers, measure: func() (float64, error) {
		return float64(t.problem.trainingBatch()) * b.repeat(func() { t.step() }), nil
	}}
}
