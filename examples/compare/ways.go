package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
)

// A way to an ensemble. A new one is a function in a file of its own, and a line below.
type way struct {
	name, about string
	// train makes the ensemble of a task. Where it is interrupted it returns an error.
	train func(ctx context.Context, t *task) (*outcome, error)
}

// deepEnsemble is the name of the way that sets the time for all.
const deepEnsemble = "deep"

// ways are all there are, in the order of the table.
var ways = []way{
	{"single", "one network", trainSingle},
	{deepEnsemble, "independent networks (arXiv 1612.01474)", trainDeep},
	{"snapshot", "one network at the ends of cycles of the learning rate, in the\n                    epochs of one (arXiv 1704.00109)", trainSnapshot},
	{"swag", "members of a normal distribution about the path of SGD (arXiv 1902.02476)", trainSWAG},
	{"multiswag", "the same about three networks (arXiv 2002.08791)", trainMultiSWAG},
	{"laplace-probit", "Laplace's approximation of the last layer, probit approximation\n                    (arXiv 2106.14806)", trainLaplaceProbit},
	{"laplace-last", "the same, members drawn", trainLaplaceLast},
	{"laplace-diagonal", "of all layers, the diagonal only, members drawn", trainLaplaceDiagonal},
	{"joint-0.5", "networks trained together, λ = 0.5 (arXiv 1902.04422)", trainJoint(0.5)},
	{"joint-0.95", "λ = 0.95", trainJoint(0.95)},
	{"joint-1", "λ = 1", trainJoint(1)},
	{"spro", "points of a simplex grown from one network (arXiv 2102.13042)", trainSPRO},
	{"espro", "points of simplexes grown from three", trainESPRO},
	{"sgld", "a chain of stochastic gradient Langevin dynamics from one network\n                    (Welling and Teh, 2011)", trainSGLD},
	{"sghmc", "the same by stochastic gradient Hamiltonian Monte Carlo\n                    (arXiv 1402.4102)", trainSGHMC},
	{"mile", "microcanonical Langevin chains from three networks (arXiv 2502.06335)", trainMILE},
	{"trajectory-paper", "a trajectory from a random start at the paper's s = 50\n                    (arXiv 2306.13442)", trainTrajectoryPaper},
	{"trajectory", "a trajectory from one network and copies of it trained again, at\n                    s = N, as examples/mnist does it", trainTrajectory},
	{"trajectories", "such trajectories from three networks", trainTrajectories},
}

// describeWays returns a line for each way.
func describeWays() string {
	var text strings.Builder
	for _, w := range ways {
		fmt.Fprintf(&text, "  %-17s %s\n", w.name, w.about)
	}
	return text.String()
}

// An outcome is an ensemble that a way has made.
type outcome struct {
	members    int
	parameters int
	predict    func(d *data.Dataset) (*metrics.Predictions, error)
}

// committee returns the outcome of members that are models of the task's network: their mean
// probabilities.
func (t *task) committee(models [][]float32) (*outcome, error) {
	c, err := ensemble.New(t.net, models)
	if err != nil {
		return nil, err
	}
	return &outcome{len(models), len(models) * t.net.Params(), func(d *data.Dataset) (*metrics.Predictions, error) {
		p, err := c.PredictClasses(d.Unlabeled())
		if err != nil {
			return nil, err
		}
		return metrics.NewPredictions(p.LogProbabilities, p.Classes)
	}}, nil
}
