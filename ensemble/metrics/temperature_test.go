package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The NLL at the fitted temperature is the smallest of a grid, and the
// temperature is that from which the labels were drawn: of 20,000 samples it is
// known to about 1%.
func TestTemperatureIsTheMinimum(t *testing.T) {
	for _, drawn := range []float64{0.3, 0.8, 1, 1.7, 4} {
		c := draw(t, rand.NewPCG(5, 1), 20_000, 5, drawn, 0)
		fitted := must[float64](t)(c.FitTemperature())
		assert.InEpsilon(t, drawn, fitted, 0.04)
		if drawn == 1.7 {
			assert.Greater(t, math.Abs(fitted-1), 0.5, "negative control")
		}
		least := must[*Classification](t)(c.Tempered(fitted)).NLL()
		for _, factor := range []float64{0.9, 0.99, 0.999, 1.001, 1.01, 1.1} {
			assert.Greater(t, must[*Classification](t)(c.Tempered(fitted*factor)).NLL(), least)
		}
	}
}

// Tempered predictions have a temperature that is as much lower.
func TestTemperatureOfTempered(t *testing.T) {
	c := draw(t, rand.NewPCG(5, 2), 1000, 4, 1.5, 0)
	fitted := must[float64](t)(c.FitTemperature())
	for _, temperature := range []float64{0.1, 0.5, 1, fitted, 10} {
		tempered := must[*Classification](t)(c.Tempered(temperature))
		same(t, fitted/temperature, must[float64](t)(tempered.FitTemperature()), "temperature")
		assert.Equal(t, c.Accuracy(), tempered.Accuracy())
	}
	sameAll(t, numbers(c.logProbabilities), must[*Classification](t)(c.Tempered(1)).logProbabilities, "at 1")
}

func numbers(x []float64) series {
	s := make(series, len(x))
	for i, v := range x {
		s[i] = number(v)
	}
	return s
}

func TestTemperatureLimits(t *testing.T) {
	sure, unsure := math.Log(0.9), math.Log(0.1)
	for _, c := range []struct {
		name   string
		rows   []float64
		labels []int
		want   float64
	}{
		{"always right", []float64{sure, unsure, unsure, sure}, []int{0, 1}, LowestTemperature},
		{"right and surer than float64 tells", []float64{0, -20, 0, -30}, []int{0, 0}, LowestTemperature},
		{"worse than chance", []float64{sure, unsure, unsure, sure}, []int{1, 0}, HighestTemperature},
		{"as good as chance", []float64{sure, unsure, sure, unsure}, []int{1, 0}, HighestTemperature},
		{"uniform", []float64{math.Log(0.5), math.Log(0.5)}, []int{1}, 1},
		{"certain", []float64{0, inf(-1)}, []int{0}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, must[float64](t)(classification(t, c.rows, 2, c.labels).FitTemperature()))
		})
	}
	_, err := classification(t, []float64{sure, unsure, 0, inf(-1)}, 2, []int{0, 1}).FitTemperature()
	assert.ErrorContains(t, err, "metrics: the label of sample 1 has the probability zero")
}

func TestTempered(t *testing.T) {
	c := classification(t, []float64{math.Log(0.8), math.Log(0.2), 0, inf(-1)}, 2, []int{0, 0})
	got := must[*Classification](t)(c.Tempered(0.5))
	same(t, 0.64/0.68, math.Exp(got.logProbabilities[0]), "squared")
	assert.Equal(t, inf(-1), got.logProbabilities[3])
	_, err := NewPredictions(got.logProbabilities, 2)
	require.NoError(t, err)
	for _, temperature := range []float64{1e-300, 5e-324, math.MaxFloat64} {
		extreme := must[*Classification](t)(c.Tempered(temperature))
		_, err := NewPredictions(extreme.logProbabilities, 2)
		assert.NoError(t, err, "%v", temperature)
	}
	for _, temperature := range []float64{0, -1, nan, inf(1)} {
		_, err := c.Tempered(temperature)
		assert.ErrorContains(t, err, "want a finite number > 0")
	}
}

// The definition, with the temperature of each half by FitTemperature itself.
func TestCalibratedNLLByDefinition(t *testing.T) {
	c := draw(t, rand.NewPCG(6, 1), 501, 4, 2, 0)
	got := must[float64](t)(c.CalibratedNLL(rand.NewPCG(6, 2)))

	source := rand.NewPCG(6, 2)
	order := everySample(c.Len())
	sum := 0.0
	for range 5 {
		order = shuffled(order, source)
		fitted := must[float64](t)(c.Subset(order[:250]).FitTemperature())
		sum += must[*Classification](t)(c.Subset(order[250:]).Tempered(fitted)).NLL()
	}
	same(t, sum/5, got, "calibrated NLL")
	assert.Less(t, got, c.NLL())
	assert.NotEqual(t, got, must[float64](t)(c.CalibratedNLL(rand.NewPCG(6, 3))))
}

// Whatever temperature the predictions have, the calibrated NLL is the same.
func TestCalibratedNLLDoesNotDependOnTemperature(t *testing.T) {
	c := draw(t, rand.NewPCG(6, 4), 400, 3, 1, 0)
	want := must[float64](t)(c.CalibratedNLL(rand.NewPCG(6, 5)))
	for _, temperature := range []float64{0.2, 3} {
		tempered := must[*Classification](t)(c.Tempered(temperature))
		same(t, want, must[float64](t)(tempered.CalibratedNLL(rand.NewPCG(6, 5))), "calibrated NLL")
		assert.Greater(t, math.Abs(tempered.NLL()-c.NLL()), 0.1, "negative control")
	}
}

func TestCalibratedNLLEdges(t *testing.T) {
	c := draw(t, rand.NewPCG(6, 6), 2, 3, 1, 0)
	_, err := c.CalibratedNLL(nil)
	assert.ErrorContains(t, err, "metrics: the source is nil")
	_, err = c.CalibratedNLL((*rand.PCG)(nil))
	assert.ErrorContains(t, err, "metrics: the source is nil")
	_, err = c.Subset([]int{0}).CalibratedNLL(rand.NewPCG(1, 1))
	assert.ErrorContains(t, err, "metrics: one sample cannot be split, want at least 2")
	got := must[float64](t)(c.CalibratedNLL(rand.NewPCG(1, 1)))
	assert.False(t, math.IsNaN(got))
	wrong := classification(t, []float64{0, inf(-1), math.Log(0.5), math.Log(0.5)}, 2, []int{1, 0})
	a, b := rand.NewPCG(1, 1), rand.NewPCG(1, 1)
	assert.Equal(t, inf(1), must[float64](t)(wrong.CalibratedNLL(a)))
	must[float64](t)(c.CalibratedNLL(b))
	assert.Equal(t, b.Uint64(), a.Uint64(), "the source moves on as for other classifications of that size")
}
