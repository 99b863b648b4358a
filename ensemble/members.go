package ensemble

import (
	"fmt"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/memory"
)

// MemberOutputs returns the outputs of each member for each sample: members ×
// samples × outputs, row-major, whatever the weights. That is the one result whose
// memory grows with the members as well as with the samples, 4 bytes a number; it is
// an error if the machine does not have it.
func (c *Committee) MemberOutputs(d *data.Dataset) ([]float32, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	n := d.Len() * c.net.Outputs()
	if err := memory.Check(4 * float64(c.Len()) * float64(n)); err != nil {
		return nil, fmt.Errorf("ensemble: outputs of %d members for %d samples: they %w", c.Len(), d.Len(), err)
	}
	outputs := make([]float32, c.Len()*n)
	err := c.eachBlock(d, func(b block) {
		copy(outputs[b.member*n+b.first*c.net.Outputs():], b.outputs)
	})
	if err != nil {
		return nil, err
	}
	return outputs, nil
}
