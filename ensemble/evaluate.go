package ensemble

import (
	"errors"

	"github.com/trajens/trajens/data"
)

// Evaluate measures the committee at the task that the dataset sets:
// Classify if it has labels, Regress if it has real targets. The report says
// which. A network does not know what it was trained for, so a caller who does
// had better call Classify or Regress, which refuse a dataset of the other
// task.
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
