package moves

import (
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// A window is one model, and what the path measure says of it.
type window struct {
	conditionals []tps.Conditional // by time
	mean         []float64         // of the model chosen last, given its neighbors
}

func newWindow(target tps.Target) window {
	w := window{conditionals: make([]tps.Conditional, target.Tau), mean: make([]float64, target.Losses.Params())}
	for t := range w.conditionals {
		w.conditionals[t] = target.Path.Conditional(t, target.Tau)
	}
	return w
}

// choose makes one model, each being equally likely, the one that a proposal changes.
func (w *window) choose(p *tps.Proposal) *tps.Conditional {
	tau := len(w.conditionals)
	p.First, p.Width = random.Below(p.Source, tau), 1
	p.Kind = tps.KindOf(p.First, 1, tau)
	c := &w.conditionals[p.First]
	c.Mean(w.mean, p.Current)
	return c
}
