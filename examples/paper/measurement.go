package main

import (
	"math"
	"slices"

	exprand "golang.org/x/exp/rand"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
)

// outlineBlocks is the capacity of the outline: at least half as many, of equal length,
// are there in the end.
const outlineBlocks = 128

// A measurement is what is found out about one chain.
type measurement struct {
	config
	problem *problem
	losses  *nn.Losses
	state   measurementState // what checkpoints hold

	curve, votes []int // steps
	deck         *random.Deck
	all          []int
	rows         [][]float64
	outputs      []float64 // of constant
}

// measurementState is what checkpoints hold of a measurement.
type measurementState struct {
	Burned      *tps.Stats // at the end of the burn-in; nil before
	Loss        diagnostics.Accumulator
	Minibatches diagnostics.Accumulator
	Outline     *diagnostics.Blocks
	Since       sum // the last point of the curve
	Curve       []point
	Votes       []vote
	Looks       []look
	Looked      int // steps that have been looked at

	Draws, Proposals, Splits *exprand.PCGSource
}

// A sum is one of losses.
type sum struct {
	Total float64
	Count int
}

func (s sum) mean() float64 { return s.Total / float64(s.Count) }

// A vote is one evaluation of the ensemble.
type vote struct{ Accuracy, Members float64 }

func newMeasurement(c config, p *problem, l losses) (*measurement, error) {
	outline, err := diagnostics.NewBlocks(outlineBlocks)
	m := &measurement{
		config: c, problem: p, losses: l[0],
		curve: c.curveSteps(), votes: c.voteSteps(),
		state: measurementState{
			Outline: outline,
			Draws:   c.source(measureStream), Proposals: c.source(lookStream), Splits: c.source(splitStream),
		},
		deck: random.NewDeck(p.train.Len()), rows: make([][]float64, c.Tau),
	}
	if c.Measured == 0 {
		m.all = make([]int, p.train.Len())
		for i := range m.all {
			m.all[i] = i
		}
	}
	for t := range m.rows {
		m.rows[t] = make([]float64, m.perMeasurement())
	}
	return m, err
}

func (m *measurement) perMeasurement() int {
	if m.Measured == 0 {
		return m.problem.train.Len()
	}
	return m.Measured
}

// meanLoss returns the mean loss of the models: of all samples, or of some that are drawn
// anew, which has no bias.
func (m *measurement) meanLoss(chain *tps.Chain) float64 {
	samples := m.all
	if samples == nil {
		samples = m.deck.Draw(m.Measured, m.state.Draws)
		defer m.deck.Reset()
	}
	m.losses.Losses(m.rows, chain.Trajectory().Models(), samples)
	total := 0.0
	for _, row := range m.rows {
		for _, loss := range row {
			total += loss
		}
	}
	return total / float64(len(m.rows)*len(samples))
}

// after does what there is to do after a step, and before the first one.
func (m *measurement) after(chain *tps.Chain) error {
	step, s := chain.Steps(), &m.state
	if step > 0 && step%(m.Every*m.Tau) == 0 {
		m.measure(chain, step > m.BurnIn)
	}
	if len(s.Curve) < len(m.curve) && step == m.curve[len(s.Curve)] {
		if err := m.addPoint(chain); err != nil {
			return err
		}
	}
	if len(s.Votes) < len(m.votes) && step == m.votes[len(s.Votes)] {
		v, err := m.vote(chain, m.problem.test)
		if err != nil {
			return err
		}
		s.Votes = append(s.Votes, v)
	}
	if s.Looked < len(m.LookAt) && step == m.LookAt[s.Looked] {
		if err := m.look(chain); err != nil {
			return err
		}
	}
	if step == m.BurnIn {
		stats := chain.Stats()
		s.Burned = &stats
	}
	return nil
}

// measure takes the loss. It counts for the mean if the burn-in is over.
func (m *measurement) measure(chain *tps.Chain, counts bool) {
	loss := m.meanLoss(chain)
	s := &m.state
	s.Since.Total += loss
	s.Since.Count++
	if counts {
		s.Loss.Add(loss)
		s.Outline.Add(loss)
		s.Minibatches.Add(chain.LossEstimate())
	}
}

// addPoint adds a point to the curve.
func (m *measurement) addPoint(chain *tps.Chain) error {
	s := &m.state
	loss := s.Since.mean()
	if s.Since.Count == 0 {
		loss = m.meanLoss(chain)
	}
	v, err := m.vote(chain, m.problem.tested)
	if err != nil {
		return err
	}
	s.Curve = append(s.Curve, point{
		Step: chain.Steps(), DataUse: m.dataUse(chain.Stats()),
		Loss: cli.Number(loss), Accuracy: cli.Number(v.Accuracy), Members: cli.Number(v.Members),
		Size: cli.Number(size(chain.Trajectory())), Constant: cli.Number(m.constant(chain.Trajectory())),
	})
	s.Since = sum{}
	return nil
}

// size returns the root mean square of all parameters.
func size(trajectory *tps.Trajectory) float64 {
	squares := 0.0
	for _, x := range trajectory.Values() {
		squares += float64(x) * float64(x)
	}
	return math.Sqrt(squares / float64(len(trajectory.Values())))
}

// constantSamples is on how many samples a model is taken for constant.
const constantSamples = 100

// constant returns the share of models that give the same outputs for the first samples.
func (m *measurement) constant(trajectory *tps.Trajectory) float64 {
	samples := make([]int, min(constantSamples, m.problem.train.Len()))
	for i := range samples {
		samples[i] = i
	}
	count, width := 0, m.problem.net.Outputs()
	for _, model := range trajectory.Models() {
		m.outputs = m.losses.Outputs(m.outputs[:0], model, samples)
		first, same := m.outputs[:width], true
		for k := width; k < len(m.outputs); k += width {
			same = same && slices.Equal(m.outputs[k:k+width], first)
		}
		if same {
			count++
		}
	}
	return float64(count) / float64(trajectory.Len())
}

// vote evaluates the ensemble on images, if there are any.
func (m *measurement) vote(chain *tps.Chain, d *data.Dataset) (vote, error) {
	if d == nil {
		return vote{math.NaN(), math.NaN()}, nil
	}
	committee, err := ensemble.New(m.problem.net, chain.Trajectory().Models())
	if err != nil {
		return vote{}, err
	}
	report, err := committee.Evaluate(d)
	if err != nil {
		return vote{}, err
	}
	return vote{report.Accuracy, report.MemberAccuracyMean()}, nil
}

// look checks whether minibatch means of a proposal's loss differences are normal.
func (m *measurement) look(chain *tps.Chain) error {
	s := &m.state
	differences := make([]float64, m.problem.train.Len())
	proposal, err := chain.ProposalDifferences(differences, s.Proposals)
	if err != nil {
		return err
	}
	for _, b := range m.Batches {
		check, err := minibatch.CheckNormality(differences, s.Splits, minibatch.NormalityConfig{Batch: b, FinitePopulation: !m.Infinite})
		if err != nil {
			return err
		}
		l := look{
			Step: chain.Steps(), Move: proposal.Kind.String(), Loss: cli.Number(chain.LossEstimate()),
			Batch: b, Batches: len(check.Standardized), Deviation: check.Deviation,
			AndersonDarling: check.AndersonDarling, PValue: check.PValue,
			Density: make([]float64, binsFor(len(check.Standardized))),
		}
		check.Histogram(l.Density, -reach, reach)
		s.Looks = append(s.Looks, l)
	}
	s.Looked++
	return nil
}

// dataUse returns the samples that steps have drawn, with those of references.
func (m *measurement) dataUse(stats tps.Stats) int {
	return stats.DataUse + stats.References*m.problem.train.Len()
}

// result returns what came out in the end.
func (m *measurement) result(chain *tps.Chain) *result {
	s, stats := &m.state, chain.Stats()
	steps := float64(stats.Steps - s.Burned.Steps)
	accepted := stats.Acceptance()*float64(stats.Steps) - accepted(*s.Burned)
	r := &result{
		Loss: cli.Number(s.Loss.Mean()), Stderr: cli.Number(s.Loss.StandardError()), MinibatchLoss: cli.Number(s.Minibatches.Mean()),
		Exact:    cli.Number(math.NaN()),
		Accuracy: cli.Number(mean(s.Votes, func(v vote) float64 { return v.Accuracy })),
		Members:  cli.Number(mean(s.Votes, func(v vote) float64 { return v.Members })),
		Samples:  m.problem.train.Len(), MeanBatch: cli.Number(float64(m.dataUse(stats)-m.dataUse(*s.Burned)) / steps),
		Acceptance: cli.Number(accepted / steps), Doubtful: cli.Number(float64(stats.Doubtful-s.Burned.Doubtful) / steps),
		DataUse: m.dataUse(stats),
		Geweke:  cli.Number(s.Outline.Stationarity().Z),
		Curve:   s.Curve, Looks: s.Looks,
	}
	if m.problem.exact != nil {
		r.Exact = cli.Number(m.problem.exact.MeanLoss(m.Tau, m.S, m.Sigma))
	}
	for _, mean := range s.Outline.Means() {
		r.Outline = append(r.Outline, cli.Number(mean))
	}
	if m.Tuned {
		r.Sizes = make(map[string]float64)
		for _, size := range chain.Tuned() {
			r.Sizes[size.Name] = size.Value
		}
	}
	return r
}

func accepted(stats tps.Stats) (n float64) {
	for _, move := range stats.Moves {
		n += float64(move.Accepted)
	}
	return n
}

// mean returns the mean of numbers, NaN of none.
func mean[T any](all []T, of func(T) float64) float64 {
	total := 0.0
	for _, x := range all {
		total += of(x)
	}
	return total / float64(len(all))
}
