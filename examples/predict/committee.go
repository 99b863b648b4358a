package main

import (
	"fmt"
	"strconv"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/nn"
)

// A committee is an ensemble with what its file says of it.
type committee struct {
	*ensemble.Committee
	info    ensemble.Info
	classes []string
}

// load reads the file of an ensemble of classifiers.
func load(path string) (*committee, error) {
	members, info, err := ensemble.Load(path)
	if err != nil {
		return nil, err
	}
	outputs := members.Network().Outputs()
	switch {
	case info.Loss != 0 && info.Loss != nn.CrossEntropy:
		return nil, fmt.Errorf("-ensemble %s: it is of a regression (%v), want classifiers", path, info.Loss)
	case outputs < 2:
		return nil, fmt.Errorf("-ensemble %s: its network has one output, want one for each class of a classifier", path)
	}
	c := &committee{members, info, info.Classes}
	for k := len(c.classes); k < outputs; k++ { // a file without names
		c.classes = append(c.classes, strconv.Itoa(k))
	}
	return c, nil
}

// String says what the ensemble is.
func (c *committee) String() string {
	text := fmt.Sprintf("Ensemble: %d networks of %d parameters", c.Len(), c.Network().Params())
	if c.Len() == 1 {
		text = fmt.Sprintf("Ensemble: 1 network of %d parameters", c.Network().Params())
	}
	if dataset := c.info.Provenance.Notes["dataset"]; dataset != "" {
		text += ", trained on " + dataset
	}
	return text + "."
}
