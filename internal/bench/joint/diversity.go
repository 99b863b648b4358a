package main

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/joint"
	"github.com/trajens/trajens/nn/descent"
)

// A diversity is an experiment about how far the diversity on training data carries over
// to others: modules are trained on some images until they fit them, and measured after
// the last epoch.
type diversity struct {
	*experiment
	family         joint.Family // Softmax, or Gaussian: the squared error of one number a class, 1 for the label
	images, epochs int
}

// squaredRate is the learning rate for each module with the squared error, for which that
// of the paper is too large.
const squaredRate = 0.0005

// show prints means over trials and their standard errors.
func (d *diversity) show(shapes []shape, first, trials int) error {
	fmt.Println("| modules × hidden units | trials | loss, training | test | of modules, training | test | diversity, training | test | training − test | test error of the ensemble |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, s := range shapes {
		var columns [8][]float64
		for trial := first; trial < first+trials; trial++ {
			onTrain, onTest, err := d.reports(s, trial)
			if err != nil {
				return err
			}
			for i, x := range [...]float64{
				onTrain.Ensemble.Loss, onTest.Ensemble.Loss, onTrain.Average.Loss, onTest.Average.Loss,
				onTrain.Diversity, onTest.Diversity, onTrain.Diversity - onTest.Diversity, onTest.Ensemble.Error,
			} {
				columns[i] = append(columns[i], x)
			}
		}
		fmt.Printf("| %v | %d |", s, trials)
		for _, values := range columns {
			mean, deviation := stat.MeanStdDev(values, nil)
			fmt.Printf(" %.4f", mean)
			if trials > 1 {
				fmt.Printf(" ± %.4f", stat.StdErr(deviation, float64(trials)))
			}
			fmt.Print(" |")
		}
		fmt.Println()
	}
	return nil
}

// reports trains modules, and measures them on training and on test data.
func (d *diversity) reports(s shape, trial int) (onTrain, onTest *joint.Report, err error) {
	source := rand.NewPCG(uint64(trial), 1)
	train, _, err := d.train.Split(d.images, source)
	if err != nil {
		return nil, nil, err
	}
	test, rate := d.test, joint.DefaultRate(s.modules, s.lambda)
	if d.family == joint.Gaussian {
		rate = squaredRate * float64(s.modules)
		if train, err = oneHot(train); err != nil {
			return nil, nil, err
		}
		if test, err = oneHot(test); err != nil {
			return nil, nil, err
		}
	}
	net, err := s.network()
	if err != nil {
		return nil, nil, err
	}
	modules := joint.Initialize(net, s.modules, source)
	if _, err = joint.Train(d.ctx, net, modules, train, joint.Config{
		Lambda: s.lambda, Family: d.family, Workers: d.workers,
		Descent: descent.Config{Epochs: d.epochs, Source: source, Schedule: descent.Constant(rate)},
	}); err != nil {
		return nil, nil, err
	}
	if onTrain, err = joint.Evaluate(net, modules, train, d.family); err != nil {
		return nil, nil, err
	}
	onTest, err = joint.Evaluate(net, modules, test, d.family)
	return onTrain, onTest, err
}

// oneHot returns a dataset with a target for each class, 1 for that of the label and 0
// for others.
func oneHot(d *data.Dataset) (*data.Dataset, error) {
	inputs, targets := make([]float32, 0, d.Len()*d.Size()), make([]float32, d.Len()*d.Classes())
	for i := range d.Len() {
		inputs = append(inputs, d.Input(i)...)
		targets[i*d.Classes()+d.Label(i)] = 1
	}
	return data.NewTargets(inputs, d.Shape(), targets)
}
