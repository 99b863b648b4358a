package langevin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/langevin"
)

// samplersOfTests are for what all samplers must do, on a model of 3 parameters.
var samplersOfTests = map[string]langevin.Sampler{
	"baoab":     langevin.BAOAB{},
	"obabo":     langevin.OBABO{Masses: []float32{1, 2, 3}},
	"gla1":      langevin.GLA1{},
	"gla2":      langevin.GLA2{},
	"splitting": langevin.Splitting{Scheme: "BABAO"},
	"sgld":      langevin.SGLD{Decay: 0.6},
	"csgld":     langevin.CSGLD{Cycle: 7, Exploration: 0.4},
	"psgld":     langevin.PSGLD{Alpha: 0.9, Adapt: 40},
	"sghmc":     langevin.SGHMC{},
	"sgnht":     langevin.SGNHT{},
	"ccadl":     langevin.CCAdL{Kappa: 0.01},
	"hmc":       langevin.HMC{Steps: 3, Tuning: langevin.DualAveraging{Steps: 20}},
	"hmc time":  langevin.HMC{Step: 0.1, Time: 0.35, Masses: []float32{1, 2, 3}},
	"mclmc":     langevin.MCLMC{Step: 0.1, Length: 1},
	"tuned":     langevin.MCLMC{Tuning: langevin.MCLMCTuning{Steps: 36, Precondition: true}},
	"adjusted":  langevin.AdjustedMCLMC{Step: 0.1, Length: 1, Refresh: 1, Leapfrog: true},
	"adjusting": langevin.AdjustedMCLMC{Tuning: langevin.AdjustedTuning{Steps: 40, Precondition: true}},
}

// needsAll says whether a sampler takes no minibatches.
func needsAll(sampler langevin.Sampler) bool {
	switch s := sampler.(type) {
	case langevin.HMC, langevin.AdjustedMCLMC:
		return true
	case langevin.MCLMC:
		return s.Length == 0
	}
	return false
}

// configsOfTests returns a configuration with fresh minibatches and one with epochs, or
// without minibatches where a sampler takes no epochs.
func configsOfTests(sampler langevin.Sampler) []langevin.Config {
	fresh := langevin.Config{Sampler: sampler, Batch: 4, Beta: 1.5, Prior: langevin.Gaussian{Sigma: 2}, Fixed: []int{1}}
	if needsAll(sampler) {
		fresh.Batch = 0
		return []langevin.Config{fresh}
	}
	other := fresh
	if _, ok := sampler.(langevin.CCAdL); ok {
		other.Batch = 0
	} else {
		other.Epochs = true
	}
	return []langevin.Config{fresh, other}
}

func TestStepsDoNotAllocate(t *testing.T) {
	for name, sampler := range samplersOfTests {
		for _, config := range configsOfTests(sampler) {
			chain := newChain(t, config, newHarmonic(10, 1, 1, 2, 3))
			run(t, chain, 5)
			assert.Zero(t, testing.AllocsPerRun(50, func() {
				if _, err := chain.Step(); err != nil {
					panic(err)
				}
			}), "%s, epochs %v", name, config.Epochs)
		}
	}
}

// A sampler has its settings in its description, by which checkpoints tell it from others.
func TestSamplersDescribeThemselves(t *testing.T) {
	seen := make(map[string]string)
	others := map[string]langevin.Sampler{
		"step": langevin.BAOAB{Step: 1}, "friction": langevin.BAOAB{Friction: 1}, "masses": langevin.OBABO{Masses: []float32{1, 2, 4}},
		"decay": langevin.SGLD{Decay: 0.7}, "delay": langevin.SGLD{Decay: 0.6, Delay: 10}, "cycle": langevin.CSGLD{Cycle: 8, Exploration: 0.4},
		"exploration": langevin.CSGLD{Cycle: 7}, "alpha": langevin.PSGLD{Adapt: 40}, "adapt": langevin.PSGLD{Alpha: 0.9},
		"lambda": langevin.PSGLD{Alpha: 0.9, Adapt: 40, Lambda: 1}, "noise": langevin.SGHMC{Noise: 0.1}, "inertia": langevin.SGNHT{Inertia: 2},
		"hmc steps": langevin.HMC{Steps: 4, Tuning: langevin.DualAveraging{Steps: 20}}, "target": langevin.HMC{Steps: 3, Tuning: langevin.DualAveraging{Steps: 20, Target: 0.8}},
		"jitter": langevin.HMC{Step: 0.1, Time: 0.35, Jitter: -1}, "length": langevin.MCLMC{Step: 0.1, Length: 2}, "scale": langevin.MCLMC{Step: 0.1, Length: 1, Scale: []float32{1, 2, 3}},
		"leapfrog": langevin.MCLMC{Step: 0.1, Length: 1, Leapfrog: true}, "tuning": langevin.MCLMC{}, "refresh": langevin.AdjustedMCLMC{Step: 0.1, Length: 1},
		"kappa": langevin.CCAdL{}, "scheme": langevin.Splitting{Scheme: "ABOBA"}, "control": langevin.CCAdL{Kappa: 0.01, Inertia: 3},
	}
	for _, samplers := range []map[string]langevin.Sampler{samplersOfTests, others} {
		for name, sampler := range samplers {
			text := sampler.(interface{ String() string }).String()
			assert.Empty(t, seen[text], "%s: %s", name, text)
			seen[text] = name
		}
	}
}
