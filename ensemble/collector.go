package ensemble

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/nn"
)

// CollectorConfig has the settings of NewCollector. The zero value works.
type CollectorConfig struct {
	// Skip is how many snapshots to leave out at the start, until a chain has
	// settled. 0 leaves out none.
	Skip int

	// Every is the distance of the snapshots that are kept: of those after Skip
	// the first, and each Every-th after it. 0 means 1.
	Every int

	// Most is how many snapshots are kept at most, at least 2. When there would be
	// one more, every second one is let go and the distance doubles, so that those
	// that are kept are always spread evenly over the run. 0 means no limit but
	// the machine's memory.
	Most int
}

// A Collector gathers the members of a committee while they are made: snapshots of
// a trajectory while its chain runs, say from an observer that calls Add every so
// many steps. A snapshot is one or more models. It may be used by one goroutine at
// a time.
type Collector struct {
	net       *nn.Network
	config    CollectorConfig
	seen      int // snapshots
	snapshots [][][]float32
	bytes     float64
}

// NewCollector returns a collector of models of a network, without snapshots.
func NewCollector(net *nn.Network, config CollectorConfig) (*Collector, error) {
	switch {
	case net == nil:
		return nil, errors.New("ensemble: the network is nil")
	case config.Skip < 0:
		return nil, fmt.Errorf("ensemble: Skip = %d, want at least 0", config.Skip)
	case config.Every < 0:
		return nil, fmt.Errorf("ensemble: Every = %d, want at least 1, or 0 for 1", config.Every)
	case config.Most < 0 || config.Most == 1:
		return nil, fmt.Errorf("ensemble: Most = %d, want at least 2, or 0 for no limit", config.Most)
	}
	config.Every = cmp.Or(config.Every, 1)
	return &Collector{net: net, config: config}, nil
}

// Add takes a snapshot, and copies its models if it is one to keep. There must be
// at least one model, and each must fit as in New; otherwise the snapshot is not
// counted.
func (c *Collector) Add(models [][]float32) error {
	if len(models) == 0 {
		return errors.New("ensemble: there are no models")
	}
	for i, model := range models {
		if err := checkModel(c.net, i, model); err != nil {
			return err
		}
	}
	if c.keeps() && len(c.snapshots) == c.config.Most && c.config.Most > 0 {
		c.thin()
	}
	if c.keeps() {
		bytes := 4 * float64(len(models)) * float64(c.net.Params())
		if err := memory.Check(c.bytes + bytes); err != nil {
			return fmt.Errorf("ensemble: snapshot %d: collecting it %w", c.seen, err)
		}
		c.bytes += bytes
		snapshot := make([][]float32, len(models))
		for i, model := range models {
			snapshot[i] = slices.Clone(model)
		}
		c.snapshots = append(c.snapshots, snapshot)
	}
	c.seen++
	return nil
}

// keeps reports whether the next snapshot is one to keep.
func (c *Collector) keeps() bool {
	after := c.seen - c.config.Skip
	return after >= 0 && after%c.config.Every == 0
}

// thin lets every second snapshot go.
func (c *Collector) thin() {
	kept := c.snapshots[:0]
	c.bytes = 0
	for i, snapshot := range c.snapshots {
		if i%2 == 0 {
			kept = append(kept, snapshot)
			c.bytes += 4 * float64(len(snapshot)) * float64(c.net.Params())
		}
	}
	clear(c.snapshots[len(kept):])
	c.snapshots = kept
	c.config.Every *= 2
}

// Snapshots returns how many snapshots are kept.
func (c *Collector) Snapshots() int { return len(c.snapshots) }

// Every returns the distance of the snapshots that are kept, in calls of Add.
func (c *Collector) Every() int { return c.config.Every }

// Committee returns the committee of all models of the snapshots that are kept, in
// the order in which they came. There must be at least one. The collector can go
// on.
func (c *Collector) Committee() (*Committee, error) {
	if len(c.snapshots) == 0 {
		return nil, fmt.Errorf("ensemble: no snapshot is kept of %d, of which the first %d are left out", c.seen, c.config.Skip)
	}
	return newCommittee(c.net, slices.Concat(c.snapshots...), nil)
}
