package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/simplex"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// reach is half the side of the square in which decisions are looked at.
const reach = 22.0

// A tetrahedron is what grew from a network that was trained on two spirals.
type tetrahedron struct {
	net         *nn.Network
	train, test *data.Dataset
	complex     *simplex.Complex
	loss        func(model []float32) float64 // on the training data
	committee   *ensemble.Committee           // of points
}

func showSpirals(ctx context.Context, first, seeds int, lambda float64, out string) error {
	fmt.Println("| seed | log₁₀ V | loss at the mode | of points, median | highest of 50 | least training accuracy of a point | test accuracy, mode | points, mean | committee | not of one mind, share of the square |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for seed := first; seed < first+seeds; seed++ {
		t, err := newTetrahedron(ctx, uint64(seed), lambda)
		if err != nil {
			return err
		}
		if err := t.print(seed); err != nil {
			return err
		}
		if seed == 0 && out != "" {
			if err := t.drawFaces(out); err != nil {
				return err
			}
			if err := t.drawFields(out); err != nil {
				return err
			}
		}
	}
	return nil
}

func newTetrahedron(ctx context.Context, seed uint64, lambda float64) (*tetrahedron, error) {
	t := new(tetrahedron)
	var err error
	if t.train, err = data.TwoSpirals(100, 1, random.Source(seed, 1)); err != nil {
		return nil, err
	}
	if t.test, err = data.TwoSpirals(2000, 1, random.Source(seed, 2)); err != nil {
		return nil, err
	}
	var layers []nn.Layer
	for range 7 {
		layers = append(layers, nn.Dense{Outputs: 25}, nn.ReLU{})
	}
	if t.net, err = nn.NewNetwork([]int{2}, append(layers, nn.Dense{Outputs: 2})...); err != nil {
		return nil, err
	}
	losses, err := nn.NewLosses(t.net, t.train, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return nil, err
	}
	t.loss = simplex.MeanLoss(losses)
	source := random.Source(seed, 3)
	if err := t.grow(ctx, lambda, source); err != nil {
		return nil, err
	}
	t.committee, err = t.complex.Committee(t.net, 50, source)
	return t, err
}

// grow trains a network on all points at a time, and grows a tetrahedron from it.
func (t *tetrahedron) grow(ctx context.Context, lambda float64, source rand.Source) error {
	gradients, err := nn.NewGradients(t.net, t.train, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return err
	}
	mode := make([]float32, t.net.Params())
	nn.InitUniform(mode, t.net, source)
	if _, err := descent.Run(ctx, mode, gradients, descent.Config{
		Epochs: 2000, Schedule: descent.Cosine{Peak: 0.01, WarmUp: 0.1}, Source: source,
	}); err != nil {
		return err
	}
	if t.complex, err = simplex.New([][]float32{mode}); err != nil {
		return err
	}
	return simplex.SPRO(ctx, t.complex, 3, gradients, simplex.Config{
		Epochs: 1000, Schedule: descent.Cosine{Peak: 0.01}, Lambda: lambda, Source: source,
		Initialize: func(params []float32, source rand.Source) { nn.InitUniform(params, t.net, source) },
	})
}

func (t *tetrahedron) print(seed int) error {
	train, err := t.committee.Evaluate(t.train)
	if err != nil {
		return err
	}
	test, err := t.committee.Evaluate(t.test)
	if err != nil {
		return err
	}
	alone, err := ensemble.New(t.net, [][]float32{t.complex.Vertex(0)})
	if err != nil {
		return err
	}
	mode, err := alone.Evaluate(t.test)
	if err != nil {
		return err
	}
	losses := make([]float64, t.committee.Len())
	mean := 0.0
	for i := range losses {
		losses[i] = t.loss(t.committee.Member(i))
		mean += test.MemberAccuracy[i] / float64(len(losses))
	}
	slices.Sort(losses)
	fmt.Printf("| %d | %.2f | %.5f | %.5f | %.5f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", seed, t.complex.LogVolume()/math.Ln10, t.loss(t.complex.Vertex(0)),
		losses[len(losses)/2], losses[len(losses)-1], slices.Min(train.MemberAccuracy), mode.Accuracy, mean, test.Accuracy, t.disagreement())
	return nil
}

// disagreement returns in what share of the square the members do not all vote alike.
func (t *tetrahedron) disagreement() float64 {
	const n = 100
	votes := make([]int, n*n)
	for m := range t.committee.Len() {
		for i, p := range t.field(t.committee.Member(m), n) {
			if p > 0.5 {
				votes[i]++
			}
		}
	}
	split := 0
	for _, v := range votes {
		if v > 0 && v < t.committee.Len() {
			split++
		}
	}
	return float64(split) / (n * n)
}

// field returns the probability of the second class on a grid of n × n points of the square,
// row by row from below.
func (t *tetrahedron) field(model []float32, n int) []float64 {
	evaluator, outputs := t.net.NewEvaluator(), make([]float32, 2)
	field := make([]float64, 0, n*n)
	for i := range n {
		for j := range n {
			at := []float32{float32(coordinate(j, n)), float32(coordinate(i, n))}
			evaluator.Output(outputs, model, at)
			field = append(field, 1/(1+math.Exp(float64(outputs[0]-outputs[1]))))
		}
	}
	return field
}

// coordinate returns that of cell i of n.
func coordinate(i, n int) float64 { return reach * (2*(float64(i)+0.5)/float64(n) - 1) }
