package main

import (
	"fmt"
	"math"

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
	variants, losses, err := b.torch.loadTraining(p, trainingBatch, trainingRate, checkedSteps)
	if err != nil {
		return nil, done, err
	}
	for i := range checkedSteps {
		mine := one.step()
		for v, variant := range variants {
			if theirs := losses[v][i]; !(math.Abs(mine-theirs) <= 1e-3*(1+mine)) {
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
	gradients, err := nn.NewGradients(p.net, p.data, nn.CrossEntropy, nn.Config{Workers: workers})
	if err != nil {
		return nil, err
	}
	params := append([]float32(nil), p.models[0]...)
	t := &trainer{problem: p, gradients: gradients, params: params, gradient: make([]float32, len(params))}
	return t, t.adam.Start(len(params))
}

// step makes one step and returns the loss before it.
func (t *trainer) step() float64 {
	samples := t.problem.samples
	loss := t.gradients.Gradient(t.gradient, t.params, samples[t.at:t.at+trainingBatch])
	t.adam.Step(t.params, t.gradient, trainingRate)
	t.at = (t.at + trainingBatch) % len(samples)
	return loss
}

// trainerParty returns this library as a party.
func (b *bench) trainerParty(t *trainer, workers int) *party {
	return &party{threads: workers, measure: func() (float64, error) {
		return trainingBatch * b.repeat(func() { t.step() }), nil
	}}
}
