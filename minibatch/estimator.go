package minibatch

import "math"

// Constants of the planned rule, chosen by simulation: with them the table of
// TestShiftOfSkewedDifferences holds at the least cost.
const (
	// margin is the ratio of σ_c² to the planned ρ².
	margin = 1.33
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

// An estimator is a way to estimate Δ by the mean of terms, one for each sample
// drawn: how many it takes, and what they say. It learns from its decisions.
type estimator struct {
	target  float64 // σ_c²
	samples int     // N
	chunk   int     // the fewest terms

	// perPopulation is by how much the factor of the variance of a mean is less
	// for being drawn without replacement: 1/N, or 0.
	perPopulation float64
	least         factors // of a chunk

	forecast forecast
}

// newEstimator returns the estimator of a test with a configuration. Terms are
// drawn with or without replacement.
func newEstimator(samples int, config *AdaptiveConfig, replaced bool) estimator {
	e := estimator{target: config.Sigma * config.Sigma, samples: samples, chunk: config.Chunk}
	if !replaced {
		e.forecast.population = 1 / float64(samples)
		if !config.InfinitePopulation {
			e.perPopulation = e.forecast.population
		}
	}
	e.least = e.factors(float64(config.Chunk))
	return e
}

// An answer is what the terms of a decision say of Δ.
type answer struct {
	delta    float64 // of the mean of the terms: −s times it
	variance float64 // ρ²
	// added is the third cumulant that the added noise is to have. The error of
	// an acceptance probability F(Δ) is, to first order in the skewness,
	//
	//	F‴(Δ)·[κ₃(Δ*) + κ₃(X_nc)]/6 − F‴(Δ)·cov(Δ*, ρ²)/2,
	//
	// where the last term comes from taking ρ² from the same draws as Δ*.
	added float64
}

// A plan is made before any sample is drawn.
type plan struct {
	pilot  int     // samples drawn first
	alone  bool    // no others follow
	weight float64 // of the pilot's mean
}

// plan says how to draw. In the beginning the pilot has no weight, as nothing is
// known.
func (e *estimator) plan(expected *outlook) plan {
	n := e.samples
	if e.forecast.decisions < few {
		pilot := min(e.chunk, n)
		return plan{pilot: pilot, alone: pilot == n}
	}
	b := e.batch(expected.variance, expected)
	if b == n || e.foreseen(b, expected) {
		return plan{pilot: b, alone: true}
	}
	pilot := min(max(int(pilotShare*float64(b)), 4), n-1)
	// The less of a weight, the more the variance can exceed what is expected.
	return plan{pilot: pilot, weight: float64(pilot) / float64(b) / (1 + math.Sqrt(expected.unequal))}
}

// foreseen says whether ρ² of b samples is known well enough without a pilot.
func (e *estimator) foreseen(b int, expected *outlook) bool {
	variance := expected.variance * e.perMean(b)
	if low := uncertain * e.target; variance <= e.target-3*low && variance*variance*expected.unequal <= low*low {
		return true // as neither of the two below can be more than √unequal
	}
	own := expected.weight(expected.unequal, b)
	unknown := math.Sqrt(expected.unequal * (1 - own))
	scatter := own * math.Sqrt(expected.unequal+expected.chance(b))
	return variance*unknown <= uncertain*e.target && variance*(1+3*scatter) <= e.target
}

// perMean returns the factor of the variance of a mean of b samples.
func (e *estimator) perMean(b int) float64 { return 1/float64(b) - e.perPopulation }

// batch returns b such that a mean of b terms of the given variance has σ_c²
// over the margin, and cumulants that are small enough; all samples where
// that is most of them.
func (e *estimator) batch(variance float64, expected *outlook) int {
	n, least := e.samples, float64(e.chunk)
	if !(variance > 0) {
		return e.chunk
	}
	third := math.Sqrt(variance) * variance * expected.skewness
	fourth := variance * variance * max(0, expected.kurtosis-3)
	// About N/κ samples have most of the variance. A mean that has some of a few
	// is far from normal whatever its cumulants.
	few := max(1, 8*expected.kurtosis*e.forecast.population-1)
	third, fourth = few*third, few*fourth
	small := func(of *factors) bool {
		return third*math.Abs(of.cubes) <= mostThird && fourth*of.fourths <= mostFourth
	}
	most := mostDrawn * float64(n)
	if least < most && margin*variance*e.least.squares <= e.target && small(&e.least) {
		return e.chunk
	}
	for b := max(1/(e.target/(margin*variance)+e.perPopulation), least); b < most; b *= 1.1 {
		if of := e.factors(b); small(&of) {
			return min(int(math.Ceil(b)), n)
		}
	}
	return n
}

// factors are those of the second, third and fourth cumulant of a mean of b
// samples drawn without replacement: Σ cᵢ², Σ cᵢ³ and Σ cᵢ⁴ over all samples,
// cᵢ being the weight of a sample in the mean less 1/N.
type factors struct{ squares, cubes, fourths float64 }

func (e *estimator) factors(b float64) factors {
	u, left := e.perPopulation, float64(e.samples)-b
	c := 1/b - u
	return factors{squares: c, cubes: b*c*c*c - left*u*u*u, fourths: b*c*c*c*c + left*u*u*u*u}
}

// cubesOfTwo returns the factor of the third cumulant for samples that are drawn
// in two parts, whose weights differ: n0 and n1 samples that have the shares w0
// and w1.
func (e *estimator) cubesOfTwo(n0, w0, n1, w1 float64) float64 {
	u := e.perPopulation
	c0, c1 := w0/n0-u, w1/n1-u
	return n0*c0*c0*c0 + n1*c1*c1*c1 - (float64(e.samples)-n0-n1)*u*u*u
}

// variance returns the best estimate of the variance of the terms −s dᵢ from
// the past and some draws.
func (e *estimator) variance(drawn *shape, expected *outlook, s float64) float64 {
	own := e.weight(expected, drawn.n)
	return expected.mixed(own, s*s*drawn.variance())
}

// weight returns the weight of the draws' own variance.
func (e *estimator) weight(expected *outlook, n int) float64 {
	if expected.variance == 0 {
		return 1
	}
	return expected.weight(expected.unequal, n)
}

// answer returns what a single batch says.
func (e *estimator) answer(drawn *shape, expected *outlook, s float64) answer {
	own, of := e.weight(expected, drawn.n), e.factors(float64(drawn.n))
	rest := of.squares
	// cov(Δ*, ρ²) = own·third·rest².
	third := -s * s * s * drawn.third()
	return answer{
		delta:    -s * drawn.mean,
		variance: expected.mixed(own, s*s*drawn.variance()) * rest,
		added:    third * (3*own*rest*rest - of.cubes),
	}
}

// follow returns how many samples are to follow a pilot, and the variance of a
// term that they were planned with.
func (e *estimator) follow(p *plan, pilot *shape, expected *outlook, s float64) (k int, variance float64) {
	left := e.samples - pilot.n
	variance = e.variance(pilot, expected, s)
	b := e.batch(variance, expected)
	if b >= e.samples {
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
func (e *estimator) combine(p *plan, pilot, rest, all *shape, variance float64, expected *outlook, s float64) answer {
	w0, w1 := p.weight, 1-p.weight
	n0, n1 := float64(pilot.n), float64(rest.n)
	a := answer{delta: -s * (w0*pilot.mean + w1*rest.mean)}
	planned := variance * (w0*w0/n0 + w1*w1/n1 - e.perPopulation)
	if !(variance > 0) {
		a.variance = s * s * all.variance() * e.perMean(all.n)
		return a
	}
	// What is not known of the variance after the pilot, the rest may tell.
	own := e.weight(expected, pilot.n)
	again := expected.weight(expected.unequal*(1-own), rest.n)
	a.variance = planned * (1 + again*(s*s*rest.variance()/variance-1))
	third := -s * s * s * all.third()
	byPilot := planned * own / variance * (w0/n0 - e.perPopulation) // of the samples that follow
	byRest := planned * again / variance * (w1/n1 - e.perPopulation)
	a.added = third * (3*(byRest-again*byPilot) + 3*byPilot - e.cubesOfTwo(n0, w0, n1, w1))
	return a
}
