// Package number writes numbers for people to read: with few digits, a true
// minus sign, commas between thousands and powers of ten as such.
package number

import (
	"math"
	"strconv"
	"strings"
)

// None is what stands for a number that is not there.
const None = "–"

const (
	// smallest is the size below which a number is written with a power of ten.
	smallest = 1e-3
	// largest is the size from which a number is written with a power of ten.
	largest = 1e9
	// maxDecimals is the largest number of decimals of an estimate.
	maxDecimals = 6
)

// Format writes a number with about four significant digits: whole numbers in
// full up to a billion, from 0.01 to 1 four decimals, below 0.001 and from
// a billion on a power of ten. NaN is None, and infinities are ∞ and −∞.
func Format(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return None
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	case size < largest && v == math.Trunc(v):
		return Fixed(v, 0)
	case size < smallest || size >= largest:
		return scientific(v)
	}
	return Fixed(v, decimals(size))
}

// decimals is the number of decimals of a size from smallest to largest.
func decimals(size float64) int {
	switch {
	case size >= 1000:
		return 0
	case size >= 100:
		return 1
	case size >= 10:
		return 2
	case size >= 1:
		return 3
	case size >= 0.01:
		return 4
	}
	return 5
}

// Estimate writes a value and its interval with the same number of decimals:
// as many as show two digits of half of the interval's width.
func Estimate(v, low, high float64) (value, lower, upper string) {
	half := high/2 - low/2
	size := max(math.Abs(v), math.Abs(low), math.Abs(high))
	// The comparisons are false for NaN.
	if !(half > 0 && size >= smallest && size < largest) {
		return Format(v), Format(low), Format(high)
	}
	digits := min(max(1-int(math.Floor(math.Log10(half))), 0), maxDecimals)
	return Fixed(v, digits), Fixed(low, digits), Fixed(high, digits)
}

// Fixed writes a finite number with a number of decimals, and others as Format
// does.
func Fixed(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Format(v)
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, found := strings.Cut(text, ".")
	var out strings.Builder
	if v < 0 && strings.Trim(text, "0.") != "" {
		out.WriteString("−")
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	if found {
		out.WriteString("." + fraction)
	}
	return out.String()
}

// Percent writes a share as a percentage with one decimal.
func Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return Format(share)
	}
	return Fixed(100*share, 1) + "%"
}

// Power writes a power of ten, as in 10⁻³.
func Power(exponent int) string {
	var out strings.Builder
	out.WriteString("10")
	for _, digit := range strconv.Itoa(exponent) {
		out.WriteRune(superscripts[digit])
	}
	return out.String()
}

var superscripts = map[rune]rune{
	'-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴',
	'5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹',
}

// scientific writes a finite number other than 0 with three digits and a power
// of ten.
func scientific(v float64) string {
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'e', 2, 64), "e")
	power, _ := strconv.Atoi(exponent)
	text := digits + "×" + Power(power)
	if v < 0 {
		return "−" + text
	}
	return text
}
