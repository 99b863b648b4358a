package minibatch

import (
	"encoding/binary"
	"fmt"
	"math"
)

// MarshalBinary returns what the test has learned from its decisions, for a
// checkpoint.
func (a *Adaptive) MarshalBinary() ([]byte, error) {
	var state []byte
	for i := range a.estimators {
		state = a.estimators[i].forecast.append(state)
	}
	for _, x := range a.guide.numbers() {
		state = binary.LittleEndian.AppendUint64(state, math.Float64bits(*x))
	}
	return state, nil
}

// UnmarshalBinary restores what MarshalBinary returned. On an error the test
// stays as it is.
func (a *Adaptive) UnmarshalBinary(state []byte) error {
	var g guide
	numbers := g.numbers()
	forecasts := len(a.estimators) * forecastBytes
	if want := forecasts + 8*len(numbers); len(state) != want {
		return fmt.Errorf("minibatch: the state of a test has %d bytes, want %d", len(state), want)
	}
	estimators := a.estimators
	for i := range estimators {
		if err := estimators[i].forecast.restore(state[i*forecastBytes:][:forecastBytes]); err != nil {
			return err
		}
	}
	for i, x := range numbers {
		*x = math.Float64frombits(binary.LittleEndian.Uint64(state[forecasts+8*i:]))
		if !(*x >= 0) || math.IsInf(*x, 1) {
			return fmt.Errorf("minibatch: number %d in the state of a test is %v", i, *x)
		}
	}
	a.estimators = estimators
	a.guide.learned = g.learned
	return nil
}

// numbers returns what a guide has learned, none of which is negative.
func (g *guide) numbers() []*float64 {
	list := []*float64{&g.decisions}
	for i := range g.variance {
		list = append(list, &g.variance[i].decisions, &g.variance[i].mean, &g.overrun[i].decisions, &g.overrun[i].mean)
	}
	for i := range g.squares {
		s := &g.squares[i]
		list = append(list, &s.all)
		for l := range s.terms {
			list = append(list, &s.terms[l], &s.mean[l])
		}
	}
	return list
}
