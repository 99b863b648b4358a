package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn/internal/workers"
)

// JointGradients computes gradients of a loss of the outputs of several models of one program
// together, for one goroutine at a time, which workers may help. Outputs and parameters are those
// of one model after the other.
type JointGradients struct {
	plan   *gradientPlan
	calls  []*gradientCall // of each model
	team   *workers.Team
	length int // of the dataset
}

// NewJointGradients returns the gradients of models of a program on a dataset that fits, shared
// by at most so many goroutines, the calling one included.
func NewJointGradients(program *Program, models int, d *data.Dataset, newObjective NewObjective, goroutines int) *JointGradients {
	plan := newGradientPlan(newPlan(program))
	calls := make([]*gradientCall, models)
	for m := range calls {
		calls[m] = newGradientCall(plan, gradientRound(models*plan.length))
	}
	return &JointGradients{plan: plan, calls: calls, length: d.Len(), team: workers.NewTeam(min(goroutines, d.Len()), func() workers.Doer {
		return newJointDifferentiator(plan, d, newObjective(d, plan.together), calls)
	})}
}

// Gradient writes the gradient of the mean loss over the samples, of which there is at least
// one, to dst, and returns that mean loss. The lengths must fit. It panics if a sample is outside
// the dataset.
func (g *JointGradients) Gradient(dst, params []float32, samples []int) (loss float64) {
	checkSamples(samples, g.length)
	first, n, models := g.calls[0], len(samples), len(g.calls)
	blocks := gradientBlocks(n, g.plan.together)
	most := len(first.gradients)
	for from := 0; from < blocks; from += most {
		round := min(most, blocks-from)
		for b := range round + 1 {
			first.ends[b] = (from + b) * n / blocks
		}
		for m, c := range g.calls {
			c.phase, c.params, c.samples = phaseBlocks, params[m*g.plan.program.Params:][:g.plan.program.Params], samples
		}
		g.share(round, float64(models*g.plan.work)*float64(first.ends[round]-first.ends[0]))
		for _, sum := range first.losses[:round] {
			loss += sum
		}
		for m, c := range g.calls {
			c.phase, c.first, c.blocks = phaseAdd, from == 0, round
			if from+round == blocks {
				c.dst, c.scale = dst[m*g.plan.program.Params:][:g.plan.program.Params], 1/float64(n)
			}
		}
		length := models * g.plan.length
		g.share(length, float64(additionWork*round*length))
	}
	for _, c := range g.calls {
		c.forget()
	}
	return loss / float64(n)
}

// share has a phase done that is numbered from 0 to n.
func (g *JointGradients) share(n int, work float64) { g.team.Share(n, g.team.Parts(n, work), 1) }

// Close stops the workers. JointGradients still works without them.
func (g *JointGradients) Close() { g.team.Close() }

// A jointDifferentiator computes the gradients of blocks of samples for one goroutine at a time:
// forward through all models, and backward through all of them.
type jointDifferentiator struct {
	models    []*differentiator
	objective Objective
	sums      gradientAdder

	losses          []float64 // of a block
	outputs, slopes []float32 // [sample][model][output]
}

func newJointDifferentiator(plan *gradientPlan, d *data.Dataset, objective Objective, calls []*gradientCall) *jointDifferentiator {
	n := len(calls) * plan.together * plan.program.Outputs()
	e := &jointDifferentiator{
		objective: objective, losses: make([]float64, plan.together), outputs: make([]float32, n), slopes: make([]float32, n),
	}
	for _, call := range calls {
		e.models = append(e.models, newDifferentiator(plan, d, nil, call))
	}
	return e
}

// Do does a part of the phase that the call is in.
func (e *jointDifferentiator) Do(from, to int) {
	first := e.models[0].call
	if first.phase == phaseAdd {
		e.add(from, to)
		return
	}
	for _, m := range e.models {
		for i, s := range m.stages {
			s.setModel(&m.models[i], m.call.params)
		}
	}
	for i := from; i < to; i++ {
		first.losses[i] = e.gradientsOf(first.samples[first.ends[i]:first.ends[i+1]], i)
	}
}

// add adds up the blocks from one place to another, places being those of one model after the
// other.
func (e *jointDifferentiator) add(from, to int) {
	for k, m := range e.models {
		length := m.plan.length
		begin, end := max(from-k*length, 0), min(to-k*length, length)
		if begin < end {
			m.call.add(begin, end, &e.sums)
		}
	}
}

// gradientsOf writes the gradients of the sum of losses over block i to the calls, and returns
// that sum.
func (e *jointDifferentiator) gradientsOf(samples []int, i int) (sum float64) {
	n, all := e.models[0].plan.program.Outputs(), len(e.models)
	for k, m := range e.models {
		m.load(samples)
		for _, s := range m.stages {
			s.forward(len(samples))
		}
		outputs, _ := m.takeOutputs(n, len(samples))
		for j := range samples {
			copy(e.outputs[(j*all+k)*n:][:n], outputs[j*n:])
		}
	}
	losses := e.losses[:len(samples)]
	deriveFinite(e.objective, losses, e.slopes[:len(samples)*all*n], e.outputs[:len(samples)*all*n], samples)
	for k, m := range e.models {
		slopes := m.slopesOf(n, len(samples))
		for j := range samples {
			copy(slopes[j*n:][:n], e.slopes[(j*all+k)*n:])
		}
		m.giveSlopes(slopes, n, len(samples))
		for s := len(m.stages) - 1; s >= 0; s-- {
			m.stages[s].backward(m.call.gradients[i], len(samples))
		}
	}
	for _, loss := range losses {
		sum += loss
	}
	return sum
}
