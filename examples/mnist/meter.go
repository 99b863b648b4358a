package main

import (
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// A point of the loss curve. Loss, Acceptance and MeanBatch are means over the
// steps since the point before.
type point struct {
	Chain      int        `json:"chain,omitempty"` // from 1, or 0 for the only one
	Step       int        `json:"step"`
	Seconds    float64    `json:"seconds"`
	Loss       cli.Number `json:"loss"`
	Acceptance cli.Number `json:"acceptance"`
	MeanBatch  cli.Number `json:"mean_batch"`
	DataUse    int        `json:"data_use"`
}

// interval is the time from a point to the next.
const interval = 2 * time.Second

// mostOutcomes is how many blocks of steps have their share of accepted moves kept.
const mostOutcomes = 1024

// A meter makes the points of the loss curve of one chain.
type meter struct {
	chain int       // its number for people
	every int       // steps after which there is a point, however little time has passed; 0: none
	last  time.Time // when Spent was last counted
	since time.Time // of the last point

	meterState
}

// meterState is what checkpoints hold of a meter.
type meterState struct {
	Spent  time.Duration // on sampling, in all runs of the chain
	Points []point
	// Outcomes has 1 for each step that was accepted, and 0 for each other.
	Outcomes *diagnostics.Blocks

	// Of the steps since the last point:
	Steps    int
	Accepted int
	Samples  int
	Loss     float64 // sum of the chain's estimates
}

func newMeter(chain, every int) (*meter, error) {
	m := &meter{chain: chain, every: every}
	var err error
	m.Outcomes, err = diagnostics.NewBlocks(mostOutcomes)
	return m, err
}

// start starts the clock.
func (m *meter) start() {
	m.last = time.Now()
	m.since = m.last
}

// tick counts the time since the clock was last looked at.
func (m *meter) tick() {
	now := time.Now()
	m.Spent += now.Sub(m.last)
	m.last = now
}

// add counts a step and returns the point that there is after it, or nil.
func (m *meter) add(chain *tps.Chain, step tps.Step) *point {
	m.tick()
	m.Steps++
	m.Samples += step.Samples
	m.Loss += chain.LossEstimate()
	outcome := 0.0
	if step.Accepted {
		m.Accepted++
		outcome = 1
	}
	m.Outcomes.Add(outcome)
	if m.last.Sub(m.since) >= interval || m.every > 0 && chain.Steps()%m.every == 0 {
		return m.point(chain)
	}
	return nil
}

// point returns a point of the steps since the last one, or nil if there were
// none.
func (m *meter) point(chain *tps.Chain) *point {
	if m.Steps == 0 {
		return nil
	}
	n := float64(m.Steps)
	m.Points = append(m.Points, point{
		Chain:      m.chain,
		Step:       chain.Steps(),
		Seconds:    m.Spent.Seconds(),
		Loss:       cli.Number(m.Loss / n),
		Acceptance: cli.Number(float64(m.Accepted) / n),
		MeanBatch:  cli.Number(float64(m.Samples) / n),
		DataUse:    chain.Stats().DataUse,
	})
	m.since, m.Steps, m.Accepted, m.Samples, m.Loss = m.last, 0, 0, 0, 0
	return &m.Points[len(m.Points)-1]
}
