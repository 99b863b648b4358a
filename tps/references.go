package tps

import (
	"slices"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/minibatch"
)

// references has the references of a chain's models, by time, and decides when to
// make them. A reference is a copy of a model with the losses and the gradient
// there. It is made when what it saves is expected to be more than what it costs,
// by what decisions have cost with and without one. That depends on the chain's
// past only, and not on a clock.
type references struct {
	losses Losses
	slopes Slopes  // losses, if they have slopes
	always bool    // the test needs them whatever they cost
	least  float64 // what a decision costs at least
	price  float64
	from   int         // time of the first model that may have one
	of     []reference // by time, from that on

	paying   bool    // a reference has saved more than its price
	patience float64 // how much is spent before one is tried, see due
	spent    float64 // since the last trial, beyond the least

	// Of the window in hand.
	times      []int
	strata     []*minibatch.Strata // none if a model has no reference
	models     [][]float32
	directions [][]float32
	rows       [][]float64
	buffer     []float64
	all        []float64 // N losses

	// Scratch of evaluate.
	block   [1][]float64
	model   [1][]float32
	samples []int
}

// A reference is that of one model.
type reference struct {
	live            bool
	model, gradient []float32
	strata          minibatch.Strata
	account
}

// An account is what decisions with a reference have cost for its model, in
// losses.
type account struct {
	decisions float64
	cost      float64
	uniform   float64 // what they would have cost without it
	recent    float64 // mean cost of recent decisions
	saved     float64 // mean saving of recent decisions
}

const (
	// lossPrice and gradientPrice are the prices of a sample of a reference, in
	// losses, without and with slopes.
	lossPrice, gradientPrice = 1.0, 6.0
	// impatience is the first patience.
	impatience = 3.0
	// life is how many decisions of its model a reference is expected to serve.
	life = 50.0
	// judged is after how many decisions a reference must save something.
	judged = 32
	// sure is after how many decisions one may expect a reference to pay.
	sure = 4
	// recently is how many decisions a mean of recent ones is over.
	recently = 16
)

// A referenceUser is a test that says whether references are useful to it, whether
// it needs them whatever they cost, and what a decision costs at least, as
// minibatch.Adaptive does.
type referenceUser interface {
	References() (useful, needed bool, least float64)
}

// newReferences returns the references of τ models, from a time on, for a test that
// has a use for them, else nil.
func newReferences(test minibatch.Test, losses Losses, from, tau int) *references {
	user, ok := test.(referenceUser)
	if !ok {
		return nil
	}
	useful, needed, least := user.References()
	if !useful {
		return nil
	}
	// Without memory for references the chain goes without.
	if params, samples := float64(losses.Params()), float64(losses.Samples()); memory.Check(float64(tau)*(8*params+5*samples)+8*samples) != nil {
		return nil
	}
	r := &references{losses: losses, from: from, always: needed, least: least, patience: impatience, of: make([]reference, tau)}
	r.slopes, _ = losses.(Slopes)
	r.price = lossPrice * float64(losses.Samples())
	if r.slopes != nil {
		r.price = gradientPrice * float64(losses.Samples())
	}
	return r
}

// set takes up the references of the models of some times.
func (r *references) set(times []int) {
	r.times = times
	r.strata, r.models = r.strata[:0], r.models[:0]
	for _, t := range times {
		ref := &r.of[t-r.from]
		if !ref.live {
			r.strata = r.strata[:0]
			return
		}
		r.strata, r.models = append(r.strata, &ref.strata), append(r.models, ref.model)
	}
}

// settle takes a decision on the models of the times in hand into account, makes
// references that pay, at what the models are now, and gives up those that do not. It
// returns how many it has made.
func (r *references) settle(decision *minibatch.Decision, now *Trajectory) (made int) {
	if decision.Estimate == 0 {
		return 0
	}
	if len(r.strata) == 0 {
		r.spent += max(0, decision.Cost-r.least) * float64(len(r.times))
	}
	for _, t := range r.times {
		ref := &r.of[t-r.from]
		if ref.live && len(r.strata) == 0 {
			continue // another of the window has none
		}
		if ref.live {
			ref.spend(decision.Cost, decision.UniformCost)
			if !r.judge(ref) {
				continue
			}
		}
		if r.always || r.paying || r.due(decision.Cost) {
			r.spent = 0
			r.renew(ref, now.Model(t))
			made++
		}
	}
	return made
}

// due says whether so much has been spent without references, beyond what could
// not be saved, that one may be tried: some prices, and more if a decision costs so
// little that a reference would have to serve for long.
func (r *references) due(cost float64) bool {
	return cost > r.least && r.spent >= r.patience*r.price*max(1, r.price/(life*(cost-r.least)))
}

func (a *account) spend(cost, uniform float64) {
	a.decisions++
	a.cost += cost
	a.uniform += uniform
	gain := 1 / min(a.decisions, recently)
	a.recent += gain * (cost - a.recent)
	a.saved += gain * (uniform - cost - a.saved)
}

// judge says whether another reference should take the place of one: its age has
// made decisions cost more than they did on the average, price included. If it
// has not saved its price it is given up.
func (r *references) judge(ref *reference) (replace bool) {
	paid := r.price+ref.cost < ref.uniform
	if paid || ref.decisions >= sure && ref.saved*life > r.price {
		r.paying, r.patience = true, impatience
	}
	useless := ref.decisions >= judged && ref.saved < 0.2*ref.recent
	old := ref.decisions >= recently && ref.recent*ref.decisions >= r.price+ref.cost
	switch {
	case r.always:
		return old
	case !useless && !old:
		return false
	case paid:
		return true
	}
	ref.live = false
	r.paying, r.patience, r.spent = false, 2*r.patience, 0
	return false
}

// renew makes a model the reference.
func (r *references) renew(ref *reference, model []float32) {
	if ref.model == nil {
		ref.model = make([]float32, len(model))
		ref.gradient = make([]float32, len(model))
	}
	if r.all == nil {
		r.all = make([]float64, r.losses.Samples())
	}
	copy(ref.model, model)
	ref.account, ref.live = account{}, true
	if r.slopes != nil {
		r.slopes.Gradient(ref.gradient, r.all, ref.model)
	} else {
		r.evaluate(ref.model)
	}
	ref.strata.Set(r.all)
}

// copy makes ref the same reference as another, of which nothing was paid.
func (r *reference) copy(of *reference) {
	r.live, r.account = true, account{}
	r.model, r.gradient = slices.Clone(of.model), slices.Clone(of.gradient)
	r.strata.Copy(&of.strata)
}

// evaluate computes all losses of a model.
func (r *references) evaluate(model []float32) {
	if r.samples == nil {
		r.samples = make([]int, lossBlock)
	}
	r.model[0] = model
	for from := 0; from < len(r.all); from += lossBlock {
		block := r.all[from:min(from+lossBlock, len(r.all))]
		samples := r.samples[:len(block)]
		for j := range samples {
			samples[j] = from + j
		}
		r.block[0] = block
		r.losses.Losses(r.block[:], r.model[:], samples)
	}
}
