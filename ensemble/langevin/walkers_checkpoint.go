package langevin

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/tps"
)

const (
	walkersArray = "walkers" // a walkersContent as JSON
	walkerArray  = "walker." // the checkpoint of a chain, whose number follows
	historyArray = "history" // where the walkers were, if that is known: rounds · walkers × P
)

// walkersContent is what a checkpoint of walkers says in words.
type walkersContent struct {
	Version  int               `json:"version"`
	Settings map[string]string `json:"setup"`
	Parts    []string          `json:"parts"`
}

func (w *Walkers) describeSettings() map[string]string {
	return map[string]string{
		"Walkers": fmt.Sprint(w.config.Walkers), "Groups": fmt.Sprint(w.config.Groups),
		"Eta": fmt.Sprint(w.config.Eta), "Every": fmt.Sprint(w.config.Every),
		"Freeze": fmt.Sprint(w.config.Freeze), "Memory": fmt.Sprint(w.config.Memory),
	}
}

// WriteCheckpoint writes the whole state of the walkers, and of parts, so that walkers into
// which it is read go on bit for bit as these: also in the middle of a turn. It is not to be
// called during one, by an observer. tps.Checkpoints keep checkpoints in a folder:
//
//	err = walkers.Run(ctx, steps, nil, func(w *langevin.Walkers) error { return checkpoints.SaveIfDue(w) })
//
// The format is that of NumPy's .npz files; each array "walker.0" and so on has the file
// that Chain.WriteCheckpoint writes.
func (w *Walkers) WriteCheckpoint(out io.Writer, parts ...tps.Part) error {
	var file checkpoint.Writer
	for k, chain := range w.chains {
		var one bytes.Buffer
		if err := chain.WriteCheckpoint(&one); err != nil {
			return fmt.Errorf("walker %d: %w", k, err)
		}
		file.Add(checkpoint.Bytes(fmt.Sprint(walkerArray, k), one.Bytes()))
	}
	if len(w.history) > 0 {
		file.Add(npz.Array{Name: historyArray, Shape: []int{len(w.history), len(w.history[0])}, Data: slices.Concat(w.history...)})
	}
	names, err := checkpoint.AddParts(&file, parts)
	if err != nil {
		return err
	}
	return file.Write(out, walkersArray, walkersContent{checkpointVersion, w.describeSettings(), names})
}

// ReadCheckpoint makes the walkers, and the parts, go on from where they were when the
// checkpoint was written, with the errors of Chain.ReadCheckpoint. On an error the walkers
// stay as they are, but some of the parts may have changed.
func (w *Walkers) ReadCheckpoint(r io.Reader, parts ...tps.Part) error {
	file, err := checkpoint.Read(r)
	if err != nil {
		return err
	}
	if _, ok := file[walkersArray]; !ok {
		return errors.New("langevin: the checkpoint is of another kind of run, want that of walkers")
	}
	var content walkersContent
	if err := checkpoint.Content(file, walkersArray, &content); err != nil {
		return err
	}
	if content.Version != checkpointVersion {
		return fmt.Errorf("langevin: the checkpoint has version %d of the format, this program reads %d", content.Version, checkpointVersion)
	}
	if err := tps.CompareSettings(content.Settings, w.describeSettings(), content.Parts, parts); err != nil {
		return err
	}
	var restoring checkpoint.Restorer
	before := w.history
	restoring.OnUndo(func() error { w.history = before; return nil })
	if err := w.restore(file, parts, &restoring); err != nil {
		return errors.Join(err, restoring.Undo())
	}
	return nil
}

// restore reads the checkpoints of the chains, and adds to restoring what sets them back.
func (w *Walkers) restore(file npz.File, parts []tps.Part, restoring *checkpoint.Restorer) error {
	for k, chain := range w.chains {
		saved, _, err := npz.Get[byte](file, fmt.Sprint(walkerArray, k), -1)
		if err != nil {
			return checkpoint.Damaged(err)
		}
		var before bytes.Buffer
		if err := chain.WriteCheckpoint(&before); err != nil {
			return err
		}
		restoring.OnUndo(func() error { return chain.ReadCheckpoint(&before) })
		if err := chain.ReadCheckpoint(bytes.NewReader(saved)); err != nil {
			return fmt.Errorf("walker %d: %w", k, err)
		}
	}
	if err := checkpoint.ReadParts(file, parts); err != nil {
		return err
	}
	return w.restoreHistory(file)
}

func (w *Walkers) restoreHistory(file npz.File) error {
	w.history = nil
	if _, ok := file[historyArray]; !ok {
		return nil
	}
	p := len(w.chains[0].Params())
	values, shape, err := npz.Get[float32](file, historyArray, -1, p)
	if err != nil {
		return checkpoint.Damaged(err)
	}
	if shape[0]%len(w.chains) != 0 {
		return checkpoint.Damaged(fmt.Errorf("the history has %d rows of %d walkers", shape[0], len(w.chains)))
	}
	for part := range slices.Chunk(values, p) {
		w.history = append(w.history, slices.Clip(part))
	}
	return nil
}

// eqnState is what a checkpoint has of an eqn.
type eqnState struct {
	Vectors, Force []float32
	Factors        []float64
	Known          bool
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (t *eqn) MarshalBinary() ([]byte, error) {
	var to bytes.Buffer
	err := gob.NewEncoder(&to).Encode(eqnState{t.preconditioner.vectors, t.force, t.preconditioner.factors, t.known})
	return to.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *eqn) UnmarshalBinary(data []byte) error {
	var s eqnState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	if len(s.Force) != len(t.force) || len(s.Vectors) != len(s.Factors)*len(t.force) {
		return errors.New("langevin: the state of a walker is not one")
	}
	b := &t.preconditioner
	b.vectors, b.factors, b.along = s.Vectors, s.Factors, resize(b.along, len(s.Factors))
	copy(t.force, s.Force)
	t.known = s.Known
	return nil
}
