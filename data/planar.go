package data

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// planarReach is half the side of the square that TATi's problems fill, its r.
const planarReach = 5

// TwoClusters returns n points of two normal clusters in the plane:
//
//	x ~ N((−2, −2), δ²) in class 0,   x ~ N((2, 2), δ²) in class 1,   δ = 0.5 + 7·noise
//
// with inputs of shape [2]; sample i is of class i mod 2. Noise is 0 to 1.
//
// TwoClusters, TwoCircles, Squares and PlaygroundSpirals follow TATi, the Thermodynamic
// Analytics Toolkit (Heber, Trštanová and Leimkuhler, arXiv:1903.08640), which has them from
// the TensorFlow playground. Its labels −1 and 1 are the classes 0 and 1 here. Its δ, which it
// calls a variance, is the standard deviation. As there, the points are not standardized; a
// Standardizer does so. Each point is drawn from source after the one before it, so the first
// points of a large dataset are those of a small one. The error says if the machine has no
// memory for n points.
func TwoClusters(n int, noise float64, source rand.Source) (*Dataset, error) {
	if err := checkPlayground(noise); err != nil {
		return nil, err
	}
	deviation := 0.5 + 7*noise
	return planar(n, source, func(i int, normal *rand.Rand) (x, y float64, class int) {
		class = i % 2
		center := float64(4*class - 2)
		return center + deviation*normal.NormFloat64(), center + deviation*normal.NormFloat64(), class
	})
}

// TwoCircles returns n points of a disc in a ring. The radius is uniform from 3.5 to 5 for even
// samples and from 0 to 2.5 for odd ones, the angle is uniform, and inputs have the shape [2].
// Class 1 is the points whose place is within 2.5 of the center after a shift that is uniform in
// [−5·noise, 5·noise]²; the shift moves no point. Noise is 0 to 1; at 0 sample i is of class i
// mod 2. The convention is TATi's, as of TwoClusters.
func TwoCircles(n int, noise float64, source rand.Source) (*Dataset, error) {
	if err := checkPlayground(noise); err != nil {
		return nil, err
	}
	return planar(n, source, func(i int, _ *rand.Rand) (x, y float64, class int) {
		lo, hi := 0.7*planarReach, 1.0*planarReach
		if i%2 == 1 {
			lo, hi = 0, 0.5*planarReach
		}
		radius := uniform(source, lo, hi)
		sin, cos := math.Sincos(uniform(source, 0, 2*math.Pi))
		x, y = radius*sin, radius*cos
		if math.Hypot(x+shift(source, noise), y+shift(source, noise)) < 0.5*planarReach {
			class = 1
		}
		return x, y, class
	})
}

// Squares returns n points that are uniform in four squares, one in each quadrant, with
// coordinates of size 0.3 to 5.3 and inputs of shape [2]. Class 1 is the points whose
// coordinates have the same sign after a shift that is uniform in [−5·noise, 5·noise]²; the
// shift moves no point. Noise is 0 to 1. The convention is TATi's, as of TwoClusters.
func Squares(n int, noise float64, source rand.Source) (*Dataset, error) {
	if err := checkPlayground(noise); err != nil {
		return nil, err
	}
	const gap = 0.3 // between a square and an axis
	return planar(n, source, func(int, *rand.Rand) (x, y float64, class int) {
		x, y = shift(source, 1), shift(source, 1)
		x, y = x+math.Copysign(gap, x), y+math.Copysign(gap, y)
		if (x+shift(source, noise))*(y+shift(source, noise)) >= 0 {
			class = 1
		}
		return x, y, class
	})
}

// PlaygroundSpirals returns n points of two spirals around the origin, each turned by half a
// turn against the other. With n/2 rounded up to h, samples 2k and 2k+1 are at the share u = k/2h
// of the spirals of class 0 and class 1,
//
//	x = ±5u (sin 7πu, cos 7πu) + ξ,   0 ≤ u < ½,   + for class 1,
//
// with ξ uniform in [−noise, noise]² and inputs of shape [2]. Noise is 0 to 1. The places on
// the spirals are evenly spaced, not random, so they depend on n. The convention is TATi's, as
// of TwoClusters; its spirals reach half as far as those of the TensorFlow playground.
func PlaygroundSpirals(n int, noise float64, source rand.Source) (*Dataset, error) {
	if err := checkPlayground(noise); err != nil {
		return nil, err
	}
	pairs := (n + 1) / 2
	return planar(n, source, func(i int, _ *rand.Rand) (x, y float64, class int) {
		class = i % 2
		u := float64(i/2) / float64(2*pairs)
		radius := planarReach * u * float64(2*class-1)
		sin, cos := math.Sincos(7 * math.Pi * u)
		return radius*sin + uniform(source, -noise, noise), radius*cos + uniform(source, -noise, noise), class
	})
}

// TwoSpirals returns n points of two spirals as in the code of Benton, Maddox, Lotfi and Wilson
// (simplexes, arXiv:2102.13042), who train on 50 points a class, n = 100, with noise 1:
//
//	x = 3/2 · φ (−cos φ, sin φ) + noise · ξ,   φ = 10π/3 · √u,   u ~ U(0, 1),   ξ ~ N(0, 1)²
//
// with inputs of shape [2]. Sample 2k is such a point, of class 0, and sample 2k+1 is its mirror
// image −x, noise and all, of class 1. Noise, a standard deviation, is finite and 0 or more. As
// there, the points are not standardized: they reach 16 from the origin. Each pair is drawn from
// source after the one before it, so the first points of a large dataset are those of a small
// one. The error says if the machine has no memory for n points.
func TwoSpirals(n int, noise float64, source rand.Source) (*Dataset, error) {
	if !(noise >= 0) || noise > math.MaxFloat32/100 {
		return nil, fmt.Errorf("data: noise = %v, want a finite number of at least 0", noise)
	}
	var px, py float64
	return planar(n, source, func(i int, normal *rand.Rand) (x, y float64, class int) {
		if i%2 == 1 {
			return -px, -py, 1
		}
		angle := 10 * math.Pi / 3 * math.Sqrt(random.Open(source))
		sin, cos := math.Sincos(angle)
		px = -1.5*angle*cos + noise*normal.NormFloat64()
		py = 1.5*angle*sin + noise*normal.NormFloat64()
		return px, py, 0
	})
}

func checkPlayground(noise float64) error {
	if !(noise >= 0 && noise <= 1) {
		return fmt.Errorf("data: noise = %v, want 0 to 1", noise)
	}
	return nil
}

// shift returns a number that is uniform within noise times planarReach of 0.
func shift(source rand.Source, noise float64) float64 {
	return uniform(source, -noise*planarReach, noise*planarReach)
}

// planar makes a dataset of the n points that point returns, in two classes. Its normal draws
// from source.
func planar(n int, source rand.Source, point func(i int, normal *rand.Rand) (x, y float64, class int)) (*Dataset, error) {
	if null.Is(source) {
		return nil, errNoSource
	}
	const bytesEach = 2*4 + 8 + 4 // an input, and a label as int and as int32
	if err := checkMemory(n, "points", bytesEach); err != nil {
		return nil, err
	}
	normal := rand.New(source)
	inputs := make([]float32, 2*n)
	labels := make([]int, n)
	for i := range labels {
		x, y, class := point(i, normal)
		inputs[2*i], inputs[2*i+1], labels[i] = float32(x), float32(y), class
	}
	return NewLabeled(inputs, []int{2}, labels, 2)
}
