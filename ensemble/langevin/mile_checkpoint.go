package langevin

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// resume makes the member what it was when its last checkpoint was written, and returns its
// chain; its Trained is nil if there is none. checkpoints is nil if there are to be none.
func (r *mileRun) resume(k int, gradient Gradient) (chain *Chain, checkpoints *tps.Checkpoints, err error) {
	if r.config.Dir == "" {
		return nil, nil, nil
	}
	parts := []tps.Part{{Name: r.describe(), State: &memberPart{&r.members[k]}}}
	if r.config.Parts != nil {
		parts = append(parts, r.config.Parts(k)...)
	}
	checkpoints, err = tps.NewCheckpoints(tps.CheckpointsConfig{
		Dir:      filepath.Join(r.config.Dir, fmt.Sprintf("member-%03d", k)),
		Interval: r.config.Interval,
		Parts:    parts,
	})
	if err != nil {
		return nil, nil, err
	}
	if chain, err = NewChain(r.chainConfig(k), gradient); err != nil {
		return nil, nil, err
	}
	_, err = checkpoints.Resume(chain)
	return chain, checkpoints, err
}

// describe returns in words what must be the same for a checkpoint of a member to fit, beside
// what its chain compares: as the name of a part, which is compared too.
func (r *mileRun) describe() string {
	t := r.config.Training
	return fmt.Sprintf("member of seed %d, thin %d, validation %v, epochs %d, batch %d, patience %d, weight decay %v, schedule %s",
		r.config.Seed, r.config.Thin, t.Validation, t.Epochs, t.Batch, t.Patience, t.WeightDecay, checkpoint.Describe(t.Schedule))
}

// A memberPart is what a checkpoint has of a member beside its chain.
type memberPart struct{ *MILEMember }

type memberState struct {
	Trained []float32
	Epoch   descent.Epoch
	Draws   [][]float32
	Losses  []float64
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (p *memberPart) MarshalBinary() ([]byte, error) {
	var to bytes.Buffer
	err := gob.NewEncoder(&to).Encode(memberState{p.Trained, p.Epoch, p.Draws, p.Losses})
	return to.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (p *memberPart) UnmarshalBinary(data []byte) error {
	var s memberState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	if s.Trained == nil || len(s.Draws) != len(s.Losses) {
		return errors.New("langevin: the state of the member is not one")
	}
	p.Trained, p.Epoch, p.Draws, p.Losses = s.Trained, s.Epoch, s.Draws, s.Losses
	return nil
}
