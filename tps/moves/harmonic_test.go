package moves

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps"
)

var pathsOfTests = map[string]tps.Path{
	"flat":        {Sigma: sigma},
	"first model": {Sigma: sigma, Prior: prior},
	"every model": {Sigma: sigma, Prior: prior, EveryModel: true},
}

// mover returns the proposer of a Hamiltonian of a line, and a proposal for it at a
// random walk.
func mover(t testing.TB, path tps.Path, tau int, s float64, move Hamiltonian) (*hamiltonian, *tps.Proposal) {
	t.Helper()
	l := newLine(t, 16)
	move.Gradient = l.gradients
	proposer, err := move.Proposer(tps.Target{Tau: tau, Path: path, Losses: l.losses()})
	require.NoError(t, err)
	current, err := tps.RandomWalk(tau, []float32{float32(l.Minimizer[0]), float32(l.Minimizer[1])}, sigma, random.Source(3))
	require.NoError(t, err)
	return proposer.(*hamiltonian), &tps.Proposal{Current: current, Proposed: current.Clone(), S: s, Source: random.Source(4), Width: tau}
}

// Without the losses the motion is exact for any step: what is gained in the potential
// energy of the path measure is lost in the kinetic energy.
func TestPathIsIntegratedExactly(t *testing.T) {
	for name, path := range pathsOfTests {
		for _, tau := range []int{1, 2, 7} {
			for _, whole := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s τ=%d whole=%v", name, tau, whole), func(t *testing.T) {
					h, p := mover(t, path, tau, 0, Hamiltonian{Step: 0.9, Steps: 3, Whole: whole})
					for range 20 {
						require.NoError(t, h.Propose(p))
						assert.InDelta(t, 0, p.Known, 1e-4) // float32
						assert.NotEqual(t, p.Current.Model(p.First), p.Proposed.Model(p.First))
						copy(p.Current.Values(), p.Proposed.Values())
						p.Known = 0
					}
				})
			}
		}
	}
}

// energies returns by how much the energy falls in a proposal with a step, and, in
// turned, how far the motion is from coming back when the velocities are turned.
func energies(t testing.TB, path tps.Path, tau int, whole bool, step float64, steps int) (failure, turned float64) {
	h, p := mover(t, path, tau, 100, Hamiltonian{Step: step, Steps: steps, Jitter: -1, Whole: whole})
	require.NoError(t, h.Propose(p))
	failure = p.Known
	for _, velocity := range h.velocities {
		for i := range velocity {
			velocity[i] = -velocity[i]
		}
	}
	h.points.accept(p.First)
	m := &h.modes[0]
	if !whole {
		m = &h.modes[p.First]
	}
	require.True(t, h.integrate(p, m, step))
	for i, x := range p.Current.Values() {
		turned = math.Max(turned, math.Abs(float64(x)-float64(p.Proposed.Values()[i])))
	}
	return failure, turned
}

// The integrator can be gone back, and its error in the energy is of the second order.
func TestLeapfrog(t *testing.T) {
	for name, path := range pathsOfTests {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s whole=%v", name, whole), func(t *testing.T) {
				coarse, turned := energies(t, path, 3, whole, 0.1, 7)
				assert.Less(t, turned, 1e-5)
				fine, turned := energies(t, path, 3, whole, 0.05, 14)
				assert.Less(t, turned, 1e-5)
				finer, _ := energies(t, path, 3, whole, 0.025, 28)
				t.Logf("errors %.2g, %.2g, %.2g", coarse, fine, finer)
				assert.Greater(t, math.Abs(coarse), 1e-4)
				assert.InDelta(t, 4, coarse/fine, 0.4)
				assert.InDelta(t, 4, fine/finer, 0.4)
			})
		}
	}
}

// Negative control: a motion that leaves out the path's part has an error that does not
// get less.
func TestLeapfrogHasTeeth(t *testing.T) {
	failure := func(step float64, steps int) float64 {
		h, p := mover(t, tps.Path{Sigma: sigma}, 3, 100, Hamiltonian{Step: step, Steps: steps, Jitter: -1, Whole: true})
		clear(h.modes[0].frequencies)
		require.NoError(t, h.Propose(p))
		return p.Known
	}
	assert.InDelta(t, 1, failure(0.05, 14)/failure(0.025, 28), 0.2)
}

// The normal modes have the precision of the path measure: that of LogRatio.
func TestModes(t *testing.T) {
	for name, path := range pathsOfTests {
		t.Run(name, func(t *testing.T) {
			const tau = 6
			h, p := mover(t, path, tau, 0, Hamiltonian{Whole: true})
			m := &h.modes[0]
			energy := func(of *tps.Trajectory) (sum float64) {
				modes := rows(tau, 2)
				h.transform.project(m, modes, 1, of.Models(), h.window.mean)
				for j, frequency := range m.frequencies {
					for _, x := range modes[j] {
						sum += x * x * frequency * frequency / (2 * sigma * sigma)
					}
				}
				back, err := tps.NewTrajectory(tau, 2)
				require.NoError(t, err)
				h.transform.models(m, back.Models(), modes, h.window.mean)
				for i, x := range back.Values() {
					assert.InDelta(t, of.Values()[i], x, 1e-6)
				}
				return sum
			}
			normal := random.Source(5)
			for i := range p.Proposed.Values() {
				p.Proposed.Values()[i] = float32(random.Open(normal))
			}
			assert.InDelta(t, path.LogRatio(p), energy(p.Current)-energy(p.Proposed), 1e-9)
			assert.Equal(t, path.Prior == nil, m.frequencies[0] == 0)
		})
	}
}

// More coordinates than are transformed at a time.
func TestTransformOfManyCoordinates(t *testing.T) {
	const tau, params = 3, 2*modeBlock + 17
	target := tps.Target{Tau: tau, Path: tps.Path{Sigma: 1}}
	m, err := modesOf(target, 1)
	require.NoError(t, err)
	walk, err := tps.RandomWalk(tau, make([]float32, params), 1, random.Source(1))
	require.NoError(t, err)
	back, center := walk.Clone(), make([]float64, params)
	clear(back.Values())
	modes := rows(tau, params)
	var tr transform
	tr.project(&m, modes, 1, walk.Models(), center)
	tr.models(&m, back.Models(), modes, center)
	for i, x := range back.Values() {
		require.InDelta(t, walk.Values()[i], x, 1e-5)
	}
}
