package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/joint"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// A run is one ensemble and how it is trained.
type run struct {
	shape
	trial  int
	epochs int
	images int  // to train on
	last   bool // measured after the last epoch, not at the lowest validation error
}

func (r run) String() string { return fmt.Sprintf("%v, trial %d", r.shape, r.trial) }

// make trains the ensemble and measures it.
func (e *experiment) make(r run) (*result, error) {
	start := time.Now()
	source := rand.NewPCG(uint64(r.trial), 1)
	train, validation, err := e.train.Split(training, source)
	if err != nil {
		return nil, err
	}
	if train, err = train.First(r.images); err != nil {
		return nil, err
	}
	net, err := r.network()
	if err != nil {
		return nil, err
	}
	modules := joint.Initialize(net, r.modules, source)
	last := &result{}
	c := joint.Config{
		Lambda: r.lambda, Workers: e.workers,
		Descent: descent.Config{Epochs: r.epochs, Batch: 100, Source: source, Progress: func(epoch descent.Epoch) error {
			if epoch.Best == epoch.Number {
				last.epoch, last.validation = epoch.Number, 100*epoch.Validation
			}
			if e.progress {
				fmt.Fprintf(os.Stderr, "%v: epoch %d, loss %.4f, validation error %.2f %%\n", r, epoch.Number, epoch.Loss, 100*epoch.Validation)
			}
			return nil
		}},
	}
	if !r.last {
		c.Validation = validation
	}
	if _, err = joint.Train(e.ctx, net, modules, train, c); err != nil {
		return nil, err
	}
	if r.last {
		report, err := joint.Evaluate(net, modules, validation, 0)
		if err != nil {
			return nil, err
		}
		last.validation = 100 * report.Ensemble.Error
	}
	if err := e.measure(last, net, modules, train); err != nil {
		return nil, err
	}
	last.seconds = time.Since(start).Seconds()
	return last, nil
}

func (s shape) network() (*nn.Network, error) {
	return nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: s.hidden}, nn.ReLU{}, nn.Dense{Outputs: 10})
}

// shares are how many of the modules are dropped, of 1.
var shares = [...]float64{0.1, 0.25, 0.5, 0.75, 0.9}

// A result is what a run gave, in percent where it is an error or a score.
type result struct {
	epoch   int // that was measured
	seconds float64

	validation, error, average, trainError float64 // errors; on test data but for the first and the last
	loss, trainLoss                        float64 // of the ensemble
	diversity                              float64 // on test data
	trainDiversity                         float64
	best, random                           float64              // F1, means over classes
	dropped                                [len(shares)]float64 // mean error over draws
}

// numbers returns pointers to the numbers that columns names.
func (r *result) numbers() []*float64 {
	numbers := []*float64{
		&r.validation, &r.error, &r.average, &r.trainError, &r.loss, &r.trainLoss, &r.diversity, &r.trainDiversity, &r.best, &r.random,
	}
	for i := range r.dropped {
		numbers = append(numbers, &r.dropped[i])
	}
	return numbers
}

var columns = []string{
	"validation error, %", "test error, %", "of a module, %", "training error, %", "test NLL", "training NLL", "diversity, test", "training",
	"F1 of best module, %", "of a random one, %", "test error with 10 % dropped", "25 %", "50 %", "75 %", "90 %",
}

// measure measures trained modules.
func (e *experiment) measure(r *result, net *nn.Network, modules [][]float32, train *data.Dataset) error {
	onTrain, err := joint.Evaluate(net, modules, train, 0)
	if err != nil {
		return err
	}
	onTest, err := joint.Evaluate(net, modules, e.test, 0)
	if err != nil {
		return err
	}
	r.error, r.average, r.trainError = 100*onTest.Ensemble.Error, 100*onTest.Average.Error, 100*onTrain.Ensemble.Error
	r.loss, r.trainLoss = onTest.Ensemble.Loss, onTrain.Ensemble.Loss
	r.diversity, r.trainDiversity = onTest.Diversity, onTrain.Diversity
	var keep []int
	for _, share := range shares {
		keep = append(keep, max(1, int(float64(len(modules))*(1-share)+0.5)))
	}
	dropped, err := joint.Drop(net, modules, e.test, keep, joint.DropConfig{})
	if err != nil {
		return err
	}
	for i, errors := range dropped {
		r.dropped[i] = 100 * stat.Mean(errors, nil)
	}
	f1, err := joint.Specialize(net, modules, e.test)
	if err != nil {
		return err
	}
	r.best, r.random = 100*stat.Mean(f1.Best, nil), 100*stat.Mean(f1.Random, nil)
	return nil
}
