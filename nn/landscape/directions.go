package landscape

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Random returns a direction of n independent standard normal numbers, whose norm is about √n.
func Random(n int, source rand.Source) []float64 {
	normal := rand.New(source)
	direction := make([]float64, n)
	for i := range direction {
		direction[i] = normal.NormFloat64()
	}
	return direction
}

// NormalizeFilters scales the part of a direction that belongs to each filter to the norm that the
// filter has in a model (Li et al., arXiv:1712.09913, section 4). Filters are lists of indices, such
// as Network.FilterCoordinates of package nn returns; a bias counts as one of the filter's
// weights. What belongs to none is left as it is. A part that is zero stays so.
func NormalizeFilters(direction []float64, model []float32, filters [][]int) error {
	if len(direction) != len(model) {
		return fmt.Errorf("landscape: a direction of %d numbers and a model of %d, want the same", len(direction), len(model))
	}
	for f, filter := range filters {
		own, wanted := 0.0, 0.0
		for _, i := range filter {
			if i < 0 || i >= len(model) {
				return fmt.Errorf("landscape: filter %d has the index %d, want 0 to %d", f, i, len(model)-1)
			}
			own += direction[i] * direction[i]
			wanted += float64(model[i]) * float64(model[i])
		}
		if own == 0 {
			continue
		}
		scale := math.Sqrt(wanted / own)
		for _, i := range filter {
			direction[i] *= scale
		}
	}
	return nil
}
