package chart

import (
	"math"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// A tick is a labeled place on an axis.
type tick struct {
	value float64
	label string
}

// ticks returns about count ticks at round numbers inside of the range of the
// scale, and what all labels are to be multiplied with, as a power of ten (0:
// with nothing).
func (s *scale) ticks(count int) (ticks []tick, power int) {
	if s.logarithmic {
		return s.decades(count)
	}
	return linearTicks(s.low, s.high, count)
}

// linearTicks returns ticks at multiples of 1, 2 or 5 times a power of ten.
func linearTicks(low, high float64, count int) (ticks []tick, power int) {
	mantissa, exponent := roundStep((high - low) / float64(count))
	size := max(math.Abs(low), math.Abs(high))
	if size >= 1e6 || size < 1e-3 {
		power = 3 * int(math.Floor(math.Log10(size)/3))
	}
	decimals := max(power-exponent, 0)
	unit := mantissa * math.Pow10(exponent)
	first, last := math.Ceil(low/unit-1e-9), math.Floor(high/unit+1e-9)
	for i := first; i <= last && len(ticks) <= 2*count; i++ {
		label := number.Fixed(i*mantissa*math.Pow10(exponent-power), decimals)
		ticks = append(ticks, tick{value: i * unit, label: label})
	}
	return ticks, power
}

// roundStep returns the one of 1, 2, 5 or 10 times a power of ten that is nearest
// to step in ratio.
func roundStep(step float64) (mantissa float64, exponent int) {
	exponent = int(math.Floor(math.Log10(step)))
	rest := step / math.Pow10(exponent)
	switch {
	case rest < math.Sqrt(2):
		return 1, exponent
	case rest < math.Sqrt(10):
		return 2, exponent
	case rest < math.Sqrt(50):
		return 5, exponent
	}
	return 1, exponent + 1
}

// decades returns ticks at powers of ten; at 2 and 5 times these, too, if there
// are few; and as on a linear axis if there are fewer than two even so.
func (s *scale) decades(count int) (ticks []tick, power int) {
	first, last := int(math.Ceil(s.low-1e-9)), int(math.Floor(s.high+1e-9))
	every := 1
	if raw := float64(last-first) / float64(count); raw > 1 {
		mantissa, exponent := roundStep(raw)
		every = int(mantissa * math.Pow10(exponent))
	}
	mantissas := []float64{1}
	if last-first < 2 {
		mantissas = []float64{1, 2, 5}
	}
	plain := first >= -3 && last <= 5
	for e := first - 1; e <= last; e++ {
		if e%every != 0 {
			continue
		}
		for _, m := range mantissas {
			value := m * math.Pow10(e)
			if l := math.Log10(value); l < s.low-1e-9 || l > s.high+1e-9 {
				continue
			}
			ticks = append(ticks, tick{value: value, label: decadeLabel(m, e, plain)})
		}
	}
	if len(ticks) < 2 {
		return linearTicks(math.Pow(10, s.low), math.Pow(10, s.high), count)
	}
	return ticks, 0
}

// decadeLabel writes mantissa times a power of ten.
func decadeLabel(mantissa float64, exponent int, plain bool) string {
	switch {
	case plain:
		return number.Fixed(mantissa*math.Pow10(exponent), max(-exponent, 0))
	case mantissa == 1:
		return number.Power(exponent)
	}
	return number.Fixed(mantissa, 0) + "×" + number.Power(exponent)
}
