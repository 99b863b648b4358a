package number_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/report/internal/number"
)

func TestFormat(t *testing.T) {
	for v, want := range map[float64]string{
		0:                     "0",
		math.Copysign(0, -1):  "0",
		1:                     "1",
		-32:                   "−32",
		999:                   "999",
		1906:                  "1,906",
		123456789:             "123,456,789",
		0.98125:               "0.9812",
		0.06131:               "0.0613",
		0.00123:               "0.00123",
		-0.5:                  "−0.5000",
		1.5:                   "1.500",
		61.325:                "61.33",
		999.96:                "1,000.0",
		1234.5:                "1,234",
		1e9:                   "1.00×10⁹",
		0.000999:              "9.99×10⁻⁴",
		-1.5e-300:             "−1.50×10⁻³⁰⁰",
		math.MaxFloat64:       "1.80×10³⁰⁸",
		5e-324:                "4.94×10⁻³²⁴",
		math.Inf(1):           "∞",
		math.Inf(-1):          "−∞",
		float64(float32(0.1)): "0.1000",
	} {
		assert.Equal(t, want, number.Format(v), "%v", v)
	}
	assert.Equal(t, "–", number.Format(math.NaN()))
}

func TestEstimate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		v, low, high float64
		want         [3]string
	}{
		{0.98123, 0.97851, 0.98364, [3]string{"0.9812", "0.9785", "0.9836"}},
		{61.3247, 55, 67.4, [3]string{"61.3", "55.0", "67.4"}},
		{1, 0.995, 1, [3]string{"1.0000", "0.9950", "1.0000"}},
		{12345.6, 11000, 13000, [3]string{"12,346", "11,000", "13,000"}},
		{0, -0.02, 0.02, [3]string{"0.000", "−0.020", "0.020"}},
		{-0.0001, -0.02, 0.02, [3]string{"0.000", "−0.020", "0.020"}},
		{0.5, 0.5, 0.5, [3]string{"0.5000", "0.5000", "0.5000"}},
		{0.5, 0.49999999, 0.50000001, [3]string{"0.500000", "0.500000", "0.500000"}},
		{nan, 1, 2, [3]string{"–", "1", "2"}},
		{1, nan, 2, [3]string{"1", "–", "2"}},
		{1, -inf, inf, [3]string{"1", "−∞", "∞"}},
		{1e-5, 0, 2e-5, [3]string{"1.00×10⁻⁵", "0", "2.00×10⁻⁵"}},
		{0, -math.MaxFloat64, math.MaxFloat64, [3]string{"0", "−1.80×10³⁰⁸", "1.80×10³⁰⁸"}},
		{1, 2, 1, [3]string{"1", "2", "1"}}, // upside down: shown as it is
	} {
		value, lower, upper := number.Estimate(c.v, c.low, c.high)
		assert.Equal(t, c.want, [3]string{value, lower, upper}, "%v", c)
	}
}

func TestPercentAndPower(t *testing.T) {
	assert.Equal(t, "1.3%", number.Percent(0.0125001))
	assert.Equal(t, "100.0%", number.Percent(1))
	assert.Equal(t, "–", number.Percent(math.NaN()))
	assert.Equal(t, "10⁻¹²", number.Power(-12))
	assert.Equal(t, "10⁰", number.Power(0))
}
