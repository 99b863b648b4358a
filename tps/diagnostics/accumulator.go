package diagnostics

import "math"

// levels is how often block lengths can double; more than a run can need.
const levels = 48

// An Accumulator takes the mean, the variance and the blocked standard error of
// a correlated series, value by value, in fixed memory. The zero value is
// empty and ready.
//
// Level l has the mean and the variance of blocks of 2ˡ values, the last
// incomplete one apart (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989));
// a value reaches two levels on average. After the same values it reports what
// MeanByBlocking does, up to rounding.
//
// A value that is not finite makes all results NaN from then on.
type Accumulator struct {
	level [levels]blockLevel
}

// blockLevel holds blocks of one length.
type blockLevel struct {
	count      uint64
	mean       float64
	deviations float64 // Σ (block − mean)²
	pending    float64 // the first of a pair, if half
	half       bool
}

// Add adds a value.
func (a *Accumulator) Add(x float64) {
	for l := range a.level {
		level := &a.level[l]
		level.add(x)
		if !level.half {
			level.pending, level.half = x, true
			return
		}
		// Halves first: no overflow.
		x = level.pending/2 + x/2
		level.pending, level.half = 0, false
	}
}

// add is by Welford (Technometrics 4, 419 (1962)).
func (b *blockLevel) add(x float64) {
	b.count++
	step := x - b.mean
	b.mean += step / float64(b.count)
	b.deviations += step * (x - b.mean)
}

// Merge adds what another accumulator holds, as of another chain. Its
// incomplete blocks are left out of the longer blocks, as they are of no use
// to this chain, but none of its values are lost to the mean and the variance.
// The other one stays as it is. Each block has the common mean subtracted, so
// the error knows of some of the chains' disagreement, not of all:
// see SplitRHat.
func (a *Accumulator) Merge(other *Accumulator) {
	for l := range a.level {
		a.level[l].merge(&other.level[l])
	}
}

// merge is by Chan, Golub and LeVeque (Stanford STAN-CS-79-773, 1979, eqs. 2.1).
func (b *blockLevel) merge(other *blockLevel) {
	if other.count == 0 {
		return
	}
	if b.count == 0 {
		b.count, b.mean, b.deviations = other.count, other.mean, other.deviations
		return
	}
	n, k := float64(b.count), float64(other.count)
	step := other.mean - b.mean
	b.count += other.count
	b.mean += step * (k / (n + k))
	b.deviations += other.deviations + step*step*(n*k/(n+k))
}

// Count returns how many values there were.
func (a *Accumulator) Count() int { return int(a.level[0].count) }

// Mean returns their mean, NaN if there are none.
func (a *Accumulator) Mean() float64 {
	if a.level[0].count == 0 {
		return math.NaN()
	}
	return a.level[0].mean
}

// Variance returns their unbiased variance, NaN for fewer than 2 values.
// Correlations make it too small by a share of τ_int/N.
func (a *Accumulator) Variance() float64 {
	if a.level[0].count < 2 {
		return math.NaN()
	}
	return a.level[0].deviations / float64(a.level[0].count-1)
}

// StandardError returns the standard error of the mean, NaN for fewer than 2
// values.
func (a *Accumulator) StandardError() float64 {
	standardError, _ := a.blocked()
	return standardError
}

// Estimate returns Mean and StandardError.
func (a *Accumulator) Estimate() Estimate { return Estimate{a.Mean(), a.StandardError()} }

// Tau returns the integrated autocorrelation time that the blocks show, in the
// convention of AutocorrelationTime: the squared ratio of the standard error to
// the one that takes values for independent. It is NaN for fewer than 2 values
// and for a constant series. It is noisier than IntegratedTime.
func (a *Accumulator) Tau() float64 {
	standardError, naive := a.blocked()
	ratio := standardError / naive
	return ratio * ratio
}

// EffectiveSize returns Count/Tau.
func (a *Accumulator) EffectiveSize() float64 { return float64(a.Count()) / a.Tau() }

// blocked returns the standard error from the shortest blocks of B values with
// B³ > 2n (σ_B/σ₁)⁴ (Lee et al., Phys. Rev. E 83, 066706 (2011), eq. 18), or
// from the longest of which there are at least 8, and σ₁ itself.
func (a *Accumulator) blocked() (standardError, naive float64) {
	if a.level[0].count < 2 {
		return math.NaN(), math.NaN()
	}
	naive = a.level[0].standardError()
	standardError = naive
	size := 1.0
	for l := range a.level {
		level := &a.level[l]
		if l > 0 && level.count < 8 {
			break
		}
		standardError = level.standardError()
		ratio := standardError / naive
		if naive == 0 || size*size*size > 2*float64(a.level[0].count)*ratio*ratio*ratio*ratio {
			break
		}
		size *= 2
	}
	return standardError, naive
}

func (b *blockLevel) standardError() float64 {
	n := float64(b.count)
	return math.Sqrt(b.deviations / n / (n - 1))
}
