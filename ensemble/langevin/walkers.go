package langevin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

// Walkers are several chains of BAOAB with one target, each preconditioned by the
// covariance of others, the ensemble quasi-Newton method (Leimkuhler, Matthews and Weare,
// arXiv 1607.03954; TATi: Heber, Trstanova and Leimkuhler, J. Mach. Learn. Res. 21, 228
// (2020)). Directions in which the target is wide are forgotten sooner.
//
// The published methods move all walkers at once, which is right as long as the covariances
// are those of each step. Here, where they are updated rarely, groups of walkers take turns,
// each with the covariance of the walkers that rest: given those, a turn is Langevin dynamics
// with a constant matrix, so that after each turn all walkers are independent draws of what
// BAOAB samples. A turn costs what it would cost otherwise: no step is lost.
//
// A covariance of m vectors in P dimensions is noisy: with the largest curvature h of U, and
// β = 1, the largest eigenvalue of B H B is about h + η(1 + √(P/m))², so that an η of
// h/(1 + √(P/m))² makes stable steps shorter by √2, and is a good first choice. m is one less
// than the number of walkers, and WalkersConfig.Memory times as much with
// WalkersConfig.Freeze, which takes the covariance from a burn-in.
//
// Of a Gaussian with variances from 1 to 100, in equal ratios, eight walkers forget the
// slowest direction fourteen times sooner in 8 dimensions, five times in 32, and not twice in
// 128 (16 walkers 2.7 times); 8 and 16 walkers eight times in 128 with Freeze. Of a logistic
// regression with 50 parameters, half of them equally slow, they do so 1.2 and 1.5 times
// sooner, 8 and 9 times with Freeze and η = h.
type Walkers struct {
	config  WalkersConfig
	chains  []*Chain
	eqns    []*eqn
	lanes   [][]int     // the walkers of each gradient
	history [][]float32 // where all walkers were after each of the last rounds, before Freeze
	others  [][]float32 // scratch
}

// NewWalkers returns walkers of a model. Further gradients, of the same model and data,
// each let one more goroutine move walkers of a group: the walkers are the same, bit for bit,
// for any number.
func NewWalkers(config WalkersConfig, gradients ...Gradient) (*Walkers, error) {
	if len(gradients) == 0 || null.Is(gradients[0]) {
		return nil, errors.New("langevin: the gradient is nil")
	}
	c, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &Walkers{config: c, lanes: make([][]int, len(gradients))}
	for k := range c.Walkers {
		lane := k % len(gradients)
		w.lanes[lane] = append(w.lanes[lane], k)
		own := c.Config
		own.Source = random.Source(c.Seed, c.Stream, uint64(k))
		if c.Starts != nil {
			own.Start = c.Starts[k]
		}
		own.Sampler = walker{own.Sampler.(BAOAB)}
		chain, err := NewChain(own, gradients[lane])
		if err != nil {
			return nil, err
		}
		w.chains = append(w.chains, chain)
		w.eqns = append(w.eqns, chain.stepper.(*eqn))
	}
	return w, nil
}

// A walker is the Sampler of one, with the options of BAOAB.
type walker struct{ BAOAB }

// Stepper implements Sampler.
func (w walker) Stepper(system *System, state *State) (Stepper, error) {
	step, err := orStep("BAOAB", w.Step, 0.1/math.Sqrt(system.S()))
	if err != nil {
		return nil, err
	}
	friction := cmp.Or(w.Friction, math.Sqrt(system.S()))
	if err := checkPositive("BAOAB.Friction", friction); err != nil {
		return nil, err
	}
	return newEQN(step, friction, system, state), nil
}

// Chains returns the chains of the walkers, for their parameters and statistics. They are
// not to be run on their own.
func (w *Walkers) Chains() []*Chain { return w.chains }

// Steps returns how many steps each walker has made.
func (w *Walkers) Steps() int { return w.chains[0].Steps() }

// Run makes steps until each walker has made total of them in its life, a multiple of
// WalkersConfig.Every, with the observers that observers returns for it (nil: none): those of
// walkers that move at once are called at once. afterRound, if it is not nil, is called when
// each group has had its turn. Run returns early when the context is done, with its cause; when
// an observer or afterRound returns an error, with that error, or without one if it is
// tps.ErrStop; or when a step fails. But for the last case the walkers can go on from where
// they stopped.
func (w *Walkers) Run(ctx context.Context, total int, observers func(walker int) []Observer, afterRound func(*Walkers) error) error {
	if ctx == nil {
		return errors.New("langevin: the context is nil")
	}
	if total%w.config.Every != 0 {
		return fmt.Errorf("langevin: total = %d, want a multiple of WalkersConfig.Every = %d: turns are not to be divided", total, w.config.Every)
	}
	if total < w.Steps() {
		return fmt.Errorf("langevin: total = %d, want at least the %d steps that the walkers have made", total, w.Steps())
	}
	list := make([][]Observer, len(w.chains))
	for k := range list {
		if observers != nil {
			list[k] = observers(k)
		}
	}
	for w.chains[len(w.chains)-1].Steps() < total {
		err := w.round(ctx, list)
		if err == nil && afterRound != nil {
			err = afterRound(w)
		}
		if errors.Is(err, tps.ErrStop) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// round gives each group its turn.
func (w *Walkers) round(ctx context.Context, observers [][]Observer) error {
	for group := range w.config.Groups {
		if err := w.turn(ctx, group, observers); err != nil {
			return err
		}
	}
	w.remember()
	return nil
}

// group returns that of a walker. Walkers are in the order of their groups.
func (w *Walkers) group(k int) int { return k * w.config.Groups / len(w.chains) }

// turn moves the walkers of a group, unless it has had its turn in this round.
func (w *Walkers) turn(ctx context.Context, group int, observers [][]Observer) error {
	last := w.chains[len(w.chains)-1].Steps() // steps of the last group, the fewest
	end := (last/w.config.Every + 1) * w.config.Every
	w.precondition(group, end)
	errs := make([]error, len(w.chains))
	var running sync.WaitGroup
	for _, lane := range w.lanes {
		running.Go(func() {
			for _, k := range lane {
				if w.group(k) != group {
					continue
				}
				chain := w.chains[k]
				if err := chain.Run(ctx, end, observers[k]...); err != nil {
					errs[k] = fmt.Errorf("walker %d: %w", k, err)
				} else if chain.Steps() < end {
					errs[k] = tps.ErrStop // of an observer
				}
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}

// precondition sets the matrices of the walkers of a group that begin their turn, which ends
// at a step.
func (w *Walkers) precondition(group, end int) {
	begin := end - w.config.Every
	if w.config.Eta == 0 || w.config.Freeze > 0 && begin >= w.config.Freeze {
		return
	}
	w.others = w.others[:0]
	for k, chain := range w.chains {
		if w.group(k) != group {
			w.others = append(w.others, chain.Params())
		}
	}
	for i, params := range w.history {
		if w.group(i%len(w.chains)) != group {
			w.others = append(w.others, params)
		}
	}
	eta := w.weight(len(w.others), len(w.chains)-w.size(group))
	for k, t := range w.eqns {
		if w.group(k) == group && w.chains[k].Steps() == begin {
			t.precondition(eta, w.others)
		}
	}
}

// size returns how many walkers a group has.
func (w *Walkers) size(group int) (n int) {
	for k := range w.chains {
		if w.group(k) == group {
			n++
		}
	}
	return n
}

// weight returns η for a covariance of some vectors, of which each turn adds so many. Before
// Freeze it grows with their number to Eta: the largest eigenvalue of B H B, about
// h + η(1 + √(P/m))² for m of them, is then at no time larger than with the last ones, and a
// step that is stable from Freeze on is so before.
func (w *Walkers) weight(vectors, perTurn int) float64 {
	c := &w.config
	if c.Freeze == 0 {
		return c.Eta
	}
	turns := (c.Freeze + c.Every - 1) / c.Every
	return c.Eta * float64(vectors) / float64(perTurn*min(c.Memory+1, turns))
}

// remember keeps where the walkers are after a round, for covariances before Freeze.
func (w *Walkers) remember() {
	if w.Steps() >= w.config.Freeze {
		w.history = nil
		return
	}
	oldest := len(w.history) - (w.config.Memory-1)*len(w.chains)
	if oldest > 0 {
		w.history = append(w.history[:0], w.history[oldest:]...)
	}
	for _, chain := range w.chains {
		w.history = append(w.history, slices.Clone(chain.Params()))
	}
}
