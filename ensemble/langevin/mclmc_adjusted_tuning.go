package langevin

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
)

// AdjustedTuning finds the step and the length of AdjustedMCLMC in the first steps of a
// chain, in five phases that are those of BlackJAX's adjusted_mclmc_find_L_and_step_size
// (Robnik, Cohn-Gordon and Seljak, arXiv 2503.01707, section 5):
//
// Dual averaging finds the step at which the mean acceptance probability is Target, while
// the trajectories keep their number of steps. The next phase makes the length 1.3 times the
// square root of the sum of the variances of the parameters, but at most doubles it, and
// dual averaging finds the step for that length. The fourth phase makes the length half of
// itself times the mean autocorrelation time of the parameters, in steps of the chain (the
// harmonic mean over parameters, of at most 256, at at most 4096 times), but at most doubles
// it, and dual averaging finds the step once more.
//
// The draws of these steps are not of the target, and are to be left out.
type AdjustedTuning struct {
	// Steps is how many of the first steps of the chain tune it, at least 20. 0: 1000 if
	// AdjustedMCLMC.Step or AdjustedMCLMC.Length is 0, and else none.
	Steps int
	// Target is the acceptance probability, in (0, 1). 0: 0.9, the paper's.
	Target float64
	// Precondition makes the standard deviations of the parameters in the second phase
	// the units that the dynamics has, in the place of AdjustedMCLMC.Scale.
	Precondition bool
}

const (
	// adjustedSpread and adjustedTime are the factors of the length in the second and in
	// the fourth phase, and adjustedMost by what it may grow in one.
	adjustedSpread, adjustedTime, adjustedMost = 1.3, 0.5, 2
)

// withDefaults returns the settings with their defaults.
func (t AdjustedTuning) withDefaults(step, length float64) (AdjustedTuning, error) {
	if t.Steps == 0 && (step == 0 || length == 0) {
		t.Steps = 1000
	}
	t.Target = cmp.Or(t.Target, 0.9)
	if t.Steps < 0 || t.Steps > 0 && t.Steps < 20 {
		return t, fmt.Errorf("langevin: AdjustedTuning.Steps = %d, want at least 20, or 0 for the default", t.Steps)
	}
	if !(t.Target > 0 && t.Target < 1) {
		return t, fmt.Errorf("langevin: AdjustedTuning.Target = %v, want a number in (0, 1)", t.Target)
	}
	return t, nil
}

// An adjustedTuner finds the step and the length of AdjustedMCLMC. Its exported fields are
// its state, as a checkpoint has it.
type adjustedTuner struct {
	settings AdjustedTuning
	space    isokineticSpace // before the tuning
	ends     [5]int          // of the phases: each has a fifth of the steps

	Made         int // steps
	Step, Length float64
	Average      dualAverage
	Moments      moments
	Series       series
}

func newAdjustedTuner(settings AdjustedTuning, params int, space isokineticSpace, step, length float64) *adjustedTuner {
	t := &adjustedTuner{settings: settings, space: space, Step: step, Length: length, Average: newDualAverage(step), Moments: newMoments(params)}
	for k := range t.ends {
		t.ends[k] = (k + 1) * settings.Steps / len(t.ends)
	}
	return t
}

func (t *adjustedTuner) done() bool { return t.Made >= t.settings.Steps }

// observe takes in a step of the chain. It returns the standard deviations of the parameters
// when they have become the units, else nil.
func (t *adjustedTuner) observe(state *State) (units []float32) {
	t.Made++
	switch {
	case t.Made <= t.ends[0]:
		steps := t.Length / t.Step
		t.adapt(state.Acceptance, t.Made == t.ends[0])
		t.Length = steps * t.Step
	case t.Made <= t.ends[1]:
		t.Moments.add(state.Params, 1)
		if t.Made == t.ends[1] {
			units = t.measure()
		}
	case t.Made <= t.ends[2]:
		t.adapt(state.Acceptance, t.Made == t.ends[2])
	case t.Made <= t.ends[3]:
		t.Series.record(state.Params, t.Made-t.ends[2], t.ends[3]-t.ends[2])
		if t.Made == t.ends[3] {
			t.setLengthByTime()
		}
	default:
		t.adapt(state.Acceptance, t.done())
	}
	return units
}

// adapt makes a step of dual averaging, of which there are as many as are enough when last.
func (t *adjustedTuner) adapt(acceptance float64, last bool) {
	t.Step = t.Average.observe(acceptance, t.settings.Target)
	if last {
		t.Step = t.Average.average()
	}
}

// setLength changes the length, and begins to find the step anew, from as many steps of a
// trajectory as there were.
func (t *adjustedTuner) setLength(length float64) {
	change := min(adjustedMost, length/t.Length)
	t.Length *= change
	t.Step *= change
	t.Average = newDualAverage(t.Step)
}

// measure sets the length by the variances of the parameters, and returns their square
// roots if they are to be the units.
func (t *adjustedTuner) measure() (units []float32) {
	spread, d := t.Moments.spread(t.space.scale), float64(t.space.dimensions)
	if !(spread > 0) {
		return nil
	}
	t.setLength(adjustedSpread * math.Sqrt(spread))
	if !t.settings.Precondition {
		return nil
	}
	// Of the same length in the mean over the directions.
	units = t.Moments.deviations(t.space.dimensions)
	t.Step *= math.Sqrt(d / spread)
	t.Length = math.Sqrt(d)
	t.Average = newDualAverage(t.Step)
	return units
}

// setLengthByTime sets the length by the integrated autocorrelation times.
func (t *adjustedTuner) setLengthByTime() {
	sum, times := 0.0, t.Series.times()
	for _, time := range times {
		sum += 1 / time
	}
	if sum > 0 {
		t.setLength(adjustedTime * t.Length * float64(len(times)) / sum)
	}
}

// adjustedTunerState is an adjustedTuner without the methods by which gob would encode it.
type adjustedTunerState adjustedTuner

// MarshalBinary implements encoding.BinaryMarshaler.
func (t *adjustedTuner) MarshalBinary() ([]byte, error) {
	var to bytes.Buffer
	err := gob.NewEncoder(&to).Encode((*adjustedTunerState)(t))
	return to.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *adjustedTuner) UnmarshalBinary(data []byte) error {
	read := adjustedTunerState{settings: t.settings, space: t.space, ends: t.ends}
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&read); err != nil {
		return err
	}
	if !(read.Step > 0) || !(read.Length > 0) || read.Made < 0 || read.Made > t.settings.Steps || len(read.Moments.Mean) != len(t.Moments.Mean) {
		return errors.New("langevin: the state of the tuning is not one")
	}
	*t = adjustedTuner(read)
	return nil
}
