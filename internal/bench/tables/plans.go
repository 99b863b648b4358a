package main

import (
	"fmt"
	"strings"

	"github.com/trajens/trajens/nn"
)

// A planKind is a plan with the widths and settings of a table.
type planKind struct {
	name, about string
	of          func(t table) plan
}

var planKinds = []planKind{
	{"published", "a deep ensemble of 5, 40 epochs of Adam in batches of 100 (arXiv 1612.01474), without adversarial samples", published},
	{"deep", "a deep ensemble of 5 with settings that were chosen by samples held out", deep},
	{"bde", "MILE as bde's benchmark has it: 10 networks, 1,200 steps of full batches, 50,000 steps to tune", bde},
	{"mile", "MILE with settings that were chosen by samples held out", mile},
}

// planOf returns the plan of that name for a table.
func planOf(name string, t table) (plan, error) {
	for _, kind := range planKinds {
		if kind.name == name {
			p := kind.of(t)
			p.name, p.hidden = name, t.hidden
			return p, nil
		}
	}
	return plan{}, fmt.Errorf("-plan %q: want some of %s", name, names(planKinds, func(k planKind) string { return k.name }))
}

// describePlans returns a line for each plan.
func describePlans() string {
	var b strings.Builder
	for _, kind := range planKinds {
		fmt.Fprintf(&b, "\t%-10s %s\n", kind.name, kind.about)
	}
	return b.String()
}

// published is the training of Lakshminarayanan, Pritzel and Blundell.
func published(table) plan {
	return plan{loss: nn.GaussianSoftplus, members: 5, training: training{epochs: 40, batch: 100, rate: 0.01}}
}

// deep has more epochs, with a rate that falls, and scales that are exponentials.
func deep(t table) plan {
	p := published(t)
	p.loss, p.training = nn.GaussianExp, training{epochs: 400, batch: 32, rate: 0.01, cosine: true}
	switch t.name {
	case "airfoil":
		p.members, p.loss, p.epochs, p.rate = 10, nn.GaussianSoftplus, 1000, 0.005
	case "bike":
		p.members, p.loss, p.epochs, p.batch, p.rate = 10, nn.GaussianSoftplus, 200, 100, 0.005
	case "protein":
		p.epochs, p.batch, p.rate = 40, 100, 0.005
	}
	return p
}

// bde is the configuration of paper/scripts/benchmark.py of the repository
// scikit-learn-contrib/bde.
func bde(table) plan {
	return plan{
		loss: nn.GaussianSoftplus, members: 10,
		training: training{epochs: 1200, rate: 1e-3, decay: 1e-4, held: 0.15, patience: 20},
		sampling: sampling{tuning: 50_000, draws: 100, thin: 10, variance: 0.5, finalVariance: 0.1, prior: 1},
	}
}

// mile has other lengths of the tuning and the sampling, and scales that are exponentials.
func mile(t table) plan {
	p := bde(t)
	p.loss = nn.GaussianExp
	p.training = training{epochs: 500, batch: 32, rate: 1e-3, decay: 1e-3, held: 0.1, patience: 20}
	switch t.name {
	case "airfoil":
		p.tuning, p.thin, p.finalVariance = 40_000, 100, 0.02
	case "bike": // from the networks of deep, as a step of sampling takes as long as two epochs
		p.loss, p.training = deep(t).loss, deep(t).training
		p.tuning, p.thin, p.finalVariance = 6000, 40, 0.02
	case "protein":
		p.members, p.loss, p.training = 5, deep(t).loss, deep(t).training
		p.tuning, p.draws, p.thin = 1000, 50, 10
	default:
		p.members, p.tuning, p.thin = 5, 3000, 20
	}
	return p
}
