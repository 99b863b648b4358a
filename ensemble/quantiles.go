package ensemble

import (
	"cmp"
	"slices"
	"sort"
)

// quantiles are those of values with weights. It has memory for one goroutine.
type quantiles struct {
	values []weighted
	middle []float64 // of the weight of each value, with those before it
}

type weighted struct{ value, weight float64 }

// sort takes the values of the members.
func (q *quantiles) sort(c *Committee, values []float64) {
	q.values, q.middle = q.values[:0], q.middle[:0]
	for member, value := range values {
		if weight := c.weight(member); weight > 0 {
			q.values = append(q.values, weighted{value, weight / c.total})
		}
	}
	slices.SortFunc(q.values, func(a, b weighted) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.weight, b.weight))
	})
	before := 0.0
	for _, v := range q.values {
		q.middle = append(q.middle, before+v.weight/2)
		before += v.weight
	}
}

// at returns the quantile at a level.
func (q *quantiles) at(level float64) float64 {
	i := sort.SearchFloat64s(q.middle, level)
	if i == 0 {
		return q.values[0].value
	}
	if i == len(q.values) {
		return q.values[i-1].value
	}
	low, high := q.values[i-1].value, q.values[i].value
	share := (level - q.middle[i-1]) / (q.middle[i] - q.middle[i-1])
	return low*(1-share) + high*share
}
