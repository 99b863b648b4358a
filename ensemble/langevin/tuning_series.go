package langevin

import (
	"math"

	"github.com/trajens/trajens/tps/diagnostics"
)

// moments are means of the parameters and of their squares along a chain, with weights.
type moments struct {
	Weight       float64
	Mean, Square []float64
}

func newMoments(params int) moments {
	return moments{Mean: make([]float64, params), Square: make([]float64, params)}
}

// add takes in parameters.
func (m *moments) add(params []float32, weight float64) {
	m.Weight += weight
	share := weight / m.Weight
	for i, p := range params {
		x := float64(p)
		m.Mean[i] += share * (x - m.Mean[i])
		m.Square[i] += share * (x*x - m.Square[i])
	}
}

// variance returns that of a parameter.
func (m *moments) variance(i int) float64 { return max(0, m.Square[i]-m.Mean[i]*m.Mean[i]) }

// spread returns the sum of the variances in the units of scale, of which nil are all 1.
func (m *moments) spread(scale []float32) (sum float64) {
	for i := range m.Mean {
		variance := m.variance(i)
		if scale != nil && variance > 0 {
			variance /= float64(scale[i]) * float64(scale[i])
		}
		sum += variance
	}
	return sum
}

// deviations returns the standard deviations, none so small that a parameter would stand
// still. dimensions is how many parameters are free.
func (m *moments) deviations(dimensions int) []float32 {
	const least = 1e-12 // of the mean variance
	floor := least * m.spread(nil) / float64(dimensions)
	deviations := make([]float32, len(m.Mean))
	for i := range deviations {
		deviations[i] = float32(math.Sqrt(max(m.variance(i), floor)))
	}
	return deviations
}

// A series keeps some of the parameters at some of the steps of a chain, for the times in
// which it forgets them.
type series struct {
	Columns []int     // the parameters
	Stride  int       // after how many steps they are kept
	Values  []float32 // row after row
}

// seriesColumns and seriesRows bound what a series keeps.
const seriesColumns, seriesRows = 256, 4096

// record takes in the parameters after a step, counted from 1, of a number of steps.
func (s *series) record(params []float32, step, steps int) {
	if s.Columns == nil {
		columns := min(len(params), seriesColumns)
		s.Stride = (steps + seriesRows - 1) / seriesRows
		s.Columns = make([]int, columns)
		for k := range s.Columns {
			s.Columns[k] = k * len(params) / columns
		}
		s.Values = make([]float32, 0, columns*(steps/s.Stride))
	}
	if step%s.Stride == 0 {
		for _, i := range s.Columns {
			s.Values = append(s.Values, params[i])
		}
	}
}

// times returns the integrated autocorrelation times, in steps, of the parameters that
// have one: those that are fixed have none.
func (s *series) times() (times []float64) {
	if len(s.Columns) == 0 {
		return nil
	}
	column := make([]float64, len(s.Values)/len(s.Columns))
	for k := range s.Columns {
		for row := range column {
			column[row] = float64(s.Values[row*len(s.Columns)+k])
		}
		if tau := diagnostics.IntegratedTime(column, 0).Tau; tau > 0 {
			times = append(times, float64(s.Stride)*tau)
		}
	}
	return times
}
