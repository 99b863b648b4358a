package diffusion

import (
	"errors"
	"math"
)

// tuned is how many draws, spread evenly over the list, the bandwidth is chosen on.
const tuned = 1000

// bandwidth returns the ε at which the sum S(ε) of the kernel over all pairs, also of a point and
// itself, grows fastest, and twice the slope d log S/d log ε there: about the dimension of the
// space that the points fill.
func (p *points) bandwidth() (epsilon, dimension float64, err error) {
	stride := (p.len() + tuned - 1) / tuned
	var distances []float64
	sum, used := 0.0, 0.0
	for i := 0; i < p.len(); i += stride {
		used++
		for j := 0; j < i; j += stride {
			d2 := p.distance2(i, j)
			distances = append(distances, d2)
			sum += d2
		}
	}
	if sum == 0 {
		return 0, 0, errors.New("diffusion: draws are all equal")
	}
	typical := sum / float64(len(distances))
	best := 0.0
	for l := -40; l <= 8; l++ { // by factors of √2, from 10⁻⁶ of the mean squared distance
		at := typical * math.Exp2(float64(l)/2)
		kernels, weighted := used/2, 0.0
		for _, d2 := range distances {
			u := d2 / (4 * at)
			k := math.Exp(-u)
			kernels += k
			weighted += k * u
		}
		if slope := weighted / kernels; slope > best {
			best, epsilon = slope, at
		}
	}
	return epsilon, 2 * best, nil
}
