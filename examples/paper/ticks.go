package main

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
)

// logTicks are those of a logarithmic axis: one for each digit before a power of ten, with
// numbers at the powers and, the shorter the axis, at more of the others, and halves.
func logTicks(low, high float64) (ticks []plot.Tick) {
	named, step := []int{1}, 10
	switch decades := math.Log10(high / low); {
	case decades < 0.4:
		step = 5
		fallthrough
	case decades < 0.7:
		named = []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	case decades < 1.3:
		named = []int{1, 2, 3, 5, 7}
	case decades < 2.2:
		named = []int{1, 2, 5}
	}
	for power := int(math.Floor(math.Log10(low))); float64(power) <= math.Log10(high); power++ {
		for tenths := 10; tenths < 100; tenths += step {
			// Through text, so that 3·10⁻¹ is 0.3.
			value, _ := strconv.ParseFloat(strconv.Itoa(tenths)+"e"+strconv.Itoa(power-1), 64)
			if value < low || value > high {
				continue
			}
			tick := plot.Tick{Value: value}
			if slices.Contains(named, tenths/10) {
				tick.Label = strconv.FormatFloat(value, 'f', -1, 64)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// logX and logY make an axis logarithmic, with a little room at its ends.
func logX(p *plot.Plot) {
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(logTicks)
	p.X.Min, p.X.Max = p.X.Min/1.15, p.X.Max*1.15
}

func logY(p *plot.Plot) {
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(logTicks)
	p.Y.Min, p.Y.Max = p.Y.Min/1.15, p.Y.Max*1.15
}
