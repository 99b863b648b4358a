package tps

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/minibatch"
)

// A chain with any move goes on from a checkpoint bit for bit, in one that was used
// for something else before, whose surrogates remember other models.
func TestResumedMovesAreTheSame(t *testing.T) {
	const steps = 120
	line := newWideLine(64)
	moves := append(lineMoves(5), namedMove{"own", Mix{{1, patient{}}, {1, Autoregressive{}}, {1, patient{}}}})
	for _, m := range moves {
		for _, estimate := range []minibatch.Estimate{minibatch.Uniform, minibatch.Controlled} {
			make := func() *Chain {
				return newChain(t, Config{
					Tau: 5, Sigma: 0.1, S: 100, Seed: 1, Move: m.move, Prior: &Gaussian{Sigma: 1}, EveryModel: estimate == minibatch.Uniform,
					Test: adaptive(t, 64, minibatch.AdaptiveConfig{Chunk: 8, Estimate: estimate}),
				}, slopedLine{line})
			}
			whole := make()
			var ends [][]byte
			for range steps {
				ends = append(ends, save(t, whole))
				_, err := whole.Step()
				require.NoError(t, err)
			}
			for from := 0; from < steps; from += 17 {
				resumed := make()
				require.NoError(t, resumed.Run(context.Background(), from/3))
				restore(t, resumed, ends[from])
				require.NoError(t, resumed.Run(context.Background(), steps))
				require.Equal(t, save(t, whole), save(t, resumed), "%s from step %d", m.name, from)
			}
		}
	}
}

// patient is a user's move with a state: it shifts one model by its patience, which
// grows by what was rejected.
type patient struct{}

func (patient) Proposer(Target) (Proposer, error) { return new(patience), nil }

func (patient) String() string { return "patient" }

// patience is its proposer.
type patience struct{ rejected uint64 }

func (p *patience) Propose(proposal *Proposal) error {
	proposal.Width = 1
	for i := range proposal.Proposed.Model(0) {
		proposal.Proposed.Model(0)[i] += 0.01 * float32(1+p.rejected%5)
	}
	return nil
}

func (p *patience) Settle(step *Step) {
	if !step.Accepted {
		p.rejected++
	}
}

func (p *patience) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint64(nil, p.rejected), nil
}

func (p *patience) UnmarshalBinary(state []byte) error {
	p.rejected = 0
	if len(state) != 8 {
		return errors.New("patience has 8 bytes")
	}
	p.rejected = binary.BigEndian.Uint64(state)
	return nil
}

// A state that a move refuses leaves it as it was: in a Mix also the moves before,
// which had taken theirs.
func TestDamagedStateOfAMove(t *testing.T) {
	make := func() *Chain {
		return newChain(t, Config{Tau: 2, Sigma: 0.1, S: 10, Move: Mix{{1, patient{}}, {1, patient{}}}, Test: barker(t, 16)}, newLine(16, 1))
	}
	other, chain := make(), make()
	second := other.proposer.(*mixProposer).proposers[1]
	other.proposer.(*mixProposer).proposers[1] = shortPatience{second.(*patience)}
	require.NoError(t, other.Run(context.Background(), 300))
	require.NoError(t, chain.Run(context.Background(), 20))
	before := save(t, chain)
	err := chain.ReadCheckpoint(bytes.NewReader(save(t, other)))
	require.ErrorIs(t, err, ErrDamaged)
	assert.ErrorContains(t, err, "move: tps: Mix[1]: patience has 8 bytes")
	assert.Equal(t, before, save(t, chain))
}

type shortPatience struct{ *patience }

func (shortPatience) MarshalBinary() ([]byte, error) { return []byte{1}, nil }

// What a move says of itself tells it from all others.
func TestMovesAreTold(t *testing.T) {
	line := newWideLine(8)
	told := map[string]string{}
	moves := lineMoves(4)
	off := surrogateOf(line, 1, 0, 0)
	off.Slopes = []float64{0, 1}
	turned := surrogateOf(line, 1, 0.1, 0)
	center := surrogateOf(line, 1, 0, 0)
	center.Center[0]++
	for _, q := range []*Quadratic{off, turned, center} {
		moves = append(moves, namedMove{"surrogate", Autoregressive{Surrogate: q}}, namedMove{"shift", RigidShift{Step: 1, Surrogate: q}})
	}
	moves = append(moves, namedMove{"blocks", Autoregressive{Blocks: [][]int{{0, 1}}}}, namedMove{"blocks", Autoregressive{Blocks: [][]int{{0}, {1}}}})
	for _, m := range moves {
		text := checkpoint.Describe(m.move)
		assert.Empty(t, told[text], text)
		told[text] = m.name
	}
	assert.Equal(t, checkpoint.Describe(Autoregressive{}), checkpoint.Describe(Autoregressive{Beta: 1, Fraction: 1, Width: 1}))
}
