package tps

import "math"

// A Path is the path measure, the distribution of trajectories without the tilt:
// a Gaussian random walk with a prior,
//
//	p(Θ) ∝ p(θ₁) · ∏ₜ exp(−‖θₜ₊₁ − θₜ‖² / 2σ²),
//
// or with ∏ₜ p(θₜ) in the place of p(θ₁).
type Path struct {
	// Sigma is σ.
	Sigma float64
	// Prior is that of the first model. nil: flat.
	Prior *Gaussian
	// EveryModel says that Prior is that of every model.
	EveryModel bool
}

// samePath tells whether two path measures are the same.
func samePath(a, b Path) bool {
	return a.Sigma == b.Sigma && a.EveryModel == b.EveryModel && a.Prior.String() == b.Prior.String()
}

// pull returns the precision of the prior of the model at a time, in units of
// 1/σ².
func (path *Path) pull(time int) float64 {
	if path.Prior == nil || time > 0 && !path.EveryModel {
		return 0
	}
	ratio := path.Sigma / path.Prior.Sigma
	return ratio * ratio
}

// LogRatio returns log p(Θ′)/p(Θ) of a proposal. It looks at the models of the
// window and their neighbors, in the proposal's coordinates.
func (path *Path) LogRatio(p *Proposal) float64 { return path.walkRatio(p) + path.priorRatio(p) }

// walkRatio is the part of LogRatio that the random walk has.
func (path *Path) walkRatio(p *Proposal) float64 {
	sum := 0.0
	for t := max(p.First, 1); t <= min(p.First+p.Width, p.Current.Len()-1); t++ {
		sum += p.sum(func(i int) float64 {
			before := float64(p.Current.Model(t)[i]) - float64(p.Current.Model(t - 1)[i])
			after := float64(p.Proposed.Model(t)[i]) - float64(p.Proposed.Model(t - 1)[i])
			return (after - before) * (after + before)
		})
	}
	return -sum / (2 * path.Sigma * path.Sigma)
}

// priorRatio is the part of LogRatio that the prior has.
func (path *Path) priorRatio(p *Proposal) float64 {
	sum := 0.0
	for t := p.First; t < p.First+p.Width; t++ {
		pull := path.pull(t)
		if pull == 0 {
			break
		}
		sum += pull * p.sum(func(i int) float64 {
			before := float64(p.Current.Model(t)[i]) - path.Prior.At(i)
			after := float64(p.Proposed.Model(t)[i]) - path.Prior.At(i)
			return (after - before) * (after + before)
		})
	}
	return -sum / (2 * path.Sigma * path.Sigma)
}

// sum sums up a term of each coordinate that differs.
func (p *Proposal) sum(term func(i int) float64) (sum float64) {
	if p.Coordinates == nil {
		for i := range p.Current.params {
			sum += term(i)
		}
		return sum
	}
	for _, i := range p.Coordinates {
		sum += term(i)
	}
	return sum
}

// A link is how the model of a time is distributed given some others:
//
//	θ ~ N(beside·θ_beside + end·θ_end + prior·m + pull·c, width²)
//
// in each coordinate. m is the mean of the prior, c that of a harmonic pull.
type link struct {
	time               int
	besideTime         int // that of the neighbor drawn before it, or fixed; −1: none
	endTime            int // that of the fixed model beyond the window; −1: none
	beside, end, prior float64
	pull               float64
	width              float64
	free               bool // the model's distribution is flat: the width is that of a step
}

// links appends the links of a window to dst, in the order in which the models are
// drawn: from left to right, or from right to left if the window begins the
// trajectory and does not end it. The distribution of a window given the rest is
// Gaussian with a tridiagonal precision matrix, here in units of 1/σ², from which
// the models that are drawn later are eliminated. pull ≥ 0 is the precision of an
// additional harmonic pull on each model, in the same units.
//
// For a flat prior that is the discrete Brownian bridge: with n steps left to the
// end, θ ~ N(((n−1)·previous + end)/n, σ²(n−1)/n); and the random walk at an end.
func (path *Path) links(dst []link, first, width, tau int, pull float64) []link {
	last := first + width - 1
	step, from, to := 1, first, last // in the order of drawing
	if first == 0 && last < tau-1 {
		step, from, to = -1, last, 0
	}
	base := len(dst)
	for t := from; ; t += step {
		dst = append(dst, link{time: t, besideTime: t - step, endTime: -1})
		if t == to {
			break
		}
	}
	links := dst[base:]
	var after link // the one drawn next, with weights that are not yet divided
	// The precision of a model given those drawn before it is 1 for its neighbor among
	// them, if it has one, and the rest. The rest of the one before is a sum of
	// positive terms, so that no rounding error hides a weak prior.
	rest := 0.0
	for k := width - 1; k >= 0; k-- {
		l := &links[k]
		l.prior, l.pull = path.pull(l.time), pull
		own := l.prior + l.pull
		if k == width-1 {
			rest = own
			if end := l.time + step; end >= 0 && end < tau {
				l.endTime, l.end = end, 1
				rest++
			}
		} else {
			precisionAfter := 1 + rest
			l.endTime, l.end = after.endTime, after.end/precisionAfter
			l.prior += after.prior / precisionAfter
			l.pull += after.pull / precisionAfter
			rest = own + rest/precisionAfter
		}
		after = *l
		precision := rest
		switch {
		case l.besideTime >= 0:
			precision++
			l.beside = 1 / precision
		case rest == 0: // nothing holds the first model of a whole trajectory
			*l = link{time: l.time, besideTime: -1, endTime: -1, width: path.Sigma, free: true}
			return dst
		}
		l.end /= precision
		l.prior /= precision
		l.pull /= precision
		l.width = path.Sigma / math.Sqrt(precision)
	}
	return dst
}
