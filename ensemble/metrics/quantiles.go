package metrics

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// QuantilePerSample returns the quantile of each mixture at a level in (0, 1):
// the smallest y with P(Y ≤ y) ≥ level, to rounding of P. That matters between
// Gaussians that are far apart, where P is flat.
func (m *Mixtures) QuantilePerSample(level float64) ([]float64, error) {
	if !(level > 0 && level < 1) {
		return nil, fmt.Errorf("metrics: level = %v, want between 0 and 1", level)
	}
	quantiles := make([]float64, m.Len())
	normal := mathext.NormalQuantile(level)
	eachSample(len(quantiles), func(i int) {
		if m.allPoints(i) {
			quantiles[i] = quantileOfPoints(m.sortedPoints(i), level)
		} else {
			quantiles[i] = m.quantile(i, level, normal)
		}
	})
	return quantiles, nil
}

// IntervalPerSample returns the ends of the central interval of each mixture that
// has a probability in (0, 1): the quantiles at (1 − probability)/2 and
// (1 + probability)/2.
func (m *Mixtures) IntervalPerSample(probability float64) (low, high []float64, err error) {
	if !(probability > 0 && probability < 1) {
		return nil, nil, fmt.Errorf("metrics: probability = %v, want between 0 and 1", probability)
	}
	if low, err = m.QuantilePerSample((1 - probability) / 2); err != nil {
		return nil, nil, err
	}
	if high, err = m.QuantilePerSample((1 + probability) / 2); err != nil {
		return nil, nil, err
	}
	return low, high, nil
}

// quantile returns the quantile for sample i at a level whose standard normal
// quantile is given, by Newton's steps inside a bracket.
func (m *Mixtures) quantile(i int, level, normal float64) float64 {
	// That of the mixture is between those of its members.
	low, high := math.Inf(1), math.Inf(-1)
	for member, weight := range m.weights {
		if weight > 0 {
			mean, scale := m.component(i, member)
			low, high = min(low, mean+scale*normal), max(high, mean+scale*normal)
		}
	}
	tolerance := 1e-15 * max(math.Abs(low), math.Abs(high))
	y, step := low+(high-low)/2, high-low
	for high-low > tolerance {
		probability, density := m.cdf(i, y)
		above, rounding := probability-level, 4e-16*level
		if math.Abs(above) <= rounding && rounding <= 1e3*tolerance*density {
			return y
		}
		if above >= -rounding {
			high = y
		} else {
			low = y
		}
		next := y - above/density
		// Steps that leave the bracket or do not shrink fast, as at a point
		// mass, halve the bracket instead.
		if !(next >= low && next <= high && math.Abs(next-y) <= step/2) {
			next = low + (high-low)/2
		}
		step = math.Abs(next - y)
		y = next
		if step <= tolerance {
			return y
		}
	}
	return high
}

// cdf returns P(Y ≤ y) for sample i, and its derivative without the point masses'.
func (m *Mixtures) cdf(i int, y float64) (probability, density float64) {
	for member, weight := range m.weights {
		mean, scale := m.component(i, member)
		if scale > 0 {
			z := (y - mean) / scale
			probability += weight * math.Erfc(-z/math.Sqrt2) / 2
			density += weight * math.Exp(-z*z/2) / (scale * rootTau)
		} else if mean <= y {
			probability += weight
		}
	}
	return min(probability, 1), density
}

// A point is a point mass.
type point struct{ at, weight float64 }

// allPoints says whether the mixture for sample i has point masses only.
func (m *Mixtures) allPoints(i int) bool {
	if !m.points {
		return false
	}
	for member, weight := range m.weights {
		if _, scale := m.component(i, member); scale > 0 && weight > 0 {
			return false
		}
	}
	return true
}

// sortedPoints returns the point masses for sample i from left to right.
func (m *Mixtures) sortedPoints(i int) []point {
	points := make([]point, 0, m.Members())
	for member, weight := range m.weights {
		if weight > 0 {
			at, _ := m.component(i, member)
			points = append(points, point{at, weight})
		}
	}
	slices.SortFunc(points, func(a, b point) int { return ascending(a.at, b.at) })
	return points
}

func quantileOfPoints(points []point, level float64) float64 {
	sum := 0.0
	for _, p := range points {
		sum += p.weight
		if sum >= level-edge { // the weights are rounded
			return p.at
		}
	}
	return points[len(points)-1].at
}
