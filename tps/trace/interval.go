package trace

import (
	"fmt"
	"strconv"
)

// maxNumber is the length of the longest float64, -2.2250738585072014e-308.
const maxNumber = 24

// Interval returns the smallest k for which a trace of a number of steps with
// the given columns and a row every k steps is at most limit bytes long,
// whatever the numbers are. The error says that steps is negative, or that the
// limit is too small for a header and a row.
func Interval(steps int, columns []Column, limit int64) (int, error) {
	if steps < 0 {
		return 0, fmt.Errorf("trace: steps = %d, want at least 0", steps)
	}
	row := int64(len(strconv.Itoa(steps)) + len(columns)*(1+maxNumber) + 1)
	rows := (limit - int64(len(header(columns)))) / row
	if limit < int64(len(header(columns))) || rows < 1 {
		return 0, fmt.Errorf("trace: limit = %d bytes, want at least %d", limit, int64(len(header(columns)))+row)
	}
	// ⌊steps/k⌋ rows are to be at most rows.
	return int(int64(steps)/(rows+1)) + 1, nil
}

// header returns the first line.
func header(columns []Column) string {
	line := stepName
	for _, c := range columns {
		line += "," + c.Name
	}
	return line + "\n"
}
