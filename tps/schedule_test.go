package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSchedules(t *testing.T) {
	grow := Exponential{From: 1, To: 100, Rate: math.Ln10}
	shrink := Exponential{From: 100, To: 1, Rate: -math.Ln10}
	for _, c := range []struct {
		schedule Schedule
		step     int
		s        float64
	}{
		{Constant(3), 0, 3}, {Constant(3), 1_000_000, 3},
		{Linear{10, 20, 10}, 0, 10}, {Linear{10, 20, 10}, 3, 13}, {Linear{10, 20, 10}, 10, 20}, {Linear{10, 20, 10}, 99, 20},
		{Linear{20, 10, 4}, 1, 17.5},
		{grow, 0, 1}, {grow, 1, 10}, {grow, 2, 100}, {grow, 3, 100}, {grow, 100_000, 100},
		{shrink, 0, 100}, {shrink, 1, 10}, {shrink, 5, 1}, {shrink, 100_000, 1},
		{Exponential{5, 5, 0}, 7, 5},
		{Stepped{{0, 1}, {10, 2}, {20, 3}}, 0, 1}, {Stepped{{0, 1}, {10, 2}, {20, 3}}, 9, 1},
		{Stepped{{0, 1}, {10, 2}, {20, 3}}, 10, 2}, {Stepped{{0, 1}, {10, 2}, {20, 3}}, 19, 2},
		{Stepped{{0, 1}, {10, 2}, {20, 3}}, 99, 3},
	} {
		require.NoError(t, c.schedule.(interface{ Validate() error }).Validate())
		assert.InEpsilon(t, c.s, c.schedule.S(c.step), 1e-12, "%#v at %d", c.schedule, c.step)
	}
}

func TestScheduleErrors(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		schedule interface{ Validate() error }
		says     string
	}{
		{Constant(math.Inf(1)), "S = +Inf"},
		{Linear{nan, 1, 1}, "Linear.From = NaN"},
		{Linear{1, nan, 1}, "Linear.To = NaN"},
		{Linear{1, 2, 0}, "Linear.Steps = 0"},
		{Exponential{nan, 1, 1}, "Exponential.From = NaN"},
		{Exponential{1, nan, 1}, "Exponential.To = NaN"},
		{Exponential{0, 1, 1}, "same sign and neither zero"},
		{Exponential{-1, 1, 1}, "same sign"},
		{Exponential{1, 10, -1}, "Exponential.Rate = -1 does not lead from 1 to 10"},
		{Exponential{10, 1, 1}, "Exponential.Rate = 1"},
		{Exponential{1, 10, 0}, "Exponential.Rate = 0"},
		{Exponential{1, 10, nan}, "Exponential.Rate = NaN"},
		{Exponential{1, 10, math.Inf(1)}, "Exponential.Rate = +Inf"},
		{Stepped{}, "no stage that starts at step 0"},
		{Stepped{{1, 1}}, "no stage that starts at step 0"},
		{Stepped{{0, 1}, {5, 1}, {5, 2}}, "Stepped[2].Start = 5, want more than 5"},
		{Stepped{{0, 1}, {5, nan}}, "Stepped[1].S = NaN"},
	} {
		assert.ErrorContains(t, c.schedule.Validate(), c.says)
	}
}
