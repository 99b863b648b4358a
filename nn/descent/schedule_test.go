package descent

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		schedule Schedule
		step     int
		want     float64
	}{
		{Constant(0.5), 7, 0.5},
		{Decay{Start: 1, Factor: 0.5, Every: 10}, 9, 1},
		{Decay{Start: 1, Factor: 0.5, Every: 10}, 10, 0.5},
		{Decay{Start: 1, Factor: 0.5, Every: 10}, 35, 0.125},
		{Cosine{Peak: 2, Final: 1}, 0, 2},
		{Cosine{Peak: 2, Final: 1}, 50, 1.5},
		{Cosine{Peak: 2, Final: 1}, 100, 1},
		{Cosine{Peak: 2, Final: 1}, 1000, 1},
		{Cosine{Peak: 2, WarmUp: 0.2}, 0, 2.0 / 21},
		{Cosine{Peak: 2, WarmUp: 0.2}, 19, 2 * 20.0 / 21},
		{Cosine{Peak: 2, WarmUp: 0.2}, 20, 2},
		{Cosine{Peak: 2, WarmUp: 0.2}, 60, 1},
		{Cosine{Peak: 2, WarmUp: 1}, 100, 0},
		{WarmUp{Steps: 4, Then: Constant(1)}, 0, 0.2},
		{WarmUp{Steps: 4, Then: Constant(1)}, 3, 0.8},
		{WarmUp{Steps: 4, Then: Constant(1)}, 4, 1},
	} {
		assert.NoError(t, checkSchedule(c.schedule))
		assert.InDelta(t, c.want, c.schedule.Rate(c.step, 100), 1e-12, "%+v at %d", c.schedule, c.step)
	}
}

func TestScheduleErrors(t *testing.T) {
	for text, schedule := range map[string]Schedule{
		"Constant = NaN":     Constant(math.NaN()),
		"Constant = -1":      Constant(-1),
		"Decay.Start = +Inf": Decay{Start: math.Inf(1), Factor: 1, Every: 1},
		"Decay.Factor = 0":   Decay{Start: 1, Every: 1},
		"Decay.Every = 0":    Decay{Start: 1, Factor: 1},
		"Cosine.Peak = -1":   Cosine{Peak: -1},
		"Cosine.Final = NaN": Cosine{Final: math.NaN()},
		"Cosine.WarmUp = 2":  Cosine{WarmUp: 2},
		"WarmUp.Steps = -1":  WarmUp{Steps: -1, Then: Constant(1)},
		"WarmUp.Then is nil": WarmUp{},
		"Constant = -2":      WarmUp{Then: Constant(-2)},
	} {
		assert.ErrorContains(t, checkSchedule(schedule), text)
	}
}
