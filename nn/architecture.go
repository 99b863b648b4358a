package nn

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Architecture returns the shape of the input and the layers in one line:
//
//	1×28×28, Conv2D(16, 5×5), ReLU, MaxPool2D(2×2), …
//
// Networks that compute the same have the same, so it belongs to parameters that
// are kept in a file. ParseArchitecture makes the network of it.
func (n *Network) Architecture() string {
	var text strings.Builder
	text.WriteString(formatShape(n.program.Input))
	for _, layer := range n.layers {
		text.WriteString(separator)
		text.WriteString(layer.String())
	}
	return text.String()
}

// separator is between the parts of an architecture.
const separator = ", "

// maxArchitecture is how many bytes an architecture in a file may have, those of
// some 50,000 layers: memory for layers is bounded before they are made.
const maxArchitecture = 1 << 20

// ParseArchitecture returns the network whose Architecture the text is: that of
// the same shape of the input and the same layers. What Architecture would write
// in another way is refused, a stride of 1 or a blank too many for instance, and
// so is what NewNetwork refuses, or a text longer than 1 MiB. Errors name a layer
// by its index, from 0.
func ParseArchitecture(text string) (*Network, error) {
	if len(text) > maxArchitecture {
		return nil, fmt.Errorf("nn: the architecture has %d bytes, want at most %d", len(text), maxArchitecture)
	}
	word, rest, more := strings.Cut(text, separator)
	input, err := parseShape(word)
	if err != nil {
		return nil, fmt.Errorf("nn: %w", err)
	}
	var layers []Layer
	for more {
		var layer Layer
		layer, rest, err = parseLayer(rest)
		if err != nil {
			return nil, fmt.Errorf("nn: layer %d: %w", len(layers), err)
		}
		layers = append(layers, layer)
		rest, more = strings.CutPrefix(rest, separator)
	}
	if rest != "" {
		return nil, fmt.Errorf("nn: layer %d is followed by %.60q, want %q and another layer", len(layers)-1, rest, separator)
	}
	return NewNetwork(input, layers...)
}

// parseShape is the inverse of formatShape.
func parseShape(text string) ([]int, error) {
	var shape []int
	for word := range strings.SplitSeq(text, "×") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("the shape of the input is %.60q, want lengths with × between them", text)
		}
		shape = append(shape, n)
	}
	if canonical := formatShape(shape); canonical != text {
		return nil, fmt.Errorf("the shape of the input is %.60q, want it written %.60q", text, canonical)
	}
	return shape, nil
}

// A notation is how the layers of one type are written. The layer is made of the
// numbers of the first submatches, 0 for one that is left out, and of whether the
// last submatch, the flag, is there.
type notation struct {
	pattern *regexp.Regexp
	numbers int
	layer   func(numbers []int, flag bool) Layer
}

var notations = []notation{
	{regexp.MustCompile(`^Dense\((\d+)(, no bias)?\)`), 1, func(n []int, flag bool) Layer {
		return Dense{Outputs: n[0], NoBias: flag}
	}},
	{regexp.MustCompile(`^GroupedDense\((\d+), groups (\d+)(, no bias)?\)`), 2, func(n []int, flag bool) Layer {
		return GroupedDense{Outputs: n[0], Groups: n[1], NoBias: flag}
	}},
	{regexp.MustCompile(`^Conv2D\((\d+), (\d+)×\d+(?:, stride (\d+))?(?:, padding (\d+))?(, no bias)?\)`), 4, func(n []int, flag bool) Layer {
		return Conv2D{Channels: n[0], Kernel: n[1], Stride: n[2], Padding: n[3], NoBias: flag}
	}},
	{regexp.MustCompile(`^MaxPool2D\((\d+)×\d+(?:, stride (\d+))?()\)`), 2, func(n []int, _ bool) Layer {
		return MaxPool2D{Kernel: n[0], Stride: n[1]}
	}},
	{regexp.MustCompile(`^ReLU()`), 0, func([]int, bool) Layer { return ReLU{} }},
	{regexp.MustCompile(`^Tanh()`), 0, func([]int, bool) Layer { return Tanh{} }},
	{regexp.MustCompile(`^Flatten()`), 0, func([]int, bool) Layer { return Flatten{} }},
}

// parseLayer returns the layer with which the text starts, and what follows it.
func parseLayer(text string) (layer Layer, rest string, err error) {
	for _, n := range notations {
		match := n.pattern.FindStringSubmatch(text)
		if match == nil {
			continue
		}
		numbers := make([]int, n.numbers)
		for i := range numbers {
			if numbers[i], err = strconv.Atoi(cmp.Or(match[i+1], "0")); err != nil {
				return nil, "", fmt.Errorf("the number %.60q is too large", match[i+1])
			}
		}
		layer := n.layer(numbers, match[n.numbers+1] != "")
		if canonical := layer.String(); canonical != match[0] {
			return nil, "", fmt.Errorf("%.60q is written, want %q", match[0], canonical)
		}
		return layer, text[len(match[0]):], nil
	}
	return nil, "", fmt.Errorf("no layer is written %.60q", text)
}
