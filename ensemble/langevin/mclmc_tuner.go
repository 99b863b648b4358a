package langevin

import (
	"bytes"
	"encoding/gob"
	"errors"
	"math"
)

const (
	// tooFar is by how many standard deviations the energy error of a step is off that is
	// put back while the chain is tuned.
	tooFar = 100
	// shorter is by what steps are shortened after one that is not finite.
	shorter = 0.8
)

// An mclmcTuner finds the step and the length of MCLMC. Its fields but for the settings are
// its state, as a checkpoint has it.
type mclmcTuner struct {
	settings   MCLMCTuning
	ends       [4]int
	dimensions int       // that move
	scale      []float32 // the units that the step and the length have; nil: all are 1

	Made         int // steps
	Step, Length float64
	Largest      float64 // that the step may be; 0: any
	Weight       float64 // of what Sum holds
	Sum          float64 // of energy errors in units of what is wanted, over step⁶
	Moments      moments // of the parameters, in the second phase
	Series       series  // of the parameters, in the third
}

func newMCLMCTuner(settings MCLMCTuning, params int, space isokineticSpace, step, length float64) *mclmcTuner {
	return &mclmcTuner{
		settings: settings, ends: settings.ends(), dimensions: space.dimensions, scale: space.scale, Step: step, Length: length,
		Moments: newMoments(params),
	}
}

func (t *mclmcTuner) done() bool { return t.Made >= t.settings.Steps }

// wanted returns the variance of the energy error that the next step is to have.
func (t *mclmcTuner) wanted() float64 {
	progress := min(1, float64(t.Made)/float64(t.ends[1]+1))
	from, to := t.settings.EnergyVariance, t.settings.FinalEnergyVariance
	return float64(t.dimensions) * (from + (to-from)*progress)
}

// isTooFar says whether a step with that energy error is to be put back.
func (t *mclmcTuner) isTooFar(energyError float64) bool {
	return !(energyError*energyError <= tooFar*tooFar*t.wanted())
}

// observe takes in a step that ended at params with that energy error, or was put back. It
// returns the standard deviations of the parameters when they have become the units, else
// nil.
func (t *mclmcTuner) observe(params []float32, energyError float64, kept bool) (units []float32) {
	t.Made++
	switch {
	case t.Made <= t.ends[1]:
		if t.Made > t.ends[0] && kept {
			t.Moments.add(params, t.Step) // the time that the step took is its weight
		}
		t.adapt(energyError)
		if t.Made == t.ends[1] && t.ends[1] > t.ends[0] {
			units = t.measure()
		}
	case t.Made <= t.ends[2]:
		t.adapt(energyError)
	default:
		t.Series.record(params, t.Made-t.ends[2], t.ends[3]-t.ends[2])
		if t.done() {
			t.setLengthByTime()
		}
	}
	return units
}

// adapt sets the step by the energy error of the last one. The variance of the error goes
// with step⁶, so that ξ/step⁶ is a constant of the target, on the average, which ξ of
// steps that are far too long or too short say little of.
func (t *mclmcTuner) adapt(energyError float64) {
	if energyError-energyError != 0 {
		t.Largest = shorter * t.Step
		energyError = 0
	}
	const nothing = 1e-8
	xi := energyError*energyError/t.wanted() + nothing
	logarithm := math.Log(xi) / (6 * t.settings.Trust)
	weight := math.Exp(-logarithm * logarithm / 2)
	decay := (t.settings.Memory - 1) / (t.settings.Memory + 1)
	t.Sum = decay*t.Sum + weight*xi/math.Pow(t.Step, 6)
	t.Weight = decay*t.Weight + weight
	t.Step = math.Pow(t.Sum/t.Weight, -1.0/6)
	if t.Largest > 0 {
		t.Step = min(t.Step, t.Largest)
	}
}

// measure sets the length by the variances of the parameters, and returns their square
// roots if they are to be the units.
func (t *mclmcTuner) measure() (units []float32) {
	scaled := t.Moments.spread(t.scale)
	if !(scaled > 0) {
		return nil
	}
	t.Length = math.Sqrt(scaled)
	if !t.settings.Precondition {
		return nil
	}
	// The step that is as long as before in the mean over the directions.
	d := float64(t.dimensions)
	t.Step *= math.Sqrt(d / scaled)
	t.Length, t.Largest = math.Sqrt(d), 0
	t.Sum, t.Weight = 0, 0
	return t.Moments.deviations(t.dimensions)
}

// setLengthByTime sets the length by the integrated autocorrelation time.
func (t *mclmcTuner) setLengthByTime() {
	sum, times := 0.0, t.Series.times()
	for _, time := range times {
		sum += time
	}
	if sum > 0 {
		t.Length = t.settings.LengthFactor * t.Step * sum / float64(len(times))
	}
}

// tunerState is an mclmcTuner without the methods by which gob would encode it.
type tunerState mclmcTuner

// MarshalBinary implements encoding.BinaryMarshaler.
func (t *mclmcTuner) MarshalBinary() ([]byte, error) {
	var to bytes.Buffer
	err := gob.NewEncoder(&to).Encode((*tunerState)(t))
	return to.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *mclmcTuner) UnmarshalBinary(data []byte) error {
	read := tunerState{settings: t.settings, ends: t.ends, dimensions: t.dimensions, scale: t.scale}
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&read); err != nil {
		return err
	}
	if !(read.Step > 0) || !(read.Length > 0) || read.Made < 0 || read.Made > t.settings.Steps {
		return errors.New("langevin: the state of the tuning is not one")
	}
	*t = mclmcTuner(read)
	return nil
}
