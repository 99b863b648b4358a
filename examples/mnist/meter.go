package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps"
)

type number = cli.Number

// A point of the loss curve. Loss, Acceptance and MeanBatch are means over the
// steps since the point before.
type point struct {
	Chain      int     `json:"chain,omitempty"` // from 1, or 0 for the only one
	Step       int     `json:"step"`
	Seconds    float64 `json:"seconds"`
	Loss       number  `json:"loss"`
	Acceptance number  `json:"acceptance"`
	MeanBatch  number  `json:"mean_batch"`
	DataUse    int     `json:"data_use"`
}

// String returns the point as a line for people.
func (p point) String() string {
	chain := ""
	if p.Chain > 0 {
		chain = fmt.Sprintf("chain %d, ", p.Chain)
	}
	return chain + fmt.Sprintf("step %d, %.0f s: loss %.3f, acceptance %.2f, batch %.0f, data use %d",
		p.Step, p.Seconds, p.Loss, p.Acceptance, p.MeanBatch, p.DataUse)
}

// interval is the time from a point to the next.
const interval = 2 * time.Second

// A meter makes the points of the loss curve of one chain.
type meter struct {
	report func(point) error
	every  int // steps after which there is a point, however little time has passed; 0: none
	chain  int
	start  time.Time
	since  time.Time // of the last point

	meterState
}

// meterState is what checkpoints hold of a meter.
type meterState struct {
	Spent  time.Duration // on training before start
	Points []point

	// Of the steps since the last point:
	Steps    int
	Accepted int
	Samples  int
	Loss     float64 // sum of the chain's estimates
}

// newMeter returns the meter of a chain, which is 0 if it is the only one.
func newMeter(chain, every int) *meter {
	m := &meter{every: every, chain: chain}
	m.restart()
	return m
}

// restart starts the clock.
func (m *meter) restart() {
	m.start = time.Now()
	m.since = m.start
}

// MarshalBinary returns the state for a checkpoint.
func (m *meter) MarshalBinary() ([]byte, error) {
	state := m.meterState
	state.Spent += time.Since(m.start)
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(state)
	return b.Bytes(), err
}

// UnmarshalBinary restores the state.
func (m *meter) UnmarshalBinary(b []byte) error {
	m.meterState = meterState{}
	return gob.NewDecoder(bytes.NewReader(b)).Decode(&m.meterState)
}

// add counts a step and returns the seconds since the program's start.
func (m *meter) add(chain *tps.Chain, step tps.Step) (seconds float64, err error) {
	m.Steps++
	m.Samples += step.Samples
	m.Loss += chain.LossEstimate()
	if step.Accepted {
		m.Accepted++
	}
	now := time.Now()
	if now.Sub(m.since) >= interval || m.every > 0 && chain.Steps()%m.every == 0 {
		err = m.flush(chain, now)
	}
	return now.Sub(m.start).Seconds(), err
}

// finish stops the clock and makes a point of the steps that are left.
func (m *meter) finish(chain *tps.Chain) error {
	now := time.Now()
	var err error
	if m.Steps > 0 {
		err = m.flush(chain, now)
	}
	m.Spent += now.Sub(m.start)
	m.start = now
	return err
}

func (m *meter) flush(chain *tps.Chain, now time.Time) error {
	n := float64(m.Steps)
	p := point{
		Chain:      m.chain,
		Step:       chain.Steps(),
		Seconds:    (m.Spent + now.Sub(m.start)).Seconds(),
		Loss:       number(m.Loss / n),
		Acceptance: number(float64(m.Accepted) / n),
		MeanBatch:  number(float64(m.Samples) / n),
		DataUse:    chain.Stats().DataUse,
	}
	m.Points = append(m.Points, p)
	m.since, m.Steps, m.Accepted, m.Samples, m.Loss = now, 0, 0, 0, 0
	return m.report(p)
}
