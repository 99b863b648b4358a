package judge

import (
	"fmt"
	"math"
	"strconv"
)

// Width returns that of a column of a table for a terminal: there is room for a standard
// error from the accuracy on.
func Width(column int) int {
	if column < Accuracy {
		return 7
	}
	return 11
}

// Short returns a number for a table: from the accuracy on with four decimals, and its
// standard error in units of the last one, rounded up. NaN is a dash.
func Short(column int, mean, err float64) string {
	switch {
	case math.IsNaN(mean):
		return "-"
	case column == Parameters:
		return strconv.FormatFloat(mean, 'f', 0, 64)
	case column < Accuracy:
		return strconv.FormatFloat(mean, 'g', 3, 64)
	case math.IsNaN(err):
		return fmt.Sprintf("%.4f", mean)
	}
	return fmt.Sprintf("%.4f(%.0f)", mean, math.Ceil(1e4*err))
}

// Exactly returns a number for a file, nothing if it has no value.
func Exactly(x float64) string {
	if math.IsInf(x, 1) {
		return "inf"
	}
	if x-x != 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 8, 64)
}
