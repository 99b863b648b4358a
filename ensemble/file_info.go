package ensemble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// An Info is what a file says of a committee beside its network and its members, so
// that programs can use it that did not make it. All of it may be left out.
type Info struct {
	// Loss is what the members were trained with, which says what their outputs
	// are: logits, predictions, or other numbers that make a prediction. 0:
	// unknown.
	Loss nn.Loss `json:"-"`

	// Classes are the names of the classes, one for each output of the network, in
	// their order. nil: the classes have no names, or there are none.
	Classes []string `json:"classes,omitempty"`

	// Inputs says for people what an input is: "gray levels from 0, black, to 1,
	// white".
	Inputs string `json:"inputs,omitempty"`

	// Columns are those of the table with the training data, which make an input
	// of the columns of another (data.TableConfig.Like). If the target has levels,
	// they are the Classes. nil: the data were no table.
	Columns *data.Columns `json:"columns,omitempty"`

	// Standardizer has the means and scales by which inputs and targets are made of
	// what was measured. nil: they are taken as they are.
	Standardizer *data.Standardizer `json:"standardizer,omitempty"`

	// Weights are those of the members: one for each, none below 0, of sum 1 up
	// to 10⁻⁶, which allows for weights that were rounded to float32. nil: those of
	// the committee when it is written, or members that count alike in a file. A
	// committee that is loaded has them.
	Weights []float64 `json:"weights,omitempty"`

	// Provenance says how the members were made.
	Provenance Provenance `json:"provenance,omitzero"`
}

// A Provenance says how the members of a committee were made.
type Provenance struct {
	// Program is the name of what made them, with its version.
	Program string `json:"program,omitempty"`

	// Seeds are those of the random numbers.
	Seeds []uint64 `json:"seeds,omitempty"`

	// Configuration is a JSON object with all settings, such as json.Marshal
	// makes of a tps.Config.
	Configuration json.RawMessage `json:"configuration,omitempty"`

	// Data is the fingerprint of the training data: data.Dataset.Fingerprint.
	Data string `json:"data,omitempty"`

	// Notes are any texts by name.
	Notes map[string]string `json:"notes,omitempty"`
}

// weightsTolerance is how far the sum of weights may be from 1.
const weightsTolerance = 1e-6

// check returns an error, without prefix, if the info does not fit a number of
// members of the network.
func (i *Info) check(net *nn.Network, members int) error {
	if i.Loss != 0 {
		if _, err := nn.ParseLoss(i.Loss.String()); err != nil {
			return fmt.Errorf("the loss is %v, want 0 or one of package nn", i.Loss)
		}
	}
	if i.Loss.HasScales() && net.Outputs()%2 != 0 {
		return fmt.Errorf("the loss is %v, but the network has %d outputs, want an even number for means and scales", i.Loss, net.Outputs())
	}
	if err := i.checkClasses(net.Outputs()); err != nil {
		return err
	}
	size := 1
	for _, n := range net.InputShape() {
		size *= n
	}
	if i.Columns != nil {
		if names := i.Columns.InputNames(); len(names) != size {
			return fmt.Errorf("the columns make %d input numbers, want %d", len(names), size)
		}
	}
	if err := i.checkStandardizer(size, net.Outputs()); err != nil {
		return err
	}
	if err := i.checkWeights(members); err != nil {
		return err
	}
	if c := i.Provenance.Configuration; c != nil {
		if !json.Valid(c) || bytes.TrimLeft(c, " \t\r\n")[0] != '{' {
			return errors.New("the configuration is not a JSON object")
		}
	}
	return i.checkTexts()
}

func (i *Info) checkClasses(outputs int) error {
	if i.Columns != nil && i.Columns.Target.Levels != nil && !slices.Equal(i.Columns.Target.Levels, i.Classes) {
		return errors.New("the levels of the target's column are not the names of the classes")
	}
	if i.Classes == nil {
		return nil
	}
	if i.Loss != 0 && i.Loss != nn.CrossEntropy {
		return fmt.Errorf("there are names of classes, but the loss is %v", i.Loss)
	}
	if len(i.Classes) != outputs {
		return fmt.Errorf("there are %d names of classes, want one for each of the %d outputs", len(i.Classes), outputs)
	}
	return nil
}

func (i *Info) checkStandardizer(inputs, outputs int) error {
	s := i.Standardizer
	if s == nil {
		return nil
	}
	if err := s.Validate(); err != nil {
		return err
	}
	if len(s.InputMean) != inputs {
		return fmt.Errorf("the standardizer is for %d input numbers, want %d", len(s.InputMean), inputs)
	}
	n := len(s.TargetMean)
	switch {
	case n == 0:
		return nil
	case i.Loss == nn.CrossEntropy:
		return fmt.Errorf("the standardizer is for %d targets, but the loss is CrossEntropy", n)
	case i.Loss.HasScales() && 2*n != outputs:
		return fmt.Errorf("the standardizer is for %d targets, but the network has %d outputs and the loss is %v, two for each target", n, outputs, i.Loss)
	case i.Loss.HasScales(), n == outputs, i.Loss == 0 && 2*n == outputs: // without a loss, either may be meant
		return nil
	default:
		return fmt.Errorf("the standardizer is for %d targets, but the network has %d outputs", n, outputs)
	}
}

func (i *Info) checkWeights(members int) error {
	if i.Weights == nil {
		return nil
	}
	if len(i.Weights) != members {
		return fmt.Errorf("there are %d weights, want one for each of the %d members", len(i.Weights), members)
	}
	sum := 0.0
	for member, w := range i.Weights {
		if !(w >= 0 && w <= math.MaxFloat64) {
			return fmt.Errorf("the weight of member %d is %v, want a number from 0 to 1", member, w)
		}
		sum += w
	}
	if !(math.Abs(sum-1) <= weightsTolerance) {
		return fmt.Errorf("the sum of the weights is %v, want 1", sum)
	}
	return nil
}

// checkTexts returns an error if a text is not in UTF-8, for JSON would change it.
func (i *Info) checkTexts() error {
	p := i.Provenance
	texts := []string{i.Inputs, p.Program, p.Data, string(p.Configuration)}
	texts = append(texts, i.Classes...)
	if i.Columns != nil {
		texts = append(texts, i.Columns.Target.Name)
		texts = append(texts, i.Columns.Target.Levels...)
		for _, column := range i.Columns.Inputs {
			texts = append(append(texts, column.Name), column.Levels...)
		}
	}
	for name, note := range p.Notes {
		texts = append(texts, name, note)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return fmt.Errorf("the text %.60q is not in UTF-8", text)
		}
	}
	return nil
}
