package minibatch

import (
	"math"
	"math/rand/v2"
)

// A Scaler is a Differences that knows how large its proposal is: a positive
// number that the standard deviation of the differences is about proportional
// to, such as the distance between the old and the new parameters. It must be
// the same for the way back. With it, Adaptive expects larger variances of larger
// proposals; without it, it takes proposals for equally large.
type Scaler interface {
	// Scale returns the size of the proposal.
	Scale() float64
}

// scaleOf returns the scale of a proposal, 1 if it is not known.
func scaleOf(d Differences) float64 {
	if s, ok := d.(Scaler); ok {
		if scale := s.Scale(); scale > 0 && !math.IsInf(scale, 1) {
			return scale
		}
	}
	return 1
}

// Constants of the planned rule, chosen by simulation: with them the table of
// TestShiftOfSkewedDifferences holds at the least cost.
const (
	// margin is the ratio of σ_c² to the planned ρ².
	margin = 1.33
	// excess is the ratio of ρ² to σ_c² above which a decision draws more than
	// was planned. Below it, ρ² is taken for σ_c²: to look at ρ² and to draw more
	// would make Δ* biased, for as often as it is done.
	excess = 1.5
	// pilotShare is the pilot's share of the planned samples.
	pilotShare = 0.5
	// uncertain is how uncertain ρ² may be without a pilot, in units of σ_c².
	uncertain = 0.03
	// mostDrawn is the share of the samples above which all are drawn: Δ is
	// exact then.
	mostDrawn = 0.9
	// mostThird and mostFourth bound the third and the fourth cumulant of Δ*.
	mostThird, mostFourth = 0.8, 1.0
)

// An estimate is what the samples of a decision say of Δ.
type estimate struct {
	delta    float64 // Δ*
	variance float64 // ρ²
	// added is the third cumulant that the added noise is to have. The error of
	// an acceptance probability F(Δ) is, to first order in the skewness,
	//
	//	F‴(Δ)·[κ₃(Δ*) + κ₃(X_nc)]/6 − F‴(Δ)·cov(Δ*, ρ²)/2,
	//
	// where the last term comes from taking ρ² from the same draws as Δ*.
	added float64
}

// decidePlanned draws a pilot, and then as many samples as it and the past say.
// The weight of the pilot's mean is fixed before the pilot is drawn, so that Δ*
// is unbiased, and ρ² hardly depends on the draws.
func (a *Adaptive) decidePlanned(d Differences, s float64, source rand.Source) (Decision, error) {
	scale := scaleOf(d)
	expected := a.forecast.outlook(s, scale)
	p := a.plan(&expected)

	var pilot, rest shape
	if decision, over, err := a.drawPilot(&pilot, &p, &expected, d, s, source, scale); over {
		return decision, err
	}
	var e estimate
	all := &pilot
	if p.alone {
		e = a.estimate(all, &expected, s)
	} else {
		k, variance := a.follow(&p, &pilot, &expected, s)
		if decision, over, err := a.draw(&rest, k, d, source); over {
			return decision, err
		}
		both := pilot
		all = &both
		all.merge(&rest)
		e = a.combine(&p, &pilot, &rest, all, variance, &expected, s)
	}
	for all.n < a.deck.Len() && e.variance > excess*a.target {
		if decision, certain := a.cutOff(&e, all, s, scale); certain {
			return decision, nil
		}
		more := a.batch(1.2*a.variance(all, &expected, s), &expected) - all.n
		var further shape
		if decision, over, err := a.draw(&further, min(max(more, a.config.Chunk), a.deck.Len()-all.n), d, source); over {
			return decision, err
		}
		all.merge(&further)
		e = a.estimate(all, &expected, s)
	}

	a.forecast.learn(all, scale)
	if all.n == a.deck.Len() {
		delta := -s * all.mean
		return Decision{Accepted: barker(delta, source), By: FullData, Samples: all.n, Delta: delta}, nil
	}
	noise := a.noise(min(e.variance, a.target), e.added, source)
	return Decision{Accepted: e.delta+noise > 0, By: Correction, Samples: all.n, Delta: e.delta, Variance: e.variance}, nil
}

// drawPilot draws the pilot of a plan, in parts that grow, as long as the answer
// is not certain. The decision is over if it is, and if draw says so.
func (a *Adaptive) drawPilot(pilot *shape, p *plan, expected *outlook, d Differences, s float64, source rand.Source, scale float64) (decision Decision, over bool, err error) {
	for k := a.config.Chunk; ; k = pilot.n {
		if decision, over, err = a.draw(pilot, min(k, p.pilot-pilot.n), d, source); over {
			return decision, true, err
		}
		if pilot.n == p.pilot && p.alone {
			return Decision{}, false, nil
		}
		known := a.estimate(pilot, expected, s)
		if decision, over = a.cutOff(&known, pilot, s, scale); over || pilot.n == p.pilot {
			return decision, over, nil
		}
	}
}

// draw draws k samples and takes their differences into account. A decision is
// over if one is infinite or there is an error.
func (a *Adaptive) draw(to *shape, k int, d Differences, source rand.Source) (decision Decision, over bool, err error) {
	if k > len(a.differences) {
		a.differences = make([]float64, max(k, min(2*len(a.differences), a.deck.Len())))
	}
	drawn := a.deck.Draw(k, source)
	samples, differences := drawn[len(drawn)-k:], a.differences[:k]
	if err := d.Differences(differences, samples); err != nil {
		return Decision{}, true, err
	}
	if !to.add(differences) {
		decision, err = infinite(differences, samples, len(drawn))
		return decision, true, err
	}
	return Decision{}, false, nil
}

// cutOff decides by the sign of Δ* if that is certain, also if the terms vary as
// much as the draws say: one of them may be far larger than any before.
func (a *Adaptive) cutOff(e *estimate, all *shape, s, scale float64) (Decision, bool) {
	variance := max(e.variance, s*s*all.variance()*a.perMean(all.n))
	if e.variance <= a.target || !a.config.CutOff.certain(e.delta, math.Sqrt(variance)) {
		return Decision{}, false
	}
	a.forecast.learn(all, scale)
	return Decision{Accepted: e.delta > 0, By: CutOffReached, Samples: all.n, Delta: e.delta, Variance: e.variance}, true
}

// A plan is made before any sample is drawn.
type plan struct {
	pilot  int     // samples drawn first
	alone  bool    // no others follow
	weight float64 // of the pilot's mean
}

// plan says how to draw. In the beginning the pilot has no weight, as nothing is
// known.
func (a *Adaptive) plan(expected *outlook) plan {
	n := a.deck.Len()
	if a.forecast.decisions < few {
		pilot := min(a.config.Chunk, n)
		return plan{pilot: pilot, alone: pilot == n}
	}
	b := a.batch(expected.variance, expected)
	if b == n || a.foreseen(b, expected) {
		return plan{pilot: b, alone: true}
	}
	pilot := min(max(int(pilotShare*float64(b)), 4), n-1)
	// The less of a weight, the more the variance can exceed what is expected.
	return plan{pilot: pilot, weight: float64(pilot) / float64(b) / (1 + math.Sqrt(expected.unequal))}
}

// foreseen says whether ρ² of b samples is known well enough without a pilot.
func (a *Adaptive) foreseen(b int, expected *outlook) bool {
	variance := expected.variance * a.perMean(b)
	if low := uncertain * a.target; variance <= a.target-3*low && variance*variance*expected.unequal <= low*low {
		return true // as neither of the two below can be more than √unequal
	}
	own := expected.weight(expected.unequal, b)
	unknown := math.Sqrt(expected.unequal * (1 - own))
	scatter := own * math.Sqrt(expected.unequal+expected.chance(b))
	return variance*unknown <= uncertain*a.target && variance*(1+3*scatter) <= a.target
}

// perMean returns the factor of the variance of a mean of b samples.
func (a *Adaptive) perMean(b int) float64 { return 1/float64(b) - a.perPopulation }

// batch returns b such that a mean of b terms of the given variance has σ_c²
// over the margin, and cumulants that are small enough; all samples where
// that is most of them.
func (a *Adaptive) batch(variance float64, expected *outlook) int {
	n, least := a.deck.Len(), float64(a.config.Chunk)
	if !(variance > 0) {
		return a.config.Chunk
	}
	third := math.Sqrt(variance) * variance * expected.skewness
	fourth := variance * variance * max(0, expected.kurtosis-3)
	small := func(of *factors) bool {
		return third*math.Abs(of.cubes) <= mostThird && fourth*of.fourths <= mostFourth
	}
	most := mostDrawn * float64(n)
	if least < most && margin*variance*a.least.squares <= a.target && small(&a.least) {
		return a.config.Chunk
	}
	for b := max(1/(a.target/(margin*variance)+a.perPopulation), least); b < most; b *= 1.1 {
		if of := a.factors(b); small(&of) {
			return min(int(math.Ceil(b)), n)
		}
	}
	return n
}

// factors are those of the second, third and fourth cumulant of a mean of b
// samples drawn without replacement: Σ cᵢ², Σ cᵢ³ and Σ cᵢ⁴ over all samples,
// cᵢ being the weight of a sample in the mean less 1/N.
type factors struct{ squares, cubes, fourths float64 }

func (a *Adaptive) factors(b float64) factors {
	u, left := a.perPopulation, float64(a.deck.Len())-b
	c := 1/b - u
	return factors{squares: c, cubes: b*c*c*c - left*u*u*u, fourths: b*c*c*c*c + left*u*u*u*u}
}

// cubesOfTwo returns the factor of the third cumulant for samples that are drawn
// in two parts, whose weights differ: n0 and n1 samples that have the shares w0
// and w1.
func (a *Adaptive) cubesOfTwo(n0, w0, n1, w1 float64) float64 {
	u := a.perPopulation
	c0, c1 := w0/n0-u, w1/n1-u
	return n0*c0*c0*c0 + n1*c1*c1*c1 - (float64(a.deck.Len())-n0-n1)*u*u*u
}

// variance returns the best estimate of the variance of the terms −s dᵢ from
// the past and some draws.
func (a *Adaptive) variance(drawn *shape, expected *outlook, s float64) float64 {
	own := a.weight(expected, drawn.n)
	return expected.mixed(own, s*s*drawn.variance())
}

// weight returns the weight of the draws' own variance.
func (a *Adaptive) weight(expected *outlook, n int) float64 {
	if expected.variance == 0 {
		return 1
	}
	return expected.weight(expected.unequal, n)
}

// estimate returns what a single batch says.
func (a *Adaptive) estimate(drawn *shape, expected *outlook, s float64) estimate {
	own, of := a.weight(expected, drawn.n), a.factors(float64(drawn.n))
	rest := of.squares
	// cov(Δ*, ρ²) = own·third·rest².
	third := -s * s * s * drawn.third()
	return estimate{
		delta:    -s * drawn.mean,
		variance: expected.mixed(own, s*s*drawn.variance()) * rest,
		added:    third * (3*own*rest*rest - of.cubes),
	}
}

// follow returns how many samples are to follow a pilot, and the variance of a
// term that they were planned with.
func (a *Adaptive) follow(p *plan, pilot *shape, expected *outlook, s float64) (k int, variance float64) {
	left := a.deck.Len() - pilot.n
	variance = a.variance(pilot, expected, s)
	b := a.batch(variance, expected)
	if b >= a.deck.Len() {
		return left, variance
	}
	// w₀²/n₀ + w₁²/k − 1/N = 1/b − 1/N.
	w0, w1 := p.weight, 1-p.weight
	inverse := 1/float64(b) - w0*w0/float64(pilot.n)
	if least := 0.25 / float64(b); inverse < least {
		// The terms vary by far more than was expected: then the pilot must count
		// for less.
		p.weight = math.Sqrt(0.75 * float64(pilot.n) / float64(b))
		w1 = 1 - p.weight
		inverse = least
	}
	return min(max(int(math.Ceil(w1*w1/inverse)), 4), left), variance
}

// combine returns what a pilot and the samples after it say together.
func (a *Adaptive) combine(p *plan, pilot, rest, all *shape, variance float64, expected *outlook, s float64) estimate {
	w0, w1 := p.weight, 1-p.weight
	n0, n1 := float64(pilot.n), float64(rest.n)
	e := estimate{delta: -s * (w0*pilot.mean + w1*rest.mean)}
	planned := variance * (w0*w0/n0 + w1*w1/n1 - a.perPopulation)
	if !(variance > 0) {
		e.variance = s * s * all.variance() * a.perMean(all.n)
		return e
	}
	// What is not known of the variance after the pilot, the rest may tell.
	own := a.weight(expected, pilot.n)
	again := expected.weight(expected.unequal*(1-own), rest.n)
	e.variance = planned * (1 + again*(s*s*rest.variance()/variance-1))
	third := -s * s * s * all.third()
	byPilot := planned * own / variance * (w0/n0 - a.perPopulation) // of the samples that follow
	byRest := planned * again / variance * (w1/n1 - a.perPopulation)
	e.added = third * (3*(byRest-again*byPilot) + 3*byPilot - a.cubesOfTwo(n0, w0, n1, w1))
	return e
}
