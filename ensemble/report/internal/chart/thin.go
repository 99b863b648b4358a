package chart

import "math"

// A corner is a place of a line, in pixels.
type corner struct{ x, y float64 }

// thin returns the corners that are to be seen: of many in a row in the same
// half of a pixel column the first, the lowest, the highest and the last. So
// the size of a drawing has a bound however many steps were recorded.
func thin(corners []corner) []corner {
	var kept []corner
	for start := 0; start < len(corners); {
		end := start + 1
		for end < len(corners) && column(corners[end]) == column(corners[start]) {
			end++
		}
		kept = appendColumn(kept, corners[start:end])
		start = end
	}
	return kept
}

func column(c corner) float64 { return math.Floor(2 * c.x) }

// appendColumn appends the corners that stand for those of one column.
func appendColumn(kept, corners []corner) []corner {
	if len(corners) <= 4 {
		return append(kept, corners...)
	}
	low, high := 0, 0
	for i, c := range corners {
		if c.y < corners[low].y {
			low = i
		}
		if c.y > corners[high].y {
			high = i
		}
	}
	last, previous := len(corners)-1, 0
	kept = append(kept, corners[0])
	for _, i := range []int{min(low, high), max(low, high), last} {
		if i > previous {
			kept = append(kept, corners[i])
			previous = i
		}
	}
	return kept
}
