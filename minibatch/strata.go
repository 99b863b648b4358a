package minibatch

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// levels is how many levels of loss there are, each twice as high as the one
// below.
const levels = 64

// lowest is the binary exponent of the losses of level 0, and of all below.
const lowest = -48

// Strata has the samples sorted into levels by their losses at a reference, so
// that those of a level are equally likely to be drawn. The zero value has no
// samples.
type Strata struct {
	order  []int32           // the samples, level by level
	starts [levels + 1]int32 // of the levels in order
	level  []uint8           // of each sample
}

// Set sorts the samples by their losses, one for each, none of which is kept. It
// allocates only if there are more samples than before.
func (s *Strata) Set(losses []float64) {
	if len(losses) > maxSamples {
		panic(fmt.Sprintf("minibatch: %d samples, want at most %d", len(losses), maxSamples))
	}
	s.grow(len(losses))
	for i, loss := range losses {
		s.level[i] = levelOf(loss)
	}
	s.sort()
}

// Copy makes s a copy of other strata.
func (s *Strata) Copy(of *Strata) {
	s.grow(len(of.level))
	copy(s.level, of.level)
	copy(s.order, of.order)
	s.starts = of.starts
}

func (s *Strata) grow(n int) {
	if n > cap(s.level) {
		s.level, s.order = make([]uint8, n), make([]int32, n)
	}
	s.level, s.order = s.level[:n], s.order[:n]
}

// levelOf returns the level of a loss; what is not a number or negative is
// sorted in somewhere.
func levelOf(loss float64) uint8 {
	_, exponent := math.Frexp(loss)
	switch {
	case !(loss > 0):
		return 0
	case math.IsInf(loss, 1):
		return levels - 1
	}
	return uint8(min(max(exponent-lowest, 0), levels-1))
}

// sort orders the samples by their levels.
func (s *Strata) sort() {
	s.starts = [levels + 1]int32{}
	for _, l := range s.level {
		s.starts[l+1]++
	}
	for l := range levels {
		s.starts[l+1] += s.starts[l]
	}
	next := s.starts
	for i, l := range s.level {
		s.order[next[l]] = int32(i)
		next[l]++
	}
}

// Len returns the number of samples.
func (s *Strata) Len() int { return len(s.level) }

// count returns how many samples a level has.
func (s *Strata) count(level int) int { return int(s.starts[level+1] - s.starts[level]) }

// draw draws one of the samples of a level that has some.
func (s *Strata) draw(level int, source rand.Source) int {
	return int(s.order[int(s.starts[level])+random.Below(source, s.count(level))])
}

// MarshalBinary returns the level of each sample, a byte each.
func (s *Strata) MarshalBinary() ([]byte, error) { return append([]byte(nil), s.level...), nil }

// UnmarshalBinary restores what MarshalBinary returned. On an error the strata
// stay as they are.
func (s *Strata) UnmarshalBinary(state []byte) error {
	if len(state) > maxSamples {
		return fmt.Errorf("minibatch: strata of %d samples, want at most %d", len(state), maxSamples)
	}
	for i, l := range state {
		if l >= levels {
			return fmt.Errorf("minibatch: the level of sample %d is %d, want 0 to %d", i, l, levels-1)
		}
	}
	s.grow(len(state))
	copy(s.level, state)
	s.sort()
	return nil
}
