package ensemble

import (
	"errors"

	"github.com/trajens/trajens/data"
)

// Evaluate measures the committee at the task that the dataset sets: as Classify
// does if the dataset has labels, as Regress does if the dataset has real
// targets. Report.Task says which.
//
// A network whose outputs are means and scales, two for each target
// (nn.Loss.HasScales), is refused: PredictTargets and PredictRegression take it.
//
// A network does not know what it was trained for. A caller who knows, and wants
// a dataset of the other task refused, calls Classify or Regress.
func (c *Committee) Evaluate(d *data.Dataset) (*Report, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	switch {
	case d.Classes() > 0:
		return c.Classify(d)
	case d.Outputs() > 0:
		return c.Regress(d)
	}
	return nil, errors.New("ensemble: the dataset has neither labels nor targets to compare with")
}
