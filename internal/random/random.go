// Package random derives independent random sources from one seed, and draws
// from any source the few kinds of numbers that the library needs.
//
// A source is anything with Uint64 (math/rand/v2's Source). The default is
// PCG XSL RR 128/64 of golang.org/x/exp/rand, whose state can be saved with
// MarshalBinary and restored with UnmarshalBinary.
package random

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	exprand "golang.org/x/exp/rand"
)

// Source returns the default generator for a seed and a stream. The 128 bits
// of its state are a hash of seed and stream, so sources that differ in
// either are independent for all practical purposes. The same arguments
// always give the same source.
func Source(seed uint64, stream ...uint64) *exprand.PCGSource {
	h := mix(seed ^ 0x7472616a656e73) // "trajens"
	for i, word := range stream {
		h = mix(h ^ mix(word+uint64(i)+1))
	}
	var state [16]byte
	binary.BigEndian.PutUint64(state[:8], mix(h))
	binary.BigEndian.PutUint64(state[8:], mix(mix(h)))
	pcg := new(exprand.PCGSource)
	if err := pcg.UnmarshalBinary(state[:]); err != nil {
		panic("random: " + err.Error()) // the state has the size it asks for
	}
	return pcg
}

const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio

// mix is the output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014),
// a bijection in which every input bit flips each output bit half of the time.
func mix(x uint64) uint64 {
	x += golden
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Below returns an integer in [0, n) from source, unbiased (Lemire, ACM
// Transactions on Modeling and Computer Simulation 29, 3 (2019)). It panics
// if n is not positive.
func Below(source rand.Source, n int) int {
	if n <= 0 {
		panic("random: Below needs a positive bound")
	}
	bound := uint64(n)
	high, low := bits.Mul64(source.Uint64(), bound)
	if low < bound {
		for threshold := -bound % bound; low < threshold; {
			high, low = bits.Mul64(source.Uint64(), bound)
		}
	}
	return int(high)
}

// Open returns a float64 in (0, 1), an odd multiple of 2⁻⁵³, so that its
// logarithm and the logarithm of one minus it are finite.
func Open(source rand.Source) float64 {
	return (float64(source.Uint64()>>12) + 0.5) * 0x1p-52
}
