package landscape

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/trajens/trajens/internal/null"
)

// Losses is what this package needs to know of models and data; *nn.Losses does it.
type Losses interface {
	// Samples returns the number of samples.
	Samples() int
	// Params returns the number of parameters of a model.
	Params() int
	// Losses writes the loss of each model on each of the samples: dst[k][j] is that of models[k]
	// on sample samples[j].
	Losses(dst [][]float64, models [][]float32, samples []int)
}

// Config has the settings of Line and of Plane.Losses. The zero value works.
type Config struct {
	// Samples are those over which the loss is the mean. nil: all.
	Samples []int
}

const (
	together = 8    // models are computed together
	batch    = 1024 // samples
)

// Line returns the mean losses of the models origin + t·direction for each t in at. A loss may be
// +Inf, far away. The error says where it is NaN, or is the cause of the end of the context.
func Line(ctx context.Context, losses Losses, origin []float32, direction, at []float64, config Config) ([]float64, error) {
	m, err := newMeans(ctx, losses, config, origin, direction)
	if err != nil {
		return nil, err
	}
	if len(at) == 0 {
		return nil, errors.New("landscape: there are no points on the line")
	}
	dst := make([]float64, len(at))
	err = m.compute(dst, func(model []float32, k int) error {
		if notFinite(at[k]) {
			return fmt.Errorf("landscape: at[%d] = %v, want a finite number", k, at[k])
		}
		for i, x := range direction {
			model[i] = float32(float64(origin[i]) + at[k]*x)
		}
		return nil
	}, func(k int) string { return fmt.Sprintf("%v", at[k]) })
	return dst, err
}

// means computes mean losses of models.
type means struct {
	ctx     context.Context
	losses  Losses
	samples []int
	models  [][]float32
	dst     [][]float64
}

// newMeans checks what is given, and that the origin and directions fit.
func newMeans(ctx context.Context, losses Losses, config Config, origin []float32, directions ...[]float64) (*means, error) {
	if ctx == nil {
		return nil, errors.New("landscape: the context is nil")
	}
	if null.Is(losses) {
		return nil, errors.New("landscape: the losses are nil")
	}
	params, n := losses.Params(), losses.Samples()
	if len(origin) != params {
		return nil, fmt.Errorf("landscape: the origin has %d parameters, want those of the model, %d", len(origin), params)
	}
	for _, direction := range directions {
		if len(direction) != params {
			return nil, fmt.Errorf("landscape: a direction has %d parameters, want those of the model, %d", len(direction), params)
		}
	}
	samples := config.Samples
	if samples == nil {
		samples = make([]int, n)
		for i := range samples {
			samples[i] = i
		}
	}
	if len(samples) == 0 {
		return nil, errors.New("landscape: there are no samples")
	}
	for _, i := range samples {
		if i < 0 || i >= n {
			return nil, fmt.Errorf("landscape: Config.Samples has %d, want 0 to %d", i, n-1)
		}
	}
	m := &means{ctx: ctx, losses: losses, samples: samples}
	for range together {
		m.models = append(m.models, make([]float32, params))
		m.dst = append(m.dst, make([]float64, min(batch, len(samples))))
	}
	return m, nil
}

// compute writes the mean loss of each model, which put makes; name says which it is.
func (m *means) compute(dst []float64, put func(model []float32, k int) error, name func(k int) string) error {
	for first := 0; first < len(dst); first += together {
		now := dst[first:min(first+together, len(dst))]
		for k := range now {
			if err := put(m.models[k], first+k); err != nil {
				return err
			}
			now[k] = 0
		}
		for from := 0; from < len(m.samples); from += batch {
			if m.ctx.Err() != nil {
				return context.Cause(m.ctx)
			}
			samples := m.samples[from:min(from+batch, len(m.samples))]
			rows := m.dst[:len(now)]
			for k := range rows {
				rows[k] = rows[k][:len(samples)]
			}
			m.losses.Losses(rows, m.models[:len(now)], samples)
			for k, row := range rows {
				for _, loss := range row {
					now[k] += loss
				}
				rows[k] = row[:cap(row)]
			}
		}
		for k := range now {
			now[k] /= float64(len(m.samples))
			if math.IsNaN(now[k]) {
				return fmt.Errorf("landscape: the mean loss at %s is NaN", name(first+k))
			}
		}
	}
	return nil
}

func notFinite(x float64) bool { return x-x != 0 }
