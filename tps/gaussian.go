package tps

import (
	"fmt"
	"hash/fnv"
	"math"
)

// A Gaussian is a prior on a model: independent normal coordinates.
type Gaussian struct {
	// Mean holds P means, at most 10³⁷ in size. nil: all zero.
	Mean []float32
	// Sigma is the standard deviation of each coordinate, positive and at most
	// 10³⁰.
	Sigma float64
}

// At returns the mean of a coordinate.
func (g *Gaussian) At(i int) float64 {
	if g.Mean == nil {
		return 0
	}
	return float64(g.Mean[i])
}

// String returns the prior in words.
func (g *Gaussian) String() string {
	if g == nil {
		return "flat"
	}
	mean := "0"
	if g.Mean != nil {
		mean = fmt.Sprintf("%d numbers with checksum %016x", len(g.Mean), checksum(g.Mean))
	}
	return fmt.Sprintf("normal(mean %s, sigma %v)", mean, g.Sigma)
}

func checksum(numbers []float32) uint64 {
	sum := fnv.New64a()
	for _, x := range numbers {
		fmt.Fprintf(sum, "%08x", math.Float32bits(x))
	}
	return sum.Sum64()
}

func (g *Gaussian) validate(params int) error {
	if g == nil {
		return nil
	}
	if g.Mean != nil && len(g.Mean) != params {
		return fmt.Errorf("tps: Prior.Mean has %d numbers, want the number of parameters, %d", len(g.Mean), params)
	}
	for i, m := range g.Mean {
		if m-m != 0 {
			return fmt.Errorf("tps: Prior.Mean[%d] = %v, want a finite number", i, m)
		}
		if m > largestParameter || m < -largestParameter {
			return fmt.Errorf("tps: Prior.Mean[%d] = %v, want at most %v in size: proposals, which are float32, would overflow", i, m, largestParameter)
		}
	}
	return checkWidth("Prior.Sigma", g.Sigma)
}
