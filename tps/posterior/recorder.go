package posterior

import (
	"fmt"
	"time"

	"github.com/trajens/trajens/internal/zarr"
	"github.com/trajens/trajens/tps"
)

// A recorder records the draws of one chain. It is for the goroutine of the chain.
type recorder struct {
	store *Store
	index int // of the chain
	chain *tps.Chain
	path  tps.Path
	saved *state // of a checkpoint that was read, until Start

	seen  int // the step that was seen last
	tally tally

	// Of the draw at hand.
	tilt        float64
	loss        float64   // the mean of losses
	losses      []float64 // of the models
	likelihoods *likelihoods

	// Draws are in chunks of a block. That of the buffers is chunk; the part of it
	// that has no draws yet is missing.
	chunk   int
	buffers [][]byte // by variable
	draws   int      // all
	flushed int      // how many of them are in the files
	last    int      // the step of the last draw, 0 if there is none

	attempt time.Time // to write
	failed  bool      // at the last attempt
	told    bool      // OnError, of that failure
	dropped int
}

// A tally sums up the steps since the last draw.
type tally struct{ steps, accepted, samples, doubtful int }

func (t *tally) count(step *tps.Step) {
	t.steps++
	if step.Accepted {
		t.accepted++
	}
	if step.Doubtful {
		t.doubtful++
	}
	t.samples += step.Samples
}

func (t *tally) mean(sum int) float64 { return float64(sum) / float64(t.steps) }

func newRecorder(s *Store, index int, chain *tps.Chain, l *likelihoods) *recorder {
	config := chain.Config()
	return &recorder{
		store: s, index: index, chain: chain,
		path:        tps.Path{Sigma: config.Sigma, Prior: config.Prior, EveryModel: config.EveryModel},
		losses:      make([]float64, config.Tau),
		likelihoods: l,
	}
}

func (r *recorder) observe(chain *tps.Chain, step tps.Step) error {
	n := chain.Steps()
	switch {
	case r.store.files == nil:
		return r.store.notOpen()
	case chain != r.chain:
		return fmt.Errorf("posterior: the observer is that of chain %d, but was given to another chain", r.index)
	case n <= r.seen:
		return fmt.Errorf("posterior: step %d after step %d of chain %d, want a later one", n, r.seen, r.index)
	case n != r.seen+1:
		r.tally = tally{}
	}
	r.seen = n
	r.tally.count(&step)
	if n%r.store.config.Every != 0 {
		return nil
	}
	var err error
	if n > r.store.config.BurnIn {
		r.tilt = step.S
		err = r.record()
	}
	r.tally = tally{}
	return err
}

// record makes a draw of the chain's state.
func (r *recorder) record() error {
	block := r.store.layout.block
	if r.draws-r.chunk*block == block {
		// A full chunk that waits was not written before.
		if err := r.tryFlush(); err != nil || r.flushed < r.draws {
			r.dropped++
			return err
		}
		r.begin(r.chunk + 1)
	}
	if err := r.evaluate(); err != nil {
		return fmt.Errorf("posterior: the draw at step %d of chain %d: %w", r.seen, r.index, err)
	}
	at := r.draws - r.chunk*block
	for i := range r.buffers {
		v := &r.store.layout.variables[i]
		size := len(r.buffers[i]) / block
		if err := v.write(r, r.buffers[i][at*size:(at+1)*size]); err != nil {
			r.forget(at)
			return fmt.Errorf("posterior: the draw at step %d of chain %d: %w", r.seen, r.index, err)
		}
	}
	r.draws++
	r.last = r.seen
	if at+1 < block && time.Since(r.attempt) < r.store.config.FlushInterval {
		return nil
	}
	return r.tryFlush()
}

// begin makes the buffers those of a chunk without draws.
func (r *recorder) begin(chunk int) {
	r.chunk = chunk
	if r.buffers == nil {
		r.buffers = make([][]byte, len(r.store.layout.variables))
		for i := range r.buffers {
			r.buffers[i] = make([]byte, r.store.layout.block*int(r.store.layout.variables[i].bytes()))
		}
	}
	r.forget(0)
}

// forget makes the draws of the chunk from a place on missing.
func (r *recorder) forget(from int) {
	for i, buffer := range r.buffers {
		size := len(buffer) / r.store.layout.block
		zarr.Forget(r.store.layout.variables[i].kind, buffer[from*size:])
	}
}

// tryFlush writes the draws that wait, and returns what is to end the run. After a
// failure that the run goes on with, it does nothing until FlushInterval is over.
func (r *recorder) tryFlush() error {
	config := &r.store.config
	if r.failed && config.OnError != nil && time.Since(r.attempt) < config.FlushInterval {
		return nil
	}
	err := r.flush()
	if err == nil || config.OnError == nil {
		return err
	}
	if r.told {
		return nil
	}
	r.told = true
	return config.OnError(err)
}

// flush writes the draws that wait.
func (r *recorder) flush() error {
	r.attempt = time.Now()
	if r.flushed == r.draws {
		return nil
	}
	if err := r.store.write(r); err != nil {
		r.failed = true
		return err
	}
	r.flushed, r.failed, r.told = r.draws, false, false
	return nil
}
