package langevin

import (
	"bytes"
	"encoding/gob"
	"errors"
	"math"

	"github.com/trajens/trajens/tps/diagnostics"
)

const (
	// tooFar is by how many standard deviations the energy error of a step is off that is
	// put back while the chain is tuned.
	tooFar = 100
	// shorter is by what steps are shortened after one that is not finite.
	shorter = 0.8
	// seriesColumns and seriesRows bound what the third phase keeps.
	seriesColumns, seriesRows = 256, 4096
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
	Total        float64 // weight of the means
	Mean, Square []float64
	Columns      []int     // the parameters that the third phase keeps
	Stride       int       // after how many steps it does
	Series       []float32 // row after row
}

func newMCLMCTuner(settings MCLMCTuning, params int, space isokineticSpace, step, length float64) *mclmcTuner {
	return &mclmcTuner{
		settings: settings, ends: settings.ends(), dimensions: space.dimensions, scale: space.scale, Step: step, Length: length,
		Mean: make([]float64, params), Square: make([]float64, params),
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
			t.average(params)
		}
		t.adapt(energyError)
		if t.Made == t.ends[1] && t.ends[1] > t.ends[0] {
			units = t.measure()
		}
	case t.Made <= t.ends[2]:
		t.adapt(energyError)
	default:
		t.record(params)
		if t.done() {
			t.setLengthByTime()
		}
	}
	if t.done() {
		t.Mean, t.Square, t.Series, t.Columns = nil, nil, nil, nil
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

// average adds params to the means, with the step, which is the time that they took, as
// weight.
func (t *mclmcTuner) average(params []float32) {
	t.Total += t.Step
	share := t.Step / t.Total
	for i, p := range params {
		x := float64(p)
		t.Mean[i] += share * (x - t.Mean[i])
		t.Square[i] += share * (x*x - t.Square[i])
	}
}

// measure sets the length by the variances of the parameters, and returns their square
// roots if they are to be the units.
func (t *mclmcTuner) measure() (units []float32) {
	d, sum, scaled := float64(t.dimensions), 0.0, 0.0
	for i, m := range t.Mean {
		variance := max(0, t.Square[i]-m*m)
		t.Square[i] = variance
		sum += variance
		if t.scale != nil {
			variance /= math.Pow(math.Max(float64(t.scale[i]), math.SmallestNonzeroFloat32), 2)
		}
		scaled += variance
	}
	if !(scaled > 0) {
		return nil
	}
	t.Length = math.Sqrt(scaled)
	if !t.settings.Precondition {
		return nil
	}
	const least = 1e-12 // of the mean variance, so that no parameter stands still
	units = make([]float32, len(t.Mean))
	for i, variance := range t.Square {
		units[i] = float32(math.Sqrt(max(variance, least*sum/d)))
	}
	// The step that is as long as before in the mean over the directions.
	t.Step *= math.Sqrt(d / scaled)
	t.Length, t.Largest = math.Sqrt(d), 0
	t.Sum, t.Weight = 0, 0
	return units
}

// record keeps some of the parameters, at some of the steps.
func (t *mclmcTuner) record(params []float32) {
	if t.Columns == nil {
		columns, steps := min(len(params), seriesColumns), t.ends[3]-t.ends[2]
		t.Stride = (steps + seriesRows - 1) / seriesRows
		t.Columns = make([]int, columns)
		for k := range t.Columns {
			t.Columns[k] = k * len(params) / columns
		}
		t.Series = make([]float32, 0, columns*(steps/t.Stride))
	}
	if (t.Made-t.ends[2])%t.Stride == 0 {
		for _, i := range t.Columns {
			t.Series = append(t.Series, params[i])
		}
	}
}

// setLengthByTime sets the length by the integrated autocorrelation time.
func (t *mclmcTuner) setLengthByTime() {
	columns := len(t.Columns)
	rows := len(t.Series) / columns
	sum, count := 0.0, 0
	series := make([]float64, rows)
	for k := range columns {
		for row := range series {
			series[row] = float64(t.Series[row*columns+k])
		}
		if tau := diagnostics.IntegratedTime(series, 0).Tau; tau > 0 { // not that of a constant
			sum += tau
			count++
		}
	}
	if count > 0 {
		t.Length = t.settings.LengthFactor * t.Step * float64(t.Stride) * sum / float64(count)
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
