package ensemble

import (
	"fmt"
	"math"
)

// A Scaling says what the numbers of an input or a target are, and how they are
// made of what was measured: number = (measured − Mean) / Scale.
type Scaling struct {
	// Description is for people: "gray levels from 0, black, to 1, white".
	Description string `json:"description,omitempty"`

	// Names are those of the numbers, with their units, as those of the columns of
	// a table. nil: they have none.
	Names []string `json:"names,omitempty"`

	// Mean and Scale have one entry for each number, or for an image [channels,
	// height, width] one for each channel; both are nil if measured numbers are
	// taken as they are. All are finite, and each Scale is above 0.
	Mean  []float64 `json:"mean,omitempty"`
	Scale []float64 `json:"scale,omitempty"`
}

// Apply writes to dst the numbers that the network takes for measured ones. It
// panics if they are not as many as dst has, or not a multiple of those of Mean.
func (s *Scaling) Apply(dst []float32, measured []float64) {
	s.checkLengths(len(dst), len(measured))
	for i, x := range measured {
		mean, scale := s.at(i, len(measured))
		dst[i] = float32((x - mean) / scale)
	}
}

// Invert writes to dst the measured numbers of which Apply makes those of values:
// predictions, in the units of the targets. It panics if they are not as many as
// dst has, or not a multiple of those of Mean. dst and values may be the same.
func (s *Scaling) Invert(dst, values []float64) {
	s.checkLengths(len(dst), len(values))
	for i, x := range values {
		mean, scale := s.at(i, len(values))
		dst[i] = mean + scale*x
	}
}

func (s *Scaling) checkLengths(dst, values int) {
	if dst != values || len(s.Scale) != len(s.Mean) || len(s.Mean) > 0 && values%len(s.Mean) != 0 {
		panic("ensemble: length of the numbers does not fit their scaling")
	}
}

// at returns the mean and the scale of number i of n.
func (s *Scaling) at(i, n int) (mean, scale float64) {
	if len(s.Mean) == 0 {
		return 0, 1
	}
	entry := i / (n / len(s.Mean))
	return s.Mean[entry], s.Scale[entry]
}

func (s *Scaling) isZero() bool {
	return s.Description == "" && s.Names == nil && s.Mean == nil && s.Scale == nil
}

// length returns how many numbers the scaling is of, or 0 if it does not say.
func (s *Scaling) length() int { return max(len(s.Names), len(s.Mean)) }

// check returns an error, without prefix, if the scaling is not one of numbers of
// the shape.
func (s *Scaling) check(what string, shape []int) error {
	size := 1
	for _, n := range shape {
		size *= n
	}
	if s.Names != nil && len(s.Names) != size {
		return fmt.Errorf("there are %d names of %ss, want %d", len(s.Names), what, size)
	}
	if len(s.Mean) != len(s.Scale) {
		return fmt.Errorf("there are %d means of %ss and %d scales, want as many", len(s.Mean), what, len(s.Scale))
	}
	image := len(shape) == 3
	switch n := len(s.Mean); {
	case n == 0 || n == size || image && n == shape[0]:
	case image:
		return fmt.Errorf("there are %d means of %ss, want %d, or %d, one for each channel", n, what, size, shape[0])
	default:
		return fmt.Errorf("there are %d means of %ss, want %d", n, what, size)
	}
	for i, mean := range s.Mean {
		if !(math.Abs(mean) <= math.MaxFloat64) {
			return fmt.Errorf("mean %d of the %ss is %v, want a finite number", i, what, mean)
		}
		if scale := s.Scale[i]; !(scale > 0 && scale <= math.MaxFloat64) {
			return fmt.Errorf("scale %d of the %ss is %v, want a finite number above 0", i, what, scale)
		}
	}
	return nil
}
