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
	// The first terms of the power series, and Newton's method unless they are
	// enough: the error left is less than twice the square of the last step.
	beta := skewness / 6
	square := beta * beta * (2. / 3)
	beta *= 1 + square*(1+3*square)
	for step := 2 * square * beta; math.Abs(step) > 1e-8; {
		step = (6*beta - 4*beta*beta*beta - skewness) / (6 - 12*beta*beta)
		beta -= step
	}
	alpha := math.Sqrt(max(0, 1-2*beta*beta))
	return width * (alpha*z + beta*(z*z-1))
}
