package page

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
)

// The methods are the ways to make one prediction of several, and what they are
// compared with.
type methods struct {
	network, networkTempered        *method // nil without networks
	vote, mean, geometric, tempered *method
}

// A method is predictions of the test images.
type method struct {
	name string
	*metrics.Classification
	temperatures [2]float64 // of the halves of the test images, if it is tempered
}

// compare makes the methods.
func (j *judgment) compare() error {
	m, p := &j.methods, j.predictions
	var err error
	if j.networks != nil {
		name := "Network at the start"
		if j.severalNetworks() {
			name = "Networks at the start, together"
		}
		if m.network, err = j.method(name, j.networks.LogProbabilities); err != nil {
			return err
		}
		if m.networkTempered, err = j.temper(m.network, m.network.name+", tempered"); err != nil {
			return err
		}
	}
	if m.vote, err = j.method("Ensemble, majority vote", logarithms(p.VoteShares)); err != nil {
		return err
	}
	if m.mean, err = j.method("Ensemble, arithmetic mean", p.LogProbabilities); err != nil {
		return err
	}
	if m.geometric, err = j.method("Ensemble, geometric mean", p.LogGeometric()); err != nil {
		return err
	}
	m.tempered, err = j.temper(m.mean, "Ensemble, tempered mean")
	return err
}

func (j *judgment) severalNetworks() bool { return j.Networks != nil && j.Networks.Len() > 1 }

// method returns a method by what it says of the test images.
func (j *judgment) method(name string, logProbabilities []float64) (*method, error) {
	p, err := metrics.NewPredictions(logProbabilities, j.predictions.Classes)
	if err != nil {
		return nil, err
	}
	c, err := metrics.NewClassification(p, j.labels)
	return &method{name: name, Classification: c}, err
}

// temper returns a method at a temperature, by a name. Each half of the test images has the
// temperature that fits the other half best, so that no image is judged at one that
// was fitted to it.
func (j *judgment) temper(m *method, name string) (*method, error) {
	order := rand.New(j.source(halvesStream)).Perm(m.Len())
	halves := [2][]int{order[:m.Len()/2], order[m.Len()/2:]}
	logs := make([]float64, m.Len()*m.Classes())
	var temperatures [2]float64
	for k, half := range halves {
		temperature, err := m.Subset(halves[1-k]).FitTemperature()
		if err != nil {
			return nil, err
		}
		tempered, err := m.Subset(half).Tempered(temperature)
		if err != nil {
			return nil, err
		}
		for at, i := range half {
			copy(logs[i*m.Classes():], tempered.LogProbabilities(at))
		}
		temperatures[k] = temperature
	}
	tempered, err := j.method(name, logs)
	if err != nil {
		return nil, err
	}
	tempered.temperatures = temperatures
	return tempered, nil
}

func logarithms(values []float64) []float64 {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return logs
}

// each calls do with the predictions of each member alone.
func (j *judgment) each(c *ensemble.Committee, do func(*method) error) error {
	for k := range c.Len() {
		alone, err := c.Subset([]int{k})
		if err != nil {
			return err
		}
		p, err := alone.PredictClasses(j.Test)
		if err != nil {
			return err
		}
		m, err := j.method("", p.LogProbabilities)
		if err != nil {
			return err
		}
		if err := do(m); err != nil {
			return err
		}
	}
	return nil
}
