package ensemble

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// fullInfo returns an info of three members of the network of identity, in which
// nothing is left out.
func fullInfo() Info {
	names := []string{"<zero> & \"one\"", "ünïcode\u2028", "two"}
	return Info{
		Loss:    nn.CrossEntropy,
		Classes: names,
		Inputs:  "three lengths",
		Columns: &data.Columns{
			Inputs: []data.Column{{Name: "a [m]"}, {Name: "b", Levels: []string{"no", "yes"}}},
			Target: data.Column{Name: "class", Levels: names},
		},
		Standardizer: &data.Standardizer{
			InputMean:  []float64{0.1, -1.0 / 3, 1e-300},
			InputScale: []float64{1, math.Pi, math.MaxFloat64},
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
		"targets": {Loss: nn.HalfSquaredError, Standardizer: standardizer(1, 1)},
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
	info.Standardizer = standardizer(3, 0)
	info.Provenance.Notes = map[string]string{"key": "value"}
	text, err := info.encode()
	require.NoError(t, err)
	assert.Equal(t, `{"version":1,"loss":"CrossEntropy","classes":["<zero> & \"one\"","ünïcode\u2028","two"],`+
		`"inputs":"three lengths","columns":{"inputs":[{"name":"a [m]"},{"name":"b","levels":["no","yes"]}],`+
		`"target":{"name":"class","levels":["<zero> & \"one\"","ünïcode\u2028","two"]}},`+
		`"standardizer":{"input_mean":[0,0,0],"input_scale":[1,1,1]},`+
		`"weights":[0.5,0,0.5],"provenance":{"program":"test 1.0","seeds":[1,18446744073709551615],`+
		`"configuration":{"Tau":3,"Sigma":0.1,"name":"<&>"},"data":"sha256:00","notes":{"key":"value"}}}`, string(text))
}

func TestInfoCheck(t *testing.T) {
	classifier := identity(t) // 3 inputs, 3 outputs
	regression, err := nn.NewNetwork([]int{1, 2, 2}, nn.Flatten{}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	nan, inf := math.NaN(), math.Inf(1)
	columns := func(target []string, names ...string) *data.Columns {
		c := &data.Columns{Target: data.Column{Name: "target", Levels: target}}
		for _, name := range names {
			c.Inputs = append(c.Inputs, data.Column{Name: name})
		}
		return c
	}
	one := standardizer(3, 0)
	one.InputScale[1] = 0

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
		"columns":                     {classifier, Info{Columns: columns(nil, "a", "b", "c")}, ""},
		"a column too few":            {classifier, Info{Columns: columns(nil, "a", "b")}, "the columns make 2 input numbers, want 3"},
		"no columns":                  {classifier, Info{Columns: columns(nil)}, "the columns make 0 input numbers, want 3"},
		"levels":                      {classifier, Info{Columns: columns([]string{"x", "y", "z"}, "a", "b", "c")}, "the levels of the target's column are not the names"},
		"other levels":                {classifier, Info{Classes: []string{"x", "y", "w"}, Columns: columns([]string{"x", "y", "z"}, "a", "b", "c")}, "the levels of the target's column are not the names"},
		"inputs":                      {classifier, Info{Standardizer: standardizer(2, 0)}, "the standardizer is for 2 input numbers, want 3"},
		"no scale":                    {classifier, Info{Standardizer: one}, "data: input_scale[1] = 0, want a finite number above 0"},
		"no numbers":                  {classifier, Info{Standardizer: &data.Standardizer{}}, "data: the standardizer has no input_mean"},
		"targets of a classification": {classifier, Info{Loss: nn.CrossEntropy, Standardizer: standardizer(3, 3)}, "the standardizer is for 3 targets, but the loss is CrossEntropy"},
		"inputs alone":                {regression, Info{Loss: nn.HalfSquaredError, Standardizer: standardizer(4, 0)}, ""},
		"two targets":                 {regression, Info{Loss: nn.HalfSquaredError, Standardizer: standardizer(4, 2)}, ""},
		"half of the targets":         {regression, Info{Loss: nn.HalfSquaredError, Standardizer: standardizer(4, 1)}, "the standardizer is for 1 targets, but the network has 2 outputs"},
		"mean and scale":              {regression, Info{Standardizer: standardizer(4, 1)}, ""},
		"mean or scale":               {regression, Info{Standardizer: standardizer(4, 2)}, ""},
		"exponential scales":          {regression, Info{Loss: nn.GaussianExp, Standardizer: standardizer(4, 1)}, ""},
		"softplus scales":             {regression, Info{Loss: nn.GaussianSoftplus, Standardizer: standardizer(4, 1)}, ""},
		"no scales":                   {regression, Info{Loss: nn.GaussianExp, Standardizer: standardizer(4, 2)}, "the standardizer is for 2 targets, but the network has 2 outputs and the loss is GaussianExp, two for each target"},
		"odd outputs":                 {classifier, Info{Loss: nn.GaussianSoftplus}, "the loss is GaussianSoftplus, but the network has 3 outputs, want an even number for means and scales"},
		"a target too many":           {regression, Info{Standardizer: standardizer(4, 3)}, "the standardizer is for 3 targets, but the network has 2 outputs"},
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
		"bytes as a column":           {classifier, Info{Columns: columns(nil, "a", "\xff", "c")}, `the text "\xff" is not in UTF-8`},
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

// standardizer returns one that leaves numbers as they are.
func standardizer(inputs, targets int) *data.Standardizer {
	ones := func(n int) []float64 { return slices.Repeat([]float64{1}, n) }
	s := &data.Standardizer{InputMean: make([]float64, inputs), InputScale: ones(inputs)}
	if targets > 0 {
		s.TargetMean, s.TargetScale = make([]float64, targets), ones(targets)
	}
	return s
}
