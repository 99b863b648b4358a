package langevin

import (
	"fmt"
	"slices"
)

// An isokineticSpace is the units of isokinetic dynamics.
type isokineticSpace struct {
	scale      []float32 // 0 for parameters that are fixed; nil: all are 1
	dimensions int       // the number of parameters that are free
}

// newIsokineticSpace returns the space of a sampler with those units.
func newIsokineticSpace(sampler string, scale []float32, system *System) (isokineticSpace, error) {
	space := isokineticSpace{dimensions: system.Free()}
	if space.dimensions < 2 {
		return space, fmt.Errorf("langevin: %s has %d parameter that is free, want at least 2: a direction in one dimension cannot turn", sampler, space.dimensions)
	}
	if scale != nil && len(scale) != system.Params() {
		return space, fmt.Errorf("langevin: %s.Scale has %d numbers, want the number of parameters, %d", sampler, len(scale), system.Params())
	}
	for i, x := range scale {
		if !(x > 0) || x-x != 0 {
			return space, fmt.Errorf("langevin: %s.Scale[%d] = %v, want a finite number > 0", sampler, i, x)
		}
	}
	space.set(scale, system)
	return space, nil
}

// set makes scale, nil or positive numbers, the units of the parameters that are free.
func (s *isokineticSpace) set(scale []float32, system *System) {
	s.scale = nil
	if scale == nil && len(system.Fixed()) == 0 {
		return
	}
	s.scale = make([]float32, system.Params())
	for i := range s.scale {
		s.scale[i] = 1
	}
	copy(s.scale, scale)
	system.clearFixed(s.scale)
}

// positive returns the units with 1 for parameters that are fixed.
func (s *isokineticSpace) positive() []float32 {
	scale := slices.Clone(s.scale)
	for i, x := range scale {
		if x == 0 {
			scale[i] = 1
		}
	}
	return scale
}
