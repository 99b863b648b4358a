package diagnostics

import (
	"errors"
	"fmt"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

const tallyVersion = 3

// AppendBinary appends the state to dst: 177 bytes, 16 for each model and 8 for
// each bin. The error is nil.
func (t *Tally) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, tallyVersion)
	for _, n := range []int{t.config.Tau, t.config.Samples, t.config.Chunk, t.drawn} {
		dst = appendUint(dst, uint64(n))
	}
	for _, counts := range [][]tps.Outcomes{t.moves[:], t.reasons[:], t.models} {
		for _, c := range counts {
			dst = appendUint(appendUint(dst, uint64(c.Proposed)), uint64(c.Accepted))
		}
	}
	for _, n := range t.batches {
		dst = appendUint(dst, uint64(n))
	}
	return dst, nil
}

// MarshalBinary returns the state. The error is nil.
func (t *Tally) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// UnmarshalBinary restores a state that MarshalBinary returned, with its
// configuration. On an error the tally is what it was.
func (t *Tally) UnmarshalBinary(data []byte) error {
	r := newReader(data, tallyVersion)
	restored := Tally{config: TallyConfig{r.count("Tau"), r.count("Samples"), r.count("Chunk")}}
	restored.drawn = r.count("samples drawn")
	if r.err == nil {
		if err := restored.config.validate(); err != nil {
			r.fail(err)
		}
	}
	if r.err == nil {
		// Nothing is allocated that the data do not hold.
		counts := 2*(int(tps.Kinds)+int(minibatch.Reasons)+restored.config.Tau) + restored.config.bins()
		if len(r.rest) != 8*counts {
			r.fail(errLength)
		}
	}
	if r.err == nil {
		restored.models = make([]tps.Outcomes, restored.config.Tau)
		restored.batches = make([]int, restored.config.bins())
		moves := r.moveCounts(restored.moves[:])
		reasons := r.moveCounts(restored.reasons[:])
		models := r.moveCounts(restored.models)
		steps := 0
		for k := range restored.batches {
			restored.batches[k] = r.count("steps")
			steps = r.sum(steps, restored.batches[k])
		}
		// Each step changes at least one model.
		if r.err == nil && (moves != reasons || steps != moves.Proposed ||
			models.Proposed < steps || models.Accepted < moves.Accepted) {
			r.fail(errors.New("counts contradict each other"))
		}
	}
	if err := r.end("state of a Tally"); err != nil {
		return err
	}
	*t = restored
	return nil
}

// moveCounts reads counts, and returns their sum.
func (r *reader) moveCounts(dst []tps.Outcomes) (sum tps.Outcomes) {
	for k := range dst {
		c := &dst[k]
		c.Proposed, c.Accepted = r.count("steps"), r.count("accepted steps")
		if c.Accepted > c.Proposed {
			r.fail(fmt.Errorf("%d of %d steps accepted", c.Accepted, c.Proposed))
		}
		sum.Proposed = r.sum(sum.Proposed, c.Proposed)
		sum.Accepted = r.sum(sum.Accepted, c.Accepted)
	}
	return sum
}

// sum adds counts.
func (r *reader) sum(a, b int) int {
	if a+b >= maxCount {
		r.fail(errors.New("more than 2⁶² steps"))
		return 0
	}
	return a + b
}
