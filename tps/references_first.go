package tps

import (
	"sync"
	"sync/atomic"
)

// prepareReferences makes a first reference for each model, if the test needs them
// whatever they cost. Models that are the same, as where a trajectory begins at one
// trained network, need it to be computed once. The workers of a sweep share the work.
// It returns how many references it has computed.
func (c *Chain) prepareReferences() (count int) {
	c.prepared = true
	originals, twins := c.withoutReferences()
	if c.sweep == nil {
		for _, t := range originals {
			c.renewReference(t)
		}
	} else {
		c.sweep.share(originals, c.renewReference)
	}
	for _, pair := range twins {
		c.referenceAt(pair.time).copy(c.referenceAt(pair.of))
	}
	return len(originals)
}

// A twin is the time of a model that is the same as one before.
type twin struct{ time, of int }

// withoutReferences returns the times of models that differ and need a reference, and
// those of models that can have the reference of one of them.
func (c *Chain) withoutReferences() (originals []int, twins []twin) {
	for t := range c.config.Tau {
		r := c.referencesOf(t)
		if r == nil || !r.always {
			return nil, nil
		}
		if c.referenceAt(t).live {
			continue
		}
		same := -1
		for _, of := range originals {
			if equalFloats(c.current.Model(of), c.current.Model(t)) {
				same = of
				break
			}
		}
		if same < 0 {
			originals = append(originals, t)
			continue
		}
		twins = append(twins, twin{time: t, of: same})
	}
	return originals, twins
}

// referencesOf returns the references that the model at a time has one of, nil if there
// is no use for them.
func (c *Chain) referencesOf(t int) *references {
	if c.sweep != nil {
		return c.slotReferences(t)
	}
	return c.comparison.references
}

// referenceAt returns that of the model at a time.
func (c *Chain) referenceAt(t int) *reference {
	r := c.referencesOf(t)
	return &r.of[t-r.from]
}

// renewReference makes the model at a time its reference.
func (c *Chain) renewReference(t int) { c.referencesOf(t).renew(c.referenceAt(t), c.current.Model(t)) }

// share calls do for each time, by all workers at once, with the losses of the worker
// in the judge of that time.
func (s *sweep) share(times []int, do func(t int)) {
	var next atomic.Int64
	var running sync.WaitGroup
	for _, w := range s.workers[:min(len(s.workers), len(times))] {
		running.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(times); k = int(next.Add(1)) - 1 {
				s.slots[times[k]].use(w.losses)
				do(times[k])
			}
		})
	}
	running.Wait()
}
