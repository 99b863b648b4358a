package main

import (
	"fmt"
	"io"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// watchEvery is the number of steps from a value of the loss to the next.
const watchEvery = 100

// fewest is the number of values that Geweke's test needs.
const fewest = 100

// A watch collects what tells how far a chain can be believed: its loss, as the
// tests' minibatches see it, and what its steps did.
type watch struct {
	outline     *diagnostics.Blocks
	tally       *diagnostics.Tally
	convergence *diagnostics.Convergence // nil: the run is not to end by it
}

func newWatch(o *options, samples int) (*watch, error) {
	w := new(watch)
	var err error
	if w.outline, err = diagnostics.NewBlocks(0); err != nil {
		return nil, err
	}
	tally := diagnostics.TallyConfig{Tau: o.Tau, Samples: samples}
	if o.Test.Name == "adaptive" {
		tally.Chunk = o.Test.Chunk
	}
	if w.tally, err = diagnostics.NewTally(tally); err != nil {
		return nil, err
	}
	if o.converge {
		w.convergence, err = diagnostics.NewConvergence(diagnostics.ConvergenceConfig{})
	}
	return w, err
}

// parts returns what checkpoints hold.
func (w *watch) parts() []tps.Part {
	parts := []tps.Part{{Name: "outline", State: w.outline}, {Name: "tally", State: w.tally}}
	if w.convergence != nil {
		parts = append(parts, tps.Part{Name: "convergence", State: w.convergence})
	}
	return parts
}

// observers returns what the run is to call.
func (w *watch) observers() []tps.Observer {
	loss := tps.Every(watchEvery, func(chain *tps.Chain) error {
		w.outline.Add(chain.LossEstimate())
		return nil
	})
	observers := []tps.Observer{w.tally.Observer(), loss}
	if w.convergence != nil {
		observers = append(observers, w.convergence.Observer(watchEvery, (*tps.Chain).LossEstimate))
	}
	return observers
}

// printWatches writes what the watches of chains found in a number of seconds.
func printWatches(w io.Writer, chains []*chain, seconds float64) error {
	var series [][]float64
	for k, c := range chains {
		fmt.Fprintf(w, "\nchain %d, loss on the minibatches each %d steps:\n", k+1, watchEvery)
		c.watch.print(w, seconds)
		series = append(series, c.watch.outline.Means())
	}
	if len(chains) > 1 {
		fmt.Fprintf(w, "\nsplit R̂ of the chains: %.3f\n", diagnostics.SplitRHat(series))
	}
	all, err := tallyOf(chains)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%v", all)
	return err
}

// tallyOf returns the tally of all steps of chains, at least one.
func tallyOf(chains []*chain) (*diagnostics.Tally, error) {
	all, err := diagnostics.NewTally(chains[0].watch.tally.Config())
	if err != nil {
		return nil, err
	}
	for _, c := range chains {
		if err := all.Merge(c.watch.tally); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// print writes what the watch of one chain found.
func (w *watch) print(to io.Writer, seconds float64) {
	means, size := w.outline.Means(), w.outline.Size() // of a mean, in values
	if len(means) < fewest {
		fmt.Fprintf(to, "  too short to be judged: %d steps, want %d\n", w.outline.Count()*watchEvery, fewest*watchEvery)
		return
	}
	burnIn, settled := w.outline.BurnIn()
	rest := w.outline.MeanAfter(burnIn)
	correlation := diagnostics.IntegratedTime(means[min(len(means), burnIn/size):], 0)
	fmt.Fprintf(to, "  burn-in          %d steps, settled: %v; Geweke's test of the whole run: %v\n", burnIn*watchEvery, settled, w.outline.Stationarity())
	fmt.Fprintf(to, "  after it         %.4f ± %.4f\n", rest.Mean, rest.StandardError)
	fmt.Fprintf(to, "  autocorrelation  τ_int %.0f steps, effective size %.0f, %.2g a second\n",
		correlation.Tau*float64(size*watchEvery), correlation.EffectiveSize(), correlation.EffectiveSize()/seconds)
}
