package main

import (
	"fmt"
	"io"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// watchEvery is the number of steps from a value of the loss to the next.
const watchEvery = 100

// A watch collects what tells how far a chain can be believed: its loss, as the
// tests' minibatches see it, and what its steps did.
type watch struct {
	loss        diagnostics.Accumulator
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
	tally := diagnostics.TallyConfig{Tau: o.tau, Samples: samples}
	if o.test == "adaptive" {
		tally.Chunk = o.chunk
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
	parts := []tps.Part{{Name: "loss", State: &w.loss}, {Name: "outline", State: w.outline}, {Name: "tally", State: w.tally}}
	if w.convergence != nil {
		parts = append(parts, tps.Part{Name: "convergence", State: w.convergence})
	}
	return parts
}

// observers returns what the run is to call.
func (w *watch) observers() []tps.Observer {
	loss := tps.Every(watchEvery, func(chain *tps.Chain) error {
		x := chain.LossEstimate()
		w.loss.Add(x)
		w.outline.Add(x)
		return nil
	})
	observers := []tps.Observer{w.tally.Observer(), loss}
	if w.convergence != nil {
		observers = append(observers, w.convergence.Observer(watchEvery, (*tps.Chain).LossEstimate))
	}
	return observers
}

// printWatches writes what the watches of all chains found.
func printWatches(w io.Writer, watches []*watch, seconds float64) error {
	var series [][]float64
	for k, one := range watches {
		burnIn, settled := one.outline.BurnIn()
		stationarity := one.outline.Stationarity()
		rest := one.outline.MeanAfter(burnIn)
		time := diagnostics.IntegratedTime(one.outline.Means()[min(len(one.outline.Means()), burnIn/one.outline.Size()):], 0)
		fmt.Fprintf(w, "\nchain %d, loss on the minibatches each %d steps:\n", k+1, watchEvery)
		fmt.Fprintf(w, "  burn-in          %d steps, settled: %v; Geweke's test of the whole run: %v\n", burnIn*watchEvery, settled, stationarity)
		fmt.Fprintf(w, "  after it         %.4f ± %.4f\n", rest.Mean, rest.StandardError)
		tau := time.Tau * float64(one.outline.Size())
		fmt.Fprintf(w, "  autocorrelation  τ_int %.0f steps, effective size %.0f, %.2g a second\n",
			tau*watchEvery, time.EffectiveSize(), time.EffectiveSize()/seconds)
		series = append(series, one.outline.Means())
	}
	if len(watches) > 1 {
		fmt.Fprintf(w, "\nsplit R̂ of the chains: %.3f\n", diagnostics.SplitRHat(series))
	}
	all := watches[0].tally
	for _, one := range watches[1:] {
		if err := all.Merge(one.tally); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n%v", all)
	return err
}
