package metrics

import "math"

// CRPSPerSample returns the continuous ranked probability score of each mixture, in
// units of the target: with F(z) = P(Y ≤ z),
//
//	∫ (F(z) − 1[z ≥ y])² dz = E|Y − y| − ½ E|Y − Y′|,
//
// 0 or more, of which 0 is best (Gneiting and Raftery, JASA 102 (2007), section
// 4.2). Of Gaussians it is in closed form (Grimit et al., Quarterly Journal of
// the Royal Meteorological Society 132 (2006)), in time that grows as the
// square of the number of members. Of point masses it is that of the empirical
// distribution, not corrected for the number of members; of a single point it
// is the absolute error.
func (r *Regression) CRPSPerSample() []float64 {
	crps := make([]float64, r.Len())
	eachSample(r.Len(), func(i int) {
		spread := 0.0
		if r.allPoints(i) {
			spread = spreadOfPoints(r.sortedPoints(i))
		} else {
			spread = r.spread(i)
		}
		crps[i] = max(r.distance(i)-spread, 0)
	})
	return crps
}

// CRPS returns the mean continuous ranked probability score.
func (r *Regression) CRPS() float64 { return mean(r.CRPSPerSample()) }

// distance returns E|Y − y| for sample i.
func (r *Regression) distance(i int) float64 {
	sum := 0.0
	for member, weight := range r.weights {
		mean, scale := r.component(i, member)
		sum += weight * meanSize(mean-r.targets[i], scale)
	}
	return sum
}

// spread returns ½ E|Y − Y′| for sample i.
func (m *Mixtures) spread(i int) float64 {
	sum := 0.0
	for a, weight := range m.weights {
		meanA, scaleA := m.component(i, a)
		sum += weight * weight * scaleA / rootPi
		for b, other := range m.weights[:a] {
			meanB, scaleB := m.component(i, b)
			sum += weight * other * meanSize(meanA-meanB, math.Sqrt(scaleA*scaleA+scaleB*scaleB))
		}
	}
	return sum
}

// spreadOfPoints returns ½ E|Y − Y′| = ∫ F (1 − F) dz of sorted point masses.
func spreadOfPoints(points []point) float64 {
	sum, probability := 0.0, 0.0
	for k := range len(points) - 1 {
		probability += points[k].weight
		sum += (points[k+1].at - points[k].at) * probability * (1 - probability)
	}
	return sum
}
