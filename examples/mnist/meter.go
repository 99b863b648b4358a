package main

import (
	"fmt"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps"
)

type number = cli.Number

// A point of the loss curve. Loss, Acceptance and MeanBatch are means over the
// steps since the point before.
type point struct {
	Step       int     `json:"step"`
	Seconds    float64 `json:"seconds"`
	Loss       number  `json:"loss"`
	Acceptance number  `json:"acceptance"`
	MeanBatch  number  `json:"mean_batch"`
	DataUse    int     `json:"data_use"`
}

// String returns the point as a line for people.
func (p point) String() string {
	return fmt.Sprintf("step %d, %.0f s: loss %.3f, acceptance %.2f, batch %.0f, data use %d",
		p.Step, p.Seconds, p.Loss, p.Acceptance, p.MeanBatch, p.DataUse)
}

// interval is the time from a point to the next.
const interval = 2 * time.Second

// A meter makes the points of the loss curve.
type meter struct {
	report func(point) error
	every  int // steps after which there is a point, however little time has passed; 0: none
	start  time.Time

	// Of the steps since the last point:
	since    time.Time
	steps    int
	accepted int
	samples  int
	loss     float64 // sum of the chain's estimates
}

func newMeter(every int, report func(point) error) *meter {
	now := time.Now()
	return &meter{report: report, every: every, start: now, since: now}
}

// add counts a step and returns the seconds since the start.
func (m *meter) add(chain *tps.Chain, step tps.Step) (seconds float64, err error) {
	m.steps++
	m.samples += step.Samples
	m.loss += chain.LossEstimate()
	if step.Accepted {
		m.accepted++
	}
	now := time.Now()
	if now.Sub(m.since) >= interval || m.every > 0 && chain.Steps()%m.every == 0 {
		err = m.flush(chain, now)
	}
	return now.Sub(m.start).Seconds(), err
}

// finish makes a point of the steps that are left.
func (m *meter) finish(chain *tps.Chain) error {
	if m.steps == 0 {
		return nil
	}
	return m.flush(chain, time.Now())
}

func (m *meter) flush(chain *tps.Chain, now time.Time) error {
	n := float64(m.steps)
	p := point{
		Step:       chain.Steps(),
		Seconds:    now.Sub(m.start).Seconds(),
		Loss:       number(m.loss / n),
		Acceptance: number(float64(m.accepted) / n),
		MeanBatch:  number(float64(m.samples) / n),
		DataUse:    chain.Stats().DataUse,
	}
	m.since, m.steps, m.accepted, m.samples, m.loss = now, 0, 0, 0, 0
	return m.report(p)
}
