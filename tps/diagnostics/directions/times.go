package directions

import (
	"fmt"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/tps/diagnostics"
	"github.com/trajens/trajens/tps/diagnostics/internal/draws"
)

// Project returns the coordinates of draws along directions: series j has v_j·(θ_i − center) for
// each draw i. Directions has one row of params numbers v_j for each; they need neither be of
// norm 1 nor orthogonal. Center has params numbers, or is nil for 0.
func Project(list []float32, params int, directions, center []float64) ([][]float64, error) {
	n, err := draws.Count(list, params, 1)
	if err != nil {
		return nil, fmt.Errorf("directions: %w", err)
	}
	if err := checkDirections(directions, params); err != nil {
		return nil, err
	}
	if center != nil && len(center) != params {
		return nil, fmt.Errorf("directions: center has %d numbers, want %d", len(center), params)
	}
	series := make([][]float64, len(directions)/params)
	for j := range series {
		series[j] = make([]float64, n)
	}
	point := make([]float64, params)
	for i := range n {
		for k, x := range list[i*params : (i+1)*params] {
			point[k] = float64(x)
		}
		if center != nil {
			floats.Sub(point, center)
		}
		for j := range series {
			series[j][i] = floats.Dot(directions[j*params:(j+1)*params], point)
		}
	}
	return series, nil
}

func checkDirections(directions []float64, params int) error {
	if len(directions) == 0 || len(directions)%params != 0 {
		return fmt.Errorf("directions: %d numbers are not a whole positive number of directions of %d parameters", len(directions), params)
	}
	for i, x := range directions {
		if x-x != 0 {
			return fmt.Errorf("directions: number %d of direction %d is %v, want a finite number", i%params, i/params, x)
		}
	}
	return nil
}

// IntegratedTimes returns the integrated autocorrelation time of the coordinate along each
// direction, as diagnostics.IntegratedTimeOfChains measures it. Directions has one row of params
// numbers for each, such as Axes.Vectors. Each chain has its draws in the order of the run, in
// equal distances; the times are in units of this distance.
func IntegratedTimes(params int, directions []float64, chains ...[]float32) ([]diagnostics.AutocorrelationTime, error) {
	if len(chains) == 0 {
		return nil, fmt.Errorf("directions: there are no chains")
	}
	coordinates := make([][][]float64, len(chains)) // chain, direction, draw
	for c, chain := range chains {
		series, err := Project(chain, params, directions, nil)
		if err != nil {
			return nil, fmt.Errorf("%w (chain %d)", err, c)
		}
		coordinates[c] = series
	}
	times := make([]diagnostics.AutocorrelationTime, len(directions)/params)
	along := make([][]float64, len(chains))
	for j := range times {
		for c := range chains {
			along[c] = coordinates[c][j]
		}
		times[j] = diagnostics.IntegratedTimeOfChains(along, 0)
	}
	return times, nil
}

// A Watch takes means, variances and autocorrelation times along directions as a run goes on, in
// fixed memory. It is for one goroutine.
type Watch struct {
	params     int
	directions []float64
	point      []float64
	along      []diagnostics.Accumulator
}

// NewWatch returns a Watch along directions, one row of params numbers for each, which are copied.
func NewWatch(params int, directions []float64) (*Watch, error) {
	if params < 1 {
		return nil, fmt.Errorf("directions: params = %d, want at least 1", params)
	}
	if err := checkDirections(directions, params); err != nil {
		return nil, err
	}
	return &Watch{
		params: params, directions: append([]float64(nil), directions...), point: make([]float64, params),
		along: make([]diagnostics.Accumulator, len(directions)/params),
	}, nil
}

// Add adds a draw, which is not kept. It does not allocate. It panics if the length is not the
// number of parameters.
func (w *Watch) Add(draw []float32) {
	if len(draw) != w.params {
		panic("directions: length of a draw is not the number of parameters")
	}
	for k, x := range draw {
		w.point[k] = float64(x)
	}
	for j := range w.along {
		w.along[j].Add(floats.Dot(w.directions[j*w.params:(j+1)*w.params], w.point))
	}
}

// Directions returns how many directions there are.
func (w *Watch) Directions() int { return len(w.along) }

// Along returns what is known of the coordinate along direction j: its Tau is the autocorrelation
// time in draws. It is a view, which the next Add changes.
func (w *Watch) Along(j int) *diagnostics.Accumulator { return &w.along[j] }
