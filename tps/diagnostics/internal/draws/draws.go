// Package draws checks and converts draws of parameter vectors, which lie one after the other.
package draws

import (
	"fmt"

	"github.com/trajens/trajens/internal/memory"
)

// Count returns how many draws of that many parameters there are, or an error unless they are at
// least least, whole and finite.
func Count(draws []float32, params, least int) (int, error) {
	if params < 1 {
		return 0, fmt.Errorf("params = %d, want at least 1", params)
	}
	n := len(draws) / params
	if n*params != len(draws) {
		return 0, fmt.Errorf("%d numbers are not a whole number of draws of %d parameters", len(draws), params)
	}
	if n < least {
		return 0, fmt.Errorf("%d draws, want at least %d", n, least)
	}
	for i, x := range draws {
		if x-x != 0 {
			return 0, fmt.Errorf("parameter %d of draw %d is %v, want a finite number", i%params, i/params, x)
		}
	}
	return n, nil
}

// Centered returns the draws less their mean, and the mean. An error says that the machine has
// no memory for them.
func Centered(draws []float32, params int) (centered, mean []float64, err error) {
	if err := memory.Check(8 * float64(len(draws))); err != nil {
		return nil, nil, fmt.Errorf("%d draws of %d parameters: the conversion %w", len(draws)/params, params, err)
	}
	mean = make([]float64, params)
	scale := float64(params) / float64(len(draws))
	for at := 0; at < len(draws); at += params {
		for i, x := range draws[at : at+params] {
			mean[i] += scale * float64(x)
		}
	}
	centered = make([]float64, len(draws))
	for at := 0; at < len(draws); at += params {
		for i, x := range draws[at : at+params] {
			centered[at+i] = float64(x) - mean[i]
		}
	}
	return centered, mean, nil
}
