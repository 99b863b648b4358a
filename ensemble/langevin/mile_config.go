package langevin

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// MILEConfig holds the options of MILE. The zero value of any field stands for its default.
// The defaults are those of the paper's experiments on tables (Sommer, Robnik, Nozadze,
// Seljak and Rügamer, arXiv 2502.06335, appendix, and the configurations that the authors
// publish). What is otherwise: the chains sample the posterior of all samples, those that
// are held out of the training included, as the authors' package bde does; the tuning puts
// steps back that are far too long (MCLMCTuning) and estimates autocorrelation times by
// Sokal's window, from fewer parameters; and what a chain does after a loss that is not finite
// (MCLMC).
type MILEConfig struct {
	// Members is how many networks are trained, and chains started. 0: 12.
	Members int
	// Training is how they are trained.
	Training MILETraining
	// Sampler makes the chains' steps. Zero fields have the defaults of MCLMC, except for
	// Step, 0.001 to begin with; Length, max(√d, 15) to begin with; and Tuning: 50,000
	// steps, 80, 10 and 10 % of them in the three phases, energy variances from 0.5 to
	// 0.1, and a Memory of 100.
	Sampler MCLMC
	// Draws is how many models each chain yields. 0: 1000.
	Draws int
	// Thin is how many steps a chain makes for each. 0: 10.
	Thin int
	// S, Beta, Prior and Fixed are those of Config, except that no Prior stands for
	// Gaussian{Sigma: 1}; Priors{} is flat. Parameters that are fixed keep the values that
	// they were trained to.
	S, Beta float64
	Prior   Prior
	Fixed   []int
	// Seed seeds the random numbers, of which each member has its own: a member is the
	// same, bit for bit, whoever computes it, and however many others there are.
	Seed uint64
	// Dir is a folder for checkpoints, in which each member has one of its own. A run with
	// the same configuration goes on from them, bit for bit as if it had not been
	// interrupted; Draws may be more than before. A training that was interrupted begins
	// anew. "": none.
	Dir string
	// Interval is after how much time a chain writes a checkpoint. 0: a minute.
	Interval time.Duration
	// Progress, if it is not nil, is called after each epoch of a training and each
	// ProgressEvery steps of a chain, never twice at once. An error ends the run.
	Progress func(MILEProgress) error
	// ProgressEvery is after how many steps of a chain. 0: 1000.
	ProgressEvery int
	// Observers, if it is not nil, returns observers of the chain of a member, counted from
	// 0, such as those of a Trace. It is called when the member is trained, or read from a
	// checkpoint, and its chain stands where it begins or goes on: once for each member,
	// also for one that has nothing left to do, and never twice at once. The observers of
	// members that are sampled at once are called at once. An error ends the run; an
	// observer that returns tps.ErrStop ends the chain of its member alone.
	Observers func(member int, chain *Chain) ([]Observer, error)
	// Parts, if it is not nil, returns what the checkpoints of a member have beside the
	// member, with names as in tps.Part. They are read before Observers is called.
	Parts func(member int) []tps.Part
}

// MILETraining says how MILE trains its networks: by AdamW, each from a start and with an
// order of the samples of its own, until the loss on samples that are held out, the same ones
// for all members, comes down no more; the parameters at its minimum are kept.
type MILETraining struct {
	// Validation is the share of the samples that is held out, below 1. 0: 1/8. Negative:
	// none is, and the training makes all of its epochs.
	Validation float64
	// Epochs is how many there are at most, Batch the number of samples of a step, and
	// Patience how many epochs without a lower loss end the training. 0: 500, 32 (or all,
	// if there are fewer) and 10.
	Epochs, Batch, Patience int
	// WeightDecay is that of AdamW. 0: 0.001. Negative: none.
	WeightDecay float64
	// Schedule is that of the learning rate. nil: descent.Constant(0.001).
	Schedule descent.Schedule
}

// MILEProgress says how far a member is.
type MILEProgress struct {
	// Member counts the members, from 0.
	Member int
	// Epoch is the last epoch of its training.
	Epoch descent.Epoch
	// Steps is how many steps its chain has made, and Total how many it will make. Total
	// is 0 during the training. The first Tuning steps tune the chain.
	Steps, Tuning, Total int
	// StepSize and Loss are those of the chain's last step.
	StepSize, Loss float64
}

// withDefaults returns the configuration with its defaults, for a model of the given size.
func (c MILEConfig) withDefaults(samples, params int) (MILEConfig, error) {
	c.Members, c.Draws, c.Thin = cmp.Or(c.Members, 12), cmp.Or(c.Draws, 1000), cmp.Or(c.Thin, 10)
	c.ProgressEvery, c.Interval = cmp.Or(c.ProgressEvery, 1000), cmp.Or(c.Interval, time.Minute)
	for _, field := range []struct {
		name  string
		value int
	}{{"Members", c.Members}, {"Draws", c.Draws}, {"Thin", c.Thin}, {"ProgressEvery", c.ProgressEvery}} {
		if field.value < 1 {
			return c, fmt.Errorf("langevin: MILEConfig.%s = %d, want at least 1, or 0 for the default", field.name, field.value)
		}
	}
	if c.Interval < 0 {
		return c, fmt.Errorf("langevin: MILEConfig.Interval = %v, want at least 0", c.Interval)
	}
	if c.Prior == nil {
		c.Prior = Gaussian{Sigma: 1}
	}
	t, err := c.Training.withDefaults(samples)
	if err != nil {
		return c, err
	}
	c.Training = t
	m := &c.Sampler
	if m.Tuning.Steps == 0 && (m.Step == 0 || m.Length == 0) {
		m.Tuning.Steps = 50_000
	}
	if m.Tuning.Steps != 0 {
		m.Step, m.Length = cmp.Or(m.Step, 0.001), cmp.Or(m.Length, max(math.Sqrt(float64(params-len(c.Fixed))), 15))
		if m.Tuning.Shares == [3]float64{} {
			m.Tuning.Shares = [3]float64{8, 1, 1}
		}
		if m.Tuning.EnergyVariance == 0 && m.Tuning.FinalEnergyVariance == 0 {
			m.Tuning.EnergyVariance, m.Tuning.FinalEnergyVariance = 0.5, 0.1
		}
		m.Tuning.Memory = cmp.Or(m.Tuning.Memory, 100)
	}
	return c, nil
}

// withDefaults returns the settings with their defaults.
func (t MILETraining) withDefaults(samples int) (MILETraining, error) {
	t.Validation, t.WeightDecay = cmp.Or(t.Validation, 0.125), cmp.Or(t.WeightDecay, 0.001)
	if !(t.Validation < 1) {
		return t, fmt.Errorf("langevin: MILETraining.Validation = %v, want a number below 1", t.Validation)
	}
	t.Validation, t.WeightDecay = max(t.Validation, 0), max(t.WeightDecay, 0)
	held := t.held(samples)
	if t.Validation > 0 && (held < 1 || held >= samples) {
		return t, fmt.Errorf("langevin: MILETraining.Validation = %v of %d samples are %d, want at least one, and one to train on", t.Validation, samples, held)
	}
	t.Epochs, t.Batch = cmp.Or(t.Epochs, 500), cmp.Or(t.Batch, min(32, samples-held))
	if held > 0 {
		t.Patience = cmp.Or(t.Patience, 10)
	}
	if t.Schedule == nil {
		t.Schedule = descent.Constant(0.001)
	}
	return t, nil
}

// held returns how many of the samples are held out.
func (t MILETraining) held(samples int) int { return int(math.Round(t.Validation * float64(samples))) }

// steps returns how many steps the chains make.
func (c *MILEConfig) steps() int { return c.Sampler.Tuning.Steps + c.Draws*c.Thin }
