package report

import (
	"math"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// A Value is a number, a number with an interval, or a text. The zero Value is
// no value and shown as a dash.
type Value struct {
	kind         valueKind
	number       float64
	lower, upper float64
	text         string
}

type valueKind int

const (
	noValue valueKind = iota
	numberValue
	estimateValue
	textValue
)

// Number returns a number. The page shows about four significant digits, whole
// numbers in full, NaN as a dash.
func Number(value float64) Value { return Value{kind: numberValue, number: value} }

// Estimate returns a number with an interval, for example a confidence interval
// or a standard error to both sides. What the interval is should be said in
// a caption or a note. The width of the interval decides on the number of
// decimals.
func Estimate(value, lower, upper float64) Value {
	return Value{kind: estimateValue, number: value, lower: lower, upper: upper}
}

// Text returns a text.
func Text(text string) Value { return Value{kind: textValue, text: text} }

// main is what stands large.
func (v Value) main() string {
	switch v.kind {
	case numberValue:
		return number.Format(v.number)
	case estimateValue:
		value, _, _ := number.Estimate(v.number, v.lower, v.upper)
		return value
	case textValue:
		return v.text
	}
	return number.None
}

// interval is what stands small, or "".
func (v Value) interval() string {
	if v.kind != estimateValue || math.IsNaN(v.lower) && math.IsNaN(v.upper) {
		return ""
	}
	_, lower, upper := number.Estimate(v.number, v.lower, v.upper)
	return lower + " to " + upper
}
