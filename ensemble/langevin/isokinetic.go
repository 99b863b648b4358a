package langevin

import (
	"math"
	"math/rand/v2"
)

// Isokinetic dynamics: a particle moves with the velocity u of length 1, and a force turns
// u but does not change its speed. With d dimensions and the potential E = βU,
//
//	dθ = u dt,   du = −(1 − u uᵀ) ∇E/(d − 1) dt,
//
// which keeps exp(−E) on the θ and the uniform distribution on the directions (Ver Steeg
// and Galstyan, NeurIPS 2021; Robnik, De Luca, Silverstein and Seljak, arXiv 2212.08549).
// What an integrator of it changes of the density is minus its energy error,
//
//	ΔE = E(θ′) − E(θ) + Σ ΔK,
//
// ΔK being d − 1 times the logarithm of the length that each turn would have given u.

// An isokineticIntegrator makes a step of turns, which take shares of it, and of motions in
// between of one length each.
type isokineticIntegrator struct {
	turns  []float64
	motion float64
}

// minimalNorm is the share of the first turn of the minimal-norm integrator, with two
// gradients a step (Omelyan, Mryglod and Folk, Comput. Phys. Commun. 151, 272 (2003)).
const minimalNorm = 0.1931833275037836

// newIsokineticIntegrator returns the leapfrog or the minimal-norm integrator.
func newIsokineticIntegrator(leapfrog bool) isokineticIntegrator {
	if leapfrog {
		return isokineticIntegrator{[]float64{0.5, 0.5}, 1}
	}
	return isokineticIntegrator{[]float64{minimalNorm, 1 - 2*minimalNorm, minimalNorm}, 0.5}
}

func (i *isokineticIntegrator) leapfrog() bool { return i.motion == 1 }

// turn changes the direction velocity, of length 1, by the gradient of a potential U, as
// it turns while strength, which is β times a time over d − 1, passes. It returns ΔK/(d − 1).
// scale, if it is not nil, has the lengths that the units of the coordinates have, so that
// the gradient in those units is scale times gradient; where it is 0 nothing moves.
func turn[F float32 | float64](velocity []F, gradient, scale []float32, strength float64) float64 {
	square, along := 0.0, 0.0
	if scale == nil {
		for i, g := range gradient {
			square += float64(g) * float64(g)
			along += float64(g) * float64(velocity[i])
		}
	} else {
		for i, g := range gradient {
			scaled := float64(g) * float64(scale[i])
			square += scaled * scaled
			along += scaled * float64(velocity[i])
		}
	}
	norm := math.Sqrt(square)
	if norm == 0 {
		return 0
	}
	// e is the direction of the force, −gradient/norm, and toward is u·e. Dividing by the
	// length below leaves no exponential that can overflow.
	toward := max(-1, min(1, -along/norm))
	delta := strength * norm
	zeta := math.Exp(-delta)
	length := 1 + toward + (1-toward)*zeta*zeta
	if length == 0 {
		return 0 // u points against a force without end: it stays as it is
	}
	keep := 2 * zeta / length
	add := -(1 - zeta) * (1 + zeta + toward*(1-zeta)) / (length * norm)
	if scale == nil {
		for i, g := range gradient {
			velocity[i] = F(keep*float64(velocity[i]) + add*float64(g))
		}
	} else {
		for i, g := range gradient {
			velocity[i] = F(keep*float64(velocity[i]) + add*float64(g)*float64(scale[i]))
		}
	}
	return delta + math.Log1p((1-toward)*math.Expm1(-2*delta)/2)
}

// move changes params by a direction for a time, in the units of scale, of which nil are
// all 1.
func move[P, F float32 | float64](params []P, velocity []F, scale []float32, time float64) {
	if scale == nil {
		for i, u := range velocity {
			params[i] = P(float64(params[i]) + time*float64(u))
		}
		return
	}
	for i, u := range velocity {
		params[i] = P(float64(params[i]) + time*float64(scale[i])*float64(u))
	}
}

// forgotten is after how many lengths nothing is left of a direction: e^−20 of it.
const forgotten = 20

// refresh adds noise to a direction, as much as loses it in a time length, and makes its
// length 1 again (Robnik and Seljak, arXiv 2303.18221, section 3.2):
//
//	u ← (u + ν z)/‖u + ν z‖,   ν² = (e^(2 time/length) − 1)/d,   z normal.
//
// Coordinates of scale 0 are not among the d dimensions, and stay 0.
func refresh[F float32 | float64](velocity []F, scale []float32, dimensions int, time, length float64, normal *rand.Rand) {
	if time > forgotten*length {
		draw(velocity, scale, normal)
		return
	}
	noise := math.Sqrt(math.Expm1(2*time/length) / float64(dimensions))
	square := 0.0
	for i := range velocity {
		if scale != nil && scale[i] == 0 {
			continue
		}
		u := float64(velocity[i]) + noise*normal.NormFloat64()
		square += u * u
		velocity[i] = F(u)
	}
	normalize(velocity, square)
}

// draw makes velocity a direction, all being equally likely.
func draw[F float32 | float64](velocity []F, scale []float32, normal *rand.Rand) {
	square := 0.0
	for i := range velocity {
		velocity[i] = 0
		if scale != nil && scale[i] == 0 {
			continue
		}
		u := normal.NormFloat64()
		square += u * u
		velocity[i] = F(u)
	}
	normalize(velocity, square)
}

func normalize[F float32 | float64](velocity []F, square float64) {
	inverse := 1 / math.Sqrt(square)
	for i, u := range velocity {
		velocity[i] = F(float64(u) * inverse)
	}
}
