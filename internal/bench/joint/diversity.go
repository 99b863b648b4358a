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
// to others. Images are divided in two halves at random. Modules are trained on one until
// they fit it, others on the other, and both are measured on both halves after the last
// epoch. So what some images differ from others cancels in differences.
type diversity struct {
	*experiment
	family         joint.Family // Softmax, or Gaussian: the squared error of one number a class, 1 for the label
	images, epochs int          // of a half
}

// squaredRate is the learning rate for each module with the squared error, for which that
// of the paper is too large.
const squaredRate = 0.0005

// show prints means over trials and their standard errors.
func (d *diversity) show(shapes []shape, first, trials int) error {
	fmt.Println("| modules × hidden units | trials | loss, training | others | of modules, training | others | diversity, training | others | training − others |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, s := range shapes {
		var columns [7][]float64
		for trial := first; trial < first+trials; trial++ {
			row, err := d.cross(s, trial)
			if err != nil {
				return err
			}
			for i, x := range row {
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

// cross trains modules on each half, and returns means over both of what show prints.
func (d *diversity) cross(s shape, trial int) (row [7]float64, err error) {
	source := rand.NewPCG(uint64(trial), 1)
	var halves [2]*data.Dataset
	if halves[0], halves[1], err = d.train.Split(d.images, source); err != nil {
		return row, err
	}
	if halves[1], err = halves[1].First(d.images); err != nil {
		return row, err
	}
	if d.family == joint.Gaussian {
		for i := range halves {
			if halves[i], err = oneHot(halves[i]); err != nil {
				return row, err
			}
		}
	}
	for i, train := range halves {
		onTrain, onOthers, err := d.reports(s, train, halves[1-i], source)
		if err != nil {
			return row, err
		}
		for i, x := range [...]float64{
			onTrain.Ensemble.Loss, onOthers.Ensemble.Loss, onTrain.Average.Loss, onOthers.Average.Loss,
			onTrain.Diversity, onOthers.Diversity, onTrain.Diversity - onOthers.Diversity,
		} {
			row[i] += x / 2
		}
	}
	return row, nil
}

// reports trains modules, and measures them on what they were trained on and on others.
func (d *diversity) reports(s shape, train, others *data.Dataset, source rand.Source) (onTrain, onOthers *joint.Report, err error) {
	net, err := s.network()
	if err != nil {
		return nil, nil, err
	}
	rate := joint.DefaultRate(s.modules, s.lambda)
	if d.family == joint.Gaussian {
		rate = squaredRate * float64(s.modules)
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
	onOthers, err = joint.Evaluate(net, modules, others, d.family)
	return onTrain, onOthers, err
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
