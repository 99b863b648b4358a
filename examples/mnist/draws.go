package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/posterior"
)

const (
	heldOut    = 200 // test samples whose log-likelihoods are recorded
	directions = 8   // along which models are recorded
)

// draws are what -posterior records. A nil *draws does nothing.
type draws struct {
	*posterior.Store
	heldOut *nn.Losses
}

// checkDraws returns a UsageError if the directory of -posterior is there, unless the
// run may go on with it.
func (o *options) checkDraws() error {
	if o.posterior == "" || o.checkpoints.Resume {
		return nil
	}
	if _, err := os.Lstat(o.posterior); err == nil {
		return drawsExist(o.posterior)
	}
	return cli.CheckFile("posterior", filepath.Clean(o.posterior))
}

func drawsExist(dir string) error {
	return cli.Usagef("-posterior %s: there is something already: remove it, or use another directory", dir)
}

// newDraws returns the draws that the flags ask for, of all chains in one directory:
// the first number of each block of parameters, projections on a few random
// directions, and log-likelihoods of test samples. All parameters would be some 100 kB
// a draw.
func (t *training) newDraws() (*draws, error) {
	if t.posterior == "" {
		return nil, nil
	}
	// At random: the files of MNIST have easier and harder parts.
	few := t.set.Test
	if few.Len() > heldOut {
		var err error
		if few, _, err = few.Split(heldOut, t.Source(sampler.DrawsStream, 0)); err != nil {
			return nil, err
		}
	}
	losses, err := nn.NewLosses(t.net, few, nn.CrossEntropy, nn.Config{Workers: 1})
	if err != nil {
		return nil, err
	}
	config := posterior.Config{
		Every:      t.drawEvery,
		BurnIn:     t.Anneal, // draws are of one target
		Directions: t.directions(),
		HeldOut:    losses,
		Attributes: map[string]string{"dataset": t.set.Label()},
		OnError: func(err error) error {
			fmt.Fprintf(t.report.stderr, "%v; the run goes on\n", err)
			return nil
		},
	}
	for _, block := range t.net.Blocks() {
		config.Coordinates = append(config.Coordinates, block.Offset)
	}
	for i := range few.Len() {
		config.Observed = append(config.Observed, float64(few.Label(i)))
	}
	chains := make([]*tps.Chain, len(t.chains))
	for k, c := range t.chains {
		chains[k] = c.Chain
	}
	store, err := posterior.New(t.posterior, chains, config)
	if err != nil {
		losses.Close()
		return nil, err
	}
	return &draws{store, losses}, nil
}

// directions returns random unit vectors, which depend on the seed alone.
func (t *training) directions() [][]float64 {
	source := t.Source(sampler.DrawsStream, 1)
	vectors := make([][]float64, directions)
	for k := range vectors {
		normal := make([]float32, t.net.Params())
		nn.InitNormal(normal, 1, source)
		vectors[k] = make([]float64, len(normal))
		squares := 0.0
		for _, x := range normal {
			squares += float64(x) * float64(x)
		}
		for i, x := range normal {
			vectors[k][i] = float64(x) / math.Sqrt(squares)
		}
	}
	return vectors
}

// parts returns what the checkpoints of a chain, from 0, are to hold.
func (d *draws) parts(chain int) []tps.Part {
	if d == nil {
		return nil
	}
	return []tps.Part{d.Part(chain)}
}

// observers returns what is to be called before others may end a run.
func (d *draws) observers(chain int) []tps.Observer {
	if d == nil {
		return nil
	}
	return []tps.Observer{d.Observer(chain)}
}

// start opens the directory, after all checkpoints have been read.
func (d *draws) start() error {
	if d == nil {
		return nil
	}
	err := d.Start()
	if errors.Is(err, fs.ErrExist) {
		return drawsExist(d.Dir())
	}
	return err
}

// end writes what waits, after the last checkpoints.
func (d *draws) end() error {
	if d == nil {
		return nil
	}
	return d.Close()
}

// close lets go of what computes.
func (d *draws) close() {
	if d == nil {
		return
	}
	d.Close() // in the wake of another error; run has ended it otherwise
	d.heldOut.Close()
}
