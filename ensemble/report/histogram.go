package report

import (
	"math"
	"sort"

	"github.com/trajens/trajens/ensemble/report/internal/chart"
)

// A Histogram is bars that count values.
type Histogram struct {
	Title, Caption string
	// X is what was counted, and Y in what unit. The vertical axis starts at
	// zero and is never logarithmic.
	X, Y Axis
	// Edges are the increasing ends of the bars: bar i reaches from Edges[i]
	// to Edges[i+1]. There is one edge more than there are Counts, or there are
	// none of both. A bar without a place is left out, as are negative counts.
	Edges  []float64
	Counts []float64
}

// Bins counts values in a number of bins, at least 1, of equal width between
// the smallest and the largest value: of equal ratio if logarithmic. The result
// is the Edges and Counts of a Histogram. Each bin has its lower edge, the last
// one also its upper edge.
//
// Values without a place on the axis are not counted. If none are left, there
// are no bins. If all are equal, v, there is one bin, from v − |v|/2 to
// v + |v|/2, or from −1/2 to 1/2 about zero.
func Bins(values []float64, bins int, logarithmic bool) (edges, counts []float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if chart.HasPlace(v, logarithmic) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return nil, nil
	}
	if low == high {
		half := math.Abs(low) / 2
		if half == 0 {
			half = 0.5
		}
		low, high, bins = low-half, high+half, 1
	}
	edges = spaced(low, high, max(bins, 1), logarithmic)
	counts = make([]float64, len(edges)-1)
	for _, v := range values {
		if chart.HasPlace(v, logarithmic) {
			after := sort.Search(len(edges), func(i int) bool { return edges[i] > v })
			counts[min(max(after-1, 0), len(counts)-1)]++
		}
	}
	return edges, counts
}

// spaced returns the edges of bins from low to high.
func spaced(low, high float64, bins int, logarithmic bool) []float64 {
	edges := make([]float64, bins+1)
	for i := range edges {
		share := float64(i) / float64(bins)
		if logarithmic {
			edges[i] = low * math.Pow(high/low, share)
		} else {
			edges[i] = low + (high-low)*share
		}
	}
	edges[0], edges[bins] = low, high
	return edges
}
