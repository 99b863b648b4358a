package langevin

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
)

// orStep returns a step size or its default, or an error.
func orStep(sampler string, step, otherwise float64) (float64, error) {
	step = cmp.Or(step, otherwise)
	return step, checkPositive(sampler+".Step", step)
}

// setMasses gives the masses of a sampler to a state.
func setMasses(sampler string, masses []float32, system *System, state *State) error {
	if masses == nil {
		return nil
	}
	if len(masses) != system.Params() {
		return fmt.Errorf("langevin: %s.Masses has %d numbers, want the number of parameters, %d", sampler, len(masses), system.Params())
	}
	for i, m := range masses {
		if !(m > 0) || m-m != 0 {
			return fmt.Errorf("langevin: %s.Masses[%d] = %v, want a finite number > 0", sampler, i, m)
		}
	}
	state.Masses = masses
	return nil
}

// roots returns the square roots of numbers, nil of nil.
func roots(numbers []float32) []float32 {
	if numbers == nil {
		return nil
	}
	r := make([]float32, len(numbers))
	for i, x := range numbers {
		r[i] = float32(math.Sqrt(float64(x)))
	}
	return r
}

// orDefault returns a setting in words.
func orDefault(x float64) string {
	if x == 0 {
		return "default"
	}
	return fmt.Sprint(x)
}

// describeNumbers returns numbers in words, for checkpoints to compare.
func describeNumbers(numbers []float32) string {
	if numbers == nil {
		return "default"
	}
	sum := fnv.New64a()
	for _, x := range numbers {
		fmt.Fprintf(sum, "%08x", math.Float32bits(x))
	}
	return fmt.Sprintf("%d numbers with checksum %016x", len(numbers), sum.Sum64())
}
