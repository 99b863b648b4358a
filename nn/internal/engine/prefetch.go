package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// A prefetch asks for the inputs of samples that come next: they are from anywhere
// in the dataset, which may be too large for the caches.
type prefetch struct{ kernel.Prefetch }

func (c *prefetch) fetch(d *data.Dataset, samples []int) {
	for _, i := range samples {
		c.X = d.Input(i)
		c.Run()
	}
}
