package main

import (
	"fmt"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// snapshots are the models of a chain at several moments of the second half of its
// run. Checkpoints hold them.
type snapshots struct {
	Taken  int
	Models [][]float32
}

// checkSnapshots returns a UsageError if the snapshots need too much memory.
func (o *options) checkSnapshots() error {
	flags := fmt.Sprintf("-snapshots %d -tau %d -chains %d", o.snapshots, o.Tau, o.chains)
	return cli.CheckBytes(flags, o.snapshots, o.Tau, o.chains, 4, nn.MairCNN().Params())
}

// snapshotObservers returns what takes the snapshots of a chain. The last of them is
// the trajectory at the end, which models adds.
func (t *training) snapshotObservers(c *chain) []tps.Observer {
	if t.options.snapshots == 1 {
		return nil
	}
	return []tps.Observer{tps.EachStep(func(chain *tps.Chain, _ tps.Step) error {
		due := (1 + float64(c.snapshots.Taken+1)/float64(t.options.snapshots)) / 2
		if c.snapshots.Taken+1 < t.options.snapshots && t.share(chain.Steps(), c.meter.Spent.Seconds()) >= due {
			c.snapshots.Models = append(c.snapshots.Models, chain.Trajectory().Clone().Models()...)
			c.snapshots.Taken++
		}
		return nil
	})}
}

// models returns the members that chains give the ensemble.
func (t *training) models(chains []*chain) (models [][]float32) {
	for _, c := range chains {
		models = append(models, c.snapshots.Models...)
		models = append(models, c.Trajectory().Models()...)
	}
	return models
}
