package chart

import "math"

const (
	// hugest is the largest size that has a place, so that no difference
	// overflows.
	hugest = 1e300
	// tiniest is the smallest number that has a place on a logarithmic axis.
	tiniest = 1e-300
)

// HasPlace says whether a number has a place on an axis.
func HasPlace(v float64, logarithmic bool) bool {
	return math.Abs(v) <= hugest && (!logarithmic || v >= tiniest) // false for NaN
}

// An extent is the range of the numbers added to it.
type extent struct {
	low, high float64
	any       bool // false: nothing was added
}

// add widens the extent to a number that has a place.
func (e *extent) add(v float64) {
	if !e.any {
		*e = extent{low: v, high: v, any: true}
		return
	}
	e.low, e.high = min(e.low, v), max(e.high, v)
}

// A scale maps numbers to places. The places are in pixels and may grow in
// either direction.
type scale struct {
	logarithmic bool
	low, high   float64 // the range of the axis; the base-10 logarithms of it if logarithmic
	from, to    float64 // the places of low and high
}

// newScale returns a scale whose range is at least the extent, with a share of
// margin at both ends, and more if the extent is a point.
func newScale(e extent, logarithmic bool, margin float64) scale {
	s := scale{logarithmic: logarithmic}
	if !e.any {
		e = extent{low: 0, high: 1}
		if logarithmic {
			e = extent{low: 1, high: 10}
		}
	}
	if logarithmic {
		s.low, s.high = math.Log10(e.low), math.Log10(e.high)
		if s.high-s.low < 0.05 {
			s.low, s.high = s.low-0.5, s.high+0.5
		}
	} else {
		s.low, s.high = widen(e.low, e.high)
	}
	pad := margin * (s.high - s.low)
	fromZero := !logarithmic && s.low >= 0 && s.low < 0.3*s.high
	if fromZero {
		s.low = 0
	}
	if !fromZero {
		s.low -= pad
	}
	s.high += pad
	return s
}

// widen returns a range of numbers that is wide enough for ticks whose labels
// differ.
func widen(low, high float64) (float64, float64) {
	size := max(math.Abs(low), math.Abs(high))
	switch {
	case size < tiniest:
		return 0, 1
	case high-low < 1e-6*size:
		return low - size/10, high + size/10
	}
	return low, high
}

// at returns the place of a number that has a place.
func (s *scale) at(v float64) float64 {
	if s.logarithmic {
		v = math.Log10(v)
	}
	share := (v - s.low) / (s.high - s.low)
	return s.from + (s.to-s.from)*min(max(share, 0), 1)
}

// clip returns the place of any number but NaN: the nearest end of the axis for
// one that is beyond.
func (s *scale) clip(v float64) float64 {
	switch {
	case HasPlace(v, s.logarithmic):
		return s.at(v)
	case v > 1:
		return s.to
	}
	return s.from
}
