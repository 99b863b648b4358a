package main

import (
	"bytes"
	"encoding/gob"
	"time"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// A measurement is what is found out about one chain.
type measurement struct {
	measurementState
	stats    tps.Stats
	perModel []float64
	since    time.Time // when the clock was started or stopped for measuring
	running  bool
}

// measurementState is what checkpoints hold of a measurement.
type measurementState struct {
	BurnIn      int                     // steps
	Started     bool                    // it is over
	Loss        diagnostics.Accumulator // mean per model, on all data
	Outline     *diagnostics.Blocks     // of the same
	Minibatches float64                 // sum of the chain's estimates at the same steps
	Seconds     float64                 // of the steps alone
}

func newMeasurement(tau, burnIn int) (*measurement, error) {
	outline, err := diagnostics.NewBlocks(0)
	return &measurement{measurementState: measurementState{BurnIn: burnIn, Outline: outline}, perModel: make([]float64, tau)}, err
}

// add measures the chain as it is.
func (m *measurement) add(chain *tps.Chain) error {
	m.stop()
	defer m.start()
	if err := chain.MeanLosses(m.perModel); err != nil {
		return err
	}
	sum := 0.0
	for _, loss := range m.perModel {
		sum += loss
	}
	mean := sum / float64(len(m.perModel))
	m.Loss.Add(mean)
	m.Outline.Add(mean)
	m.Minibatches += chain.LossEstimate()
	return nil
}

// start and stop the clock.
func (m *measurement) start() { m.since, m.running = time.Now(), true }

func (m *measurement) stop() {
	if m.running {
		m.Seconds += time.Since(m.since).Seconds()
		m.running = false
	}
}

// MarshalBinary returns the state for a checkpoint.
func (m *measurement) MarshalBinary() ([]byte, error) {
	state := m.measurementState
	if m.running {
		state.Seconds += time.Since(m.since).Seconds()
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(&state)
	return b.Bytes(), err
}

// UnmarshalBinary restores the state.
func (m *measurement) UnmarshalBinary(b []byte) error {
	return gob.NewDecoder(bytes.NewReader(b)).Decode(&m.measurementState)
}
