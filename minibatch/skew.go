package minibatch

import "math"

// mostSkewness is the largest skewness of skewNormal: with 2√2 there would be
// no linear term left.
const mostSkewness = 2.5

// skewNormal turns a standard normal z into a variable of mean 0, standard
// deviation width, and the given third cumulant, or the nearest to it that there
// is:
//
//	width·[α z + β (z² − 1)],   α² + 2β² = 1,   6β − 4β³ = third/width³.
func skewNormal(width, third, z float64) float64 {
	if third == 0 || width == 0 {
		return width * z
	}
	skewness := min(max(third/(width*width*width), -mostSkewness), mostSkewness)
	// Newton's method from 0 converges from one side.
	beta := skewness / 6
	for range 5 {
		beta -= (6*beta - 4*beta*beta*beta - skewness) / (6 - 12*beta*beta)
	}
	alpha := math.Sqrt(max(0, 1-2*beta*beta))
	return width * (alpha*z + beta*(z*z-1))
}
