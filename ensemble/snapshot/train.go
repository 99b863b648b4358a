package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/trajens/trajens/nn/descent"
)

// Config has the settings of Train. Descent.Epochs must be set; the zero value of any
// other field stands for its default.
type Config struct {
	// Members is M, the number of cycles and of networks, at least 1. 0: 6, as in
	// most of the paper's experiments.
	Members int
	// Peak is α₀, the learning rate with which each cycle begins, finite and
	// positive. 0: 0.1, as in the paper, for SGD.
	Peak float64
	// Descent has all else. Its Epochs are those of one cycle, while its Progress
	// counts the epochs of all cycles. Its Optimizer goes on from one cycle to the
	// next; nil: SGD with the momentum 0.9. Its Schedule and Validate must be nil.
	Descent descent.Config
}

// Train trains the network whose start params are, and returns its parameters at the end
// of each cycle. It changes params in place: in the end they are those of the last
// member.
//
// When the run ends early, by the context, by a loss that is NaN or by an error of
// Progress, Train returns the members that there are so far, and what descent.Run
// returns.
func Train(ctx context.Context, params []float32, gradient descent.Gradient, config Config) ([][]float32, error) {
	if config.Members < 0 {
		return nil, fmt.Errorf("snapshot: Config.Members = %d, want at least 1, or 0 for 6", config.Members)
	}
	d := config.Descent
	if d.Schedule != nil {
		return nil, errors.New("snapshot: Config.Descent.Schedule is set, want nil: the cycles are the schedule")
	}
	if d.Validate != nil {
		return nil, errors.New("snapshot: Config.Descent.Validate is set, want nil: members are the ends of cycles")
	}
	cycles, epochs := cmp.Or(config.Members, 6), d.Epochs
	if epochs < 1 {
		return nil, fmt.Errorf("snapshot: Config.Descent.Epochs = %d, want at least 1", epochs)
	}
	d.Epochs = cycles * epochs
	d.Schedule = Schedule{Peak: cmp.Or(config.Peak, 0.1), Cycles: cycles}
	d.Optimizer = cmp.Or[descent.Optimizer](d.Optimizer, &descent.SGD{Momentum: 0.9})
	var members [][]float32
	d.Progress = func(e descent.Epoch) error {
		if e.Number%epochs == 0 {
			members = append(members, slices.Clone(params))
		}
		if config.Descent.Progress != nil {
			return config.Descent.Progress(e)
		}
		return nil
	}
	if _, err := descent.Run(ctx, params, gradient, d); err != nil {
		return members, err
	}
	return members, nil
}
