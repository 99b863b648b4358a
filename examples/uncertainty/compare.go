package main

import (
	"fmt"
	"math"

	"github.com/trajens/trajens/examples/internal/judge"
)

// A name says which row of which table a measurement is of. The views are tables.
type name struct {
	view, method string
	scaled       bool
}

// A row is a measurement of one seed.
type row struct {
	name
	judge.Measures
}

// A group is models that were trained together in some time.
type group struct {
	method  string
	models  []answers
	seconds float64
}

// A comparison is that of the committees of one seed.
type comparison struct {
	sets         *sets
	networks     group
	seconds      []float64 // for the first networks, from 1
	trajectories []group   // from the first network, and from several
	known        map[string][2]judge.Measures
	rows         []row
	curve        []float64 // calibrated NLL of the first networks, from 1
}

// compare measures all committees of a seed, of which models may be missing.
func (s *sets) compare(models *seedModels, chains int) (*comparison, error) {
	c := &comparison{sets: s, known: make(map[string][2]judge.Measures)}
	for _, part := range []func() error{
		func() error { return c.ask(models, chains) }, c.methods, c.equalMembers, c.equalSeconds, c.makeCurve,
	} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// ask collects the answers of all models.
func (c *comparison) ask(models *seedModels, chains int) error {
	for _, network := range models.networks {
		if err := c.networks.join(c.sets, network); err != nil {
			return err
		}
		c.seconds = append(c.seconds, c.networks.seconds)
	}
	all := group{method: fmt.Sprintf("trajectories from %d", chains)}
	for k, trajectory := range models.trajectories {
		if err := all.join(c.sets, trajectory); err != nil {
			return err
		}
		if k == 0 {
			c.trajectories = append(c.trajectories, group{"trajectory from 1", all.models, all.seconds})
		}
	}
	if chains > 1 && len(models.trajectories) == chains {
		c.trajectories = append(c.trajectories, all)
	}
	return nil
}

// join adds models to a group.
func (g *group) join(s *sets, models trained) error {
	answers, err := s.ask(models.models)
	g.models, g.seconds = append(g.models, answers...), g.seconds+models.seconds
	return err
}

// methods adds the rows of all methods.
func (c *comparison) methods() error {
	err := c.addDeep("methods", "single network", 1)
	for _, k := range deep {
		if err == nil {
			err = c.addDeep("methods", fmt.Sprintf("deep ensemble of %d", k), k)
		}
	}
	for _, g := range c.trajectories {
		if err == nil {
			err = c.add("methods", g.method, g)
		}
	}
	return err
}

// equalMembers adds rows of equal numbers of members.
func (c *comparison) equalMembers() error {
	for _, k := range deep {
		if err := c.addDeep("members", fmt.Sprintf("deep ensemble of %d", k), k); err != nil {
			return err
		}
		for _, g := range c.trajectories {
			if k > len(g.models) {
				continue
			}
			some := group{fmt.Sprintf("%d of the %s", k, g.method), nil, g.seconds}
			for i := range k {
				some.models = append(some.models, g.models[(2*i+1)*len(g.models)/(2*k)])
			}
			if err := c.add("members", some.method, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// equalSeconds adds rows of trajectories, and of the deep ensembles that took as long
// to train, or of all networks if that was less.
func (c *comparison) equalSeconds() error {
	n := len(c.seconds)
	for _, g := range c.trajectories {
		if err := c.add("seconds", g.method, g); err != nil {
			return err
		}
		k := math.Round(g.seconds / (c.networks.seconds / float64(n)))
		if err := c.addDeep("seconds", "networks beside the "+g.method, int(min(max(k, 1), float64(n)))); err != nil {
			return err
		}
	}
	return nil
}

// addDeep adds rows of the first k networks, if there are so many.
func (c *comparison) addDeep(view, method string, k int) error {
	if k > len(c.seconds) {
		return nil
	}
	return c.add(view, method, c.first(k))
}

// add adds the two rows of a group.
func (c *comparison) add(view, method string, g group) error {
	m, err := c.measure(g)
	c.rows = append(c.rows, row{name{view, method, false}, m[0]}, row{name{view, method, true}, m[1]})
	return err
}

// measure measures a group as it is and with its temperature, once.
func (c *comparison) measure(g group) (m [2]judge.Measures, err error) {
	if m, ok := c.known[g.method]; ok {
		return m, nil
	}
	m[0], m[1], err = c.sets.judge(g.models, g.seconds)
	c.known[g.method] = m
	return m, err
}

// first returns the first k networks.
func (c *comparison) first(k int) group {
	return group{fmt.Sprint(k, " networks"), c.networks.models[:k], c.seconds[k-1]}
}

func (c *comparison) makeCurve() error {
	for k := range c.seconds {
		m, err := c.measure(c.first(k + 1))
		if err != nil {
			return err
		}
		c.curve = append(c.curve, m[0][judge.CalibratedNLL])
	}
	return nil
}
