package ensemble

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/nn"
)

// fullInfo returns an info of three members of the network of identity, in which
// nothing is left out but the scaling of targets.
func fullInfo() Info {
	return Info{
		Loss:    nn.CrossEntropy,
		Classes: []string{"<zero> & \"one\"", "ünïcode\u2028", "two"},
		Inputs: Scaling{
			Description: "three lengths",
			Names:       []string{"a [m]", "b [m]", "c [m]"},
			Mean:        []float64{0.1, -1.0 / 3, 1e-300},
			Scale:       []float64{1, math.Pi, math.MaxFloat64},
		},
		Weights: []float64{0.5, 0, 0.5},
		Provenance: Provenance{
			Program:       "test 1.0",
			Seeds:         []uint64{1, math.MaxUint64},
			Configuration: json.RawMessage(`{"Tau":3,"Sigma":0.1,"name":"<&>"}`),
			Data:          "sha256:00",
			Notes:         map[string]string{"a": "b", "": "<c>"},
		},
	}
}

func TestInfoRoundTrip(t *testing.T) {
	for name, info := range map[string]Info{
		"full":    fullInfo(),
		"zero":    {},
		"targets": {Loss: nn.HalfSquaredError, Targets: Scaling{Mean: []float64{1}, Scale: []float64{2}}},
	} {
		text, err := info.encode()
		require.NoError(t, err, name)
		read, err := decodeInfo(text)
		require.NoError(t, err, name)
		assert.Equal(t, info, read, name)
	}
	assert.True(t, Info{}.isZero())
	assert.False(t, Info{Loss: nn.CrossEntropy}.isZero())
}

// The text is for programs in other languages, which know these names.
func TestInfoText(t *testing.T) {
	info := fullInfo()
	info.Inputs.Mean, info.Inputs.Scale = []float64{1, 2, 3}, []float64{4, 5, 6}
	info.Provenance.Notes = map[string]string{"key": "value"}
	text, err := info.encode()
	require.NoError(t, err)
	assert.Equal(t, `{"version":1,"loss":"CrossEntropy","classes":["<zero> & \"one\"","ünïcode\u2028","two"],`+
		`"inputs":{"description":"three lengths","names":["a [m]","b [m]","c [m]"],"mean":[1,2,3],"scale":[4,5,6]},`+
		`"weights":[0.5,0,0.5],"provenance":{"program":"test 1.0","seeds":[1,18446744073709551615],`+
		`"configuration":{"Tau":3,"Sigma":0.1,"name":"<&>"},"data":"sha256:00","notes":{"key":"value"}}}`, string(text))
}

func TestInfoCheck(t *testing.T) {
	classifier := identity(t) // 3 inputs, 3 outputs
	image, err := nn.NewNetwork([]int{2, 4, 4}, nn.Flatten{}, nn.Dense{Outputs: 3})
	require.NoError(t, err)
	regression, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	nan, inf := math.NaN(), math.Inf(1)
	scaling := func(mean, scale []float64) Scaling { return Scaling{Mean: mean, Scale: scale} }
	two := []float64{1, 1}

	for name, c := range map[string]struct {
		net  *nn.Network
		info Info
		says string // nothing: it fits
	}{
		"zero":                        {classifier, Info{}, ""},
		"full":                        {classifier, fullInfo(), ""},
		"another loss":                {classifier, Info{Loss: 99}, "the loss is Loss(99), want 0 or one of package nn"},
		"classes alone":               {classifier, Info{Classes: []string{"a", "b", "c"}}, ""},
		"a class too few":             {classifier, Info{Classes: []string{"a", "b"}}, "there are 2 names of classes, want one for each of the 3 outputs"},
		"a class too many":            {classifier, Info{Classes: []string{"a", "b", "c", "d"}}, "there are 4 names of classes"},
		"no classes":                  {classifier, Info{Classes: []string{}}, "there are 0 names of classes"},
		"classes of a regression":     {classifier, Info{Loss: nn.HalfSquaredError, Classes: []string{"a", "b", "c"}}, "names of classes, but the loss is HalfSquaredError"},
		"targets of a classification": {classifier, Info{Loss: nn.CrossEntropy, Targets: Scaling{Description: "a"}}, "scaling of targets, but the loss is CrossEntropy"},
		"names of inputs":             {classifier, Info{Inputs: Scaling{Names: []string{"a"}}}, "there are 1 names of inputs, want 3"},
		"means of inputs":             {classifier, Info{Inputs: scaling(two, two)}, "there are 2 means of inputs, want 3"},
		"means alone":                 {classifier, Info{Inputs: scaling(two, nil)}, "there are 2 means of inputs and 0 scales"},
		"scales alone":                {classifier, Info{Inputs: scaling(nil, two)}, "there are 0 means of inputs and 2 scales"},
		"channels":                    {image, Info{Inputs: scaling(two, two)}, ""},
		"pixels":                      {image, Info{Inputs: scaling(make([]float64, 32), []float64{31: 1})}, "scale 0 of the inputs is 0"},
		"neither":                     {image, Info{Inputs: scaling(make([]float64, 4), two)}, "there are 4 means of inputs and 2 scales"},
		"neither of both":             {image, Info{Inputs: scaling([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4})}, "there are 4 means of inputs, want 32, or 2, one for each channel"},
		"NaN as mean":                 {image, Info{Inputs: scaling([]float64{0, nan}, two)}, "mean 1 of the inputs is NaN, want a finite number"},
		"infinite mean":               {image, Info{Inputs: scaling([]float64{-inf, 0}, two)}, "mean 0 of the inputs is -Inf"},
		"no scale":                    {image, Info{Inputs: scaling(two, []float64{1, 0})}, "scale 1 of the inputs is 0, want a finite number above 0"},
		"negative scale":              {image, Info{Inputs: scaling(two, []float64{-1, 1})}, "scale 0 of the inputs is -1"},
		"NaN as scale":                {image, Info{Inputs: scaling(two, []float64{1, nan})}, "scale 1 of the inputs is NaN"},
		"infinite scale":              {image, Info{Inputs: scaling(two, []float64{1, inf})}, "scale 1 of the inputs is +Inf"},
		"two targets":                 {regression, Info{Loss: nn.HalfSquaredError, Targets: scaling(two, two)}, ""},
		"half of the targets":         {regression, Info{Loss: nn.HalfSquaredError, Targets: scaling(two[:1], two[:1])}, "there are 1 means of targets, want 2"},
		"mean and scale":              {regression, Info{Targets: scaling(two[:1], two[:1])}, ""},
		"name, mean and scale":        {regression, Info{Targets: Scaling{Names: []string{"a", "b"}, Mean: two[:1], Scale: two[:1]}}, "there are 1 means of targets, want 2"},
		"a target too many":           {regression, Info{Targets: Scaling{Names: []string{"a", "b", "c"}}}, "there are 3 names of targets, want 2"},
		"a weight too few":            {classifier, Info{Weights: []float64{0.5, 0.5}}, "there are 2 weights, want one for each of the 3 members"},
		"no weights":                  {classifier, Info{Weights: []float64{}}, "there are 0 weights"},
		"rounded weights":             {classifier, Info{Weights: []float64{float64(float32(1) / 3), float64(float32(1) / 3), float64(float32(1) / 3)}}, ""},
		"negative weight":             {classifier, Info{Weights: []float64{1, -0.5, 0.5}}, "the weight of member 1 is -0.5, want a number from 0 to 1"},
		"NaN as weight":               {classifier, Info{Weights: []float64{1, 0, nan}}, "the weight of member 2 is NaN"},
		"infinite weight":             {classifier, Info{Weights: []float64{inf, 0, 0}}, "the weight of member 0 is +Inf"},
		"sum below 1":                 {classifier, Info{Weights: []float64{0.5, 0.25, 0.24}}, "the sum of the weights is 0.99, want 1"},
		"sum above 1":                 {classifier, Info{Weights: []float64{1, 1, 1}}, "the sum of the weights is 3, want 1"},
		"no sum":                      {classifier, Info{Weights: []float64{math.MaxFloat64, math.MaxFloat64, 0}}, "the sum of the weights is +Inf, want 1"},
		"a list":                      {classifier, Info{Provenance: Provenance{Configuration: json.RawMessage("[]")}}, "the configuration is not a JSON object"},
		"half an object":              {classifier, Info{Provenance: Provenance{Configuration: json.RawMessage("{")}}, "the configuration is not a JSON object"},
		"nothing":                     {classifier, Info{Provenance: Provenance{Configuration: json.RawMessage("")}}, "the configuration is not a JSON object"},
		"an object":                   {classifier, Info{Provenance: Provenance{Configuration: json.RawMessage(" {}\n")}}, ""},
		"bytes as a class":            {classifier, Info{Classes: []string{"a", "\xff", "c"}}, `the text "\xff" is not in UTF-8`},
		"bytes as a note":             {classifier, Info{Provenance: Provenance{Notes: map[string]string{"\xff": ""}}}, `the text "\xff" is not in UTF-8`},
		"bytes in JSON":               {classifier, Info{Provenance: Provenance{Configuration: json.RawMessage("{\"\xff\":1}")}}, "is not in UTF-8"},
	} {
		err := c.info.check(c.net, 3)
		if c.says == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, c.says, name)
		}
	}
}

func TestDecodeInfoRefuses(t *testing.T) {
	for text, says := range map[string]string{
		``:                                "the info: ",
		`[]`:                              "the info: ",
		`{}`:                              "the info is of version 0, want 1",
		`{"version":2}`:                   "the info is of version 2, want 1",
		`{"version":1}{}`:                 "the info: ",
		`{"version":1,"colour":"red"}`:    `unknown field "colour"`,
		`{"version":1,"loss":"another"}`:  `the info: nn: no loss is called "another"`,
		`{"version":1,"weights":["a"]}`:   "the info: ",
		`{"version":1,"weights":[1e999]}`: "the info: ",
		`{"version":1,"provenance":{"seeds":[-1]}}`:                                                                    "the info: ",
		`{"version":1,"provenance":` + strings.Repeat(`{"configuration":`, 20000):                                      "the info: ",
		`{"version":1,"provenance":{"configuration":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}}": "the info: ",
	} {
		_, err := decodeInfo([]byte(text))
		assert.ErrorContains(t, err, says, "%.80s", text)
	}
}

func TestScaling(t *testing.T) {
	s := Scaling{Mean: []float64{1, -2}, Scale: []float64{2, 0.5}}
	numbers := make([]float32, 4) // two channels of two
	s.Apply(numbers, []float64{1, 5, -2, -1})
	assert.Equal(t, []float32{0, 2, 0, 2}, numbers)
	values := []float64{0, 2, 0, 2}
	s.Invert(values, values)
	assert.Equal(t, []float64{1, 5, -2, -1}, values)
	s.Apply(numbers[:2], []float64{1, -2})
	assert.Equal(t, []float32{0, 0}, numbers[:2])

	var none Scaling
	none.Apply(numbers, []float64{1, 2, 3, 4})
	assert.Equal(t, []float32{1, 2, 3, 4}, numbers)
	none.Invert(values, []float64{4, 3, 2, 1})
	assert.Equal(t, []float64{4, 3, 2, 1}, values)

	const says = "ensemble: length of the numbers does not fit their scaling"
	assert.PanicsWithValue(t, says, func() { s.Apply(numbers, []float64{1, 2}) })
	assert.PanicsWithValue(t, says, func() { s.Invert(values[:3], []float64{1, 2, 3}) })
	assert.PanicsWithValue(t, says, func() { (&Scaling{Mean: []float64{1}}).Invert(values, values) })
}
