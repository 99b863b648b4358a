package ensemble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

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

	// Inputs says what the numbers of an input are, and how they are made of what
	// was measured.
	Inputs Scaling `json:"inputs,omitzero"`

	// Targets says the same of the targets of a regression.
	Targets Scaling `json:"targets,omitzero"`

	// Weights are those of the members: one for each, none below 0, of sum 1 up
	// to 10⁻⁶, which allows for weights that were rounded to float32. nil: the
	// members count alike.
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
	if err := i.checkLoss(net); err != nil {
		return err
	}
	if err := i.Inputs.check("input", net.InputShape()); err != nil {
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

// checkLoss checks the loss and what depends on it: classes and targets.
func (i *Info) checkLoss(net *nn.Network) error {
	outputs := net.Outputs()
	if i.Loss != 0 {
		if _, err := nn.ParseLoss(i.Loss.String()); err != nil {
			return fmt.Errorf("the loss is %v, want 0 or one of package nn", i.Loss)
		}
	}
	if i.Classes != nil {
		if i.Loss != 0 && i.Loss != nn.CrossEntropy {
			return fmt.Errorf("there are names of classes, but the loss is %v", i.Loss)
		}
		if len(i.Classes) != outputs {
			return fmt.Errorf("there are %d names of classes, want one for each of the %d outputs", len(i.Classes), outputs)
		}
	}
	if i.Loss == nn.CrossEntropy && !i.Targets.isZero() {
		return errors.New("there is a scaling of targets, but the loss is CrossEntropy")
	}
	targets := outputs
	if n := i.Targets.length(); i.Loss != nn.HalfSquaredError && 2*n == outputs {
		targets = n // a mean and a scale for each
	}
	return i.Targets.check("target", []int{targets})
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
	texts := []string{i.Inputs.Description, i.Targets.Description, p.Program, p.Data, string(p.Configuration)}
	texts = append(texts, i.Classes...)
	texts = append(texts, i.Inputs.Names...)
	texts = append(texts, i.Targets.Names...)
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
