package nn

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// coming asks for the inputs of samples that come next: they are from anywhere
// in the dataset, which may be too large for the caches.
type coming struct{ kernel.Prefetch }

func (c *coming) fetch(d *data.Dataset, samples []int) {
	for _, i := range samples {
		c.X = d.Input(i)
		c.Run()
	}
}
