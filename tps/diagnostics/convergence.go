package diagnostics

import (
	"cmp"
	"fmt"
	"math"

	"github.com/trajens/trajens/tps"
)

// ConvergenceConfig configures a Convergence. The zero value of a field stands for
// its default.
//
// A limit can only be met if the window is long enough for it: the standard
// error in it is σ √(τ_int/Window), and the gradient of a stationary series has
// √12 times that as its own standard error. So RelativeGradient should not be
// below 4 times RelativeError.
type ConvergenceConfig struct {
	// Window is how many of the last values are looked at, 100 to 2²⁴. 0: 1000.
	// They should cover more than 50 τ_int: a shorter window is never said to
	// have converged. A Convergence needs 24 bytes of memory for each.
	Window int
	// Every is the number of values from one look to the next, at most Window.
	// 0: a tenth of Window.
	Every int
	// Looks is how many looks in a row must find the limits kept. Of many looks
	// a single one finds them kept by chance. 0: as many as there are in a
	// window, so that the values of two windows count.
	Looks int
	// RelativeGradient is the limit of the change of a fitted line over the
	// window relative to the mean, positive and finite. 0: 0.05.
	RelativeGradient float64
	// RelativeError is the limit of the standard error of the window's mean
	// relative to the mean, positive and finite. 0: 0.01.
	RelativeError float64
}

func (c ConvergenceConfig) withDefaults() (ConvergenceConfig, error) {
	c.Window = cmp.Or(c.Window, 1000)
	if c.Window > mostCounts {
		return c, fmt.Errorf("diagnostics: Window = %d needs %.2g bytes of memory, want at most %d", c.Window, 24*float64(c.Window), mostCounts)
	}
	if c.Window < 100 {
		return c, fmt.Errorf("diagnostics: Window = %d, want at least 100, or 0 for 1000", c.Window)
	}
	c.Every = cmp.Or(c.Every, c.Window/10)
	if c.Every < 1 || c.Every > c.Window {
		return c, fmt.Errorf("diagnostics: Every = %d, want 1 to Window = %d, or 0 for a tenth of it", c.Every, c.Window)
	}
	c.Looks = cmp.Or(c.Looks, (c.Window+c.Every-1)/c.Every)
	if c.Looks < 1 {
		return c, fmt.Errorf("diagnostics: Looks = %d, want at least 1, or 0 for Window/Every", c.Looks)
	}
	c.RelativeGradient = cmp.Or(c.RelativeGradient, 0.05)
	if !(c.RelativeGradient > 0) || math.IsInf(c.RelativeGradient, 1) {
		return c, fmt.Errorf("diagnostics: RelativeGradient = %v, want a finite number > 0, or 0 for 0.05", c.RelativeGradient)
	}
	c.RelativeError = cmp.Or(c.RelativeError, 0.01)
	if !(c.RelativeError > 0) || math.IsInf(c.RelativeError, 1) {
		return c, fmt.Errorf("diagnostics: RelativeError = %v, want a finite number > 0, or 0 for 0.01", c.RelativeError)
	}
	return c, nil
}

// A Convergence watches a series, value by value, until its last values neither
// drift nor scatter more than is allowed: until, over a window,
//
//	|slope| · Window ≤ RelativeGradient · |mean|,
//	standard error ≤ RelativeError · |mean|,
//
// and the window is longer than 50 τ_int, at several looks in a row. The slope is
// that of a least-squares line; τ_int and the standard error are by
// autocorrelation about the line. The limits are relative to the mean, so they
// suit a loss, not an observable whose mean is near zero. A constant window, as of
// a chain that is stuck, has not converged, nor has one with a value that is not
// finite.
//
// A Convergence cannot see what takes longer than its windows: a series that rests
// for two of them and then moves on has converged while it rests.
type Convergence struct {
	config  ConvergenceConfig
	ring    []float64 // value number i at i mod Window
	count   int
	last    ConvergenceCheck
	window  []float64 // scratch, in order
	scratch []float64
}

// A ConvergenceCheck is what one look at the window found.
type ConvergenceCheck struct {
	// Values is how many values the series had, 0 before the first look.
	Values int
	// Mean is that of the window, with its standard error.
	Estimate
	// Gradient is |slope| · Window / |Mean|, Error is StandardError / |Mean|.
	Gradient, Error float64
	// Tau is τ_int in values.
	Tau float64
	// Kept is how many looks in a row, up to this one, found the limits kept.
	Kept int
	// Converged says whether they were enough.
	Converged bool
}

// NewConvergence returns a detector that has seen nothing.
func NewConvergence(config ConvergenceConfig) (*Convergence, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Convergence{
		config:  config,
		ring:    make([]float64, config.Window),
		window:  make([]float64, config.Window),
		scratch: make([]float64, config.Window),
	}, nil
}

// Config returns the configuration, with the defaults filled in.
func (c *Convergence) Config() ConvergenceConfig { return c.config }

// Add adds a value, and says whether the last look found that the series had
// converged. It allocates only when it looks.
func (c *Convergence) Add(x float64) bool {
	c.ring[c.count%len(c.ring)] = x
	c.count++
	if c.count >= c.config.Window && c.count%c.config.Every == 0 {
		c.look()
	}
	return c.last.Converged
}

func (c *Convergence) look() {
	oldest := c.count % len(c.ring)
	n := copy(c.window, c.ring[oldest:])
	copy(c.window[n:], c.ring[:oldest])
	fit := fitLine(c.window, c.scratch)
	k := float64(len(c.window))
	standardError := math.Sqrt(fit.longRun / k)
	kept := c.last.Kept
	c.last = ConvergenceCheck{
		Values:   c.count,
		Estimate: Estimate{fit.mean, standardError},
		Gradient: math.Abs(fit.slope*k) / math.Abs(fit.mean),
		Error:    standardError / math.Abs(fit.mean),
		Tau:      fit.tau,
	}
	if c.last.keeps(c.config) {
		c.last.Kept = kept + 1
	}
	c.last.Converged = c.last.Kept >= c.config.Looks
}

// keeps says whether the limits are kept; NaN fails.
func (c *ConvergenceCheck) keeps(limits ConvergenceConfig) bool {
	return c.Gradient <= limits.RelativeGradient &&
		c.Error <= limits.RelativeError &&
		longEnough*c.Tau < float64(limits.Window)
}

// Count returns how many values there were.
func (c *Convergence) Count() int { return c.count }

// Last returns what the last look found.
func (c *Convergence) Last() ConvergenceCheck { return c.last }

// Observer returns an observer that adds a value after each k-th step and ends
// the run when the series has converged. (*tps.Chain).LossEstimate is a value
// that costs nothing; it is biased, but converges with the loss. Observer
// panics if k is below 1.
func (c *Convergence) Observer(k int, value func(*tps.Chain) float64) tps.Observer {
	return tps.Every(k, func(chain *tps.Chain) error {
		if c.Add(value(chain)) {
			return tps.ErrStop
		}
		return nil
	})
}

const convergenceVersion = 1

// AppendBinary appends the state to dst: at most 73 bytes and 8 for each value
// of the window. The error is nil.
func (c *Convergence) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, convergenceVersion)
	for _, n := range []int{c.config.Window, c.config.Every, c.count} {
		dst = appendUint(dst, uint64(n))
	}
	if c.looked() > 0 {
		dst = appendUint(dst, uint64(c.last.Kept))
		dst = appendFloats(dst, []float64{c.last.Mean, c.last.StandardError, c.last.Gradient, c.last.Error, c.last.Tau})
	}
	return appendFloats(dst, c.ring[:min(c.count, len(c.ring))]), nil
}

// looked returns the number of values at the last look.
func (c *Convergence) looked() int {
	at := c.count - c.count%c.config.Every
	if at < c.config.Window {
		return 0
	}
	return at
}

// MarshalBinary returns the state. The error is nil.
func (c *Convergence) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary restores a state that MarshalBinary returned, into a detector
// of the same Window and Every; the limits are its own. On an error it is what
// it was.
func (c *Convergence) UnmarshalBinary(data []byte) error {
	r := newReader(data, convergenceVersion)
	window, every := r.count("Window"), r.count("Every")
	if r.err == nil && (window != c.config.Window || every != c.config.Every) {
		r.fail(fmt.Errorf("Window = %d and Every = %d, want %d and %d", window, every, c.config.Window, c.config.Every))
	}
	restored := *c
	restored.count = r.count("count")
	restored.last = ConvergenceCheck{}
	if r.err == nil && restored.looked() > 0 {
		kept := r.count("looks in a row")
		if looks := (restored.looked()-window)/every + 1; kept > looks {
			r.fail(fmt.Errorf("%d of %d looks in a row", kept, looks))
		}
		restored.last = ConvergenceCheck{
			Values:    restored.looked(),
			Estimate:  Estimate{r.float(), r.float()},
			Gradient:  r.float(),
			Error:     r.float(),
			Tau:       r.float(),
			Kept:      kept,
			Converged: kept >= c.config.Looks,
		}
	}
	values := r.floats(min(restored.count, window))
	if err := r.end("state of a Convergence"); err != nil {
		return err
	}
	*c = restored
	clear(c.ring[copy(c.ring, values):])
	return nil
}
