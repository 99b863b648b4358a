package tps

import (
	"encoding/json"
	"fmt"
)

// tuningArray is the array of a checkpoint that has the state of the tuning.
const tuningArray = "tuning"

// tunerState is the state of a tuner.
type tunerState struct {
	Steps int
	Moves []tunedMove
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (t *tuner) MarshalBinary() ([]byte, error) { return json.Marshal(tunerState{t.steps, t.moves}) }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *tuner) UnmarshalBinary(data []byte) error {
	var state tunerState
	if err := json.Unmarshal(data, &state); err != nil {
		return fmt.Errorf("tps: the tuning: %w", err)
	}
	if len(state.Moves) != len(t.moves) {
		return fmt.Errorf("tps: the tuning is of %d moves, want %d", len(state.Moves), len(t.moves))
	}
	for k, m := range state.Moves {
		if len(m.Values) != len(t.moves[k].Values) || m.Arm < 0 || m.Arm >= len(m.Arms) || m.Tried < 0 || m.Tried > len(m.Values) || !(m.Weight > 0) {
			return fmt.Errorf("tps: the tuning of move %d is not that of %d sizes", k, len(t.moves[k].Values))
		}
		for j, value := range m.Values {
			if size := t.moves[k].sizes[j]; !(value > 0 && value <= size.Max) {
				return fmt.Errorf("tps: the tuned %s = %v of move %d, want a number in (0, %v]", size.Name, value, k, size.Max)
			}
		}
	}
	t.steps = state.Steps
	for k := range t.moves {
		m, saved := &t.moves[k], state.Moves[k]
		m.Values, m.Tried, m.Arm, m.Arms, m.Weight = saved.Values, saved.Tried, saved.Arm, saved.Arms, saved.Weight
		m.use(t.exponent(m.Arm))
		if len(t.moves) > 1 {
			t.setWeight(k, m.Weight)
		}
	}
	return nil
}

// exponent returns that of an arm in the round in hand.
func (t *tuner) exponent(arm int) float64 {
	round := t.steps / (t.tuning.Steps / tuningRounds)
	return exponents(round)[arm]
}
