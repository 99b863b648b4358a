package tps

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/npz"
)

// checkpointVersion is the version of the format of checkpoints. A program
// reads only its own.
const checkpointVersion = 3

// A Part is something beside the chain that a checkpoint holds, so that it
// goes on with the chain: statistics that an observer collects, say. Its
// state must be that after the chain's last step, so the observer must come
// before that of the checkpoints.
type Part struct {
	// Name tells the parts of a checkpoint from each other.
	Name  string
	State interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}
}

// checkpoint is what a checkpoint says in words and whole numbers.
type checkpoint struct {
	Version  int               `json:"version"`
	Settings map[string]string `json:"setup"`
	Steps    int               `json:"steps"`
	Stats    Stats             `json:"stats"`
	Parts    []string          `json:"parts"`
}

// Names of the arrays of a checkpoint.
const (
	checkpointArray = "checkpoint" // the struct above as JSON
	trajectoryArray = "trajectory" // τ × P
	lossesArray     = "losses"     // τ: Chain.LossEstimates
	sourceArray     = "source"     // MarshalBinary of the random source
	testArray       = "test"       // MarshalBinary of the acceptance test, if it has one
	moveArray       = "move"       // MarshalBinary of the proposer, if it has one
	partArray       = "part."      // MarshalBinary of a part, whose name follows
)

// WriteCheckpoint writes the whole state of the chain, and of parts, so that
// a chain into which it is read goes on bit for bit as this one. The random
// source must implement encoding.BinaryMarshaler, as those of
// golang.org/x/exp/rand and math/rand/v2 do, and so must the state of an
// acceptance test that has one.
//
// The format is that of NumPy's .npz files, so numpy.load(path)["trajectory"]
// is the trajectory, of shape [τ, P]; "losses" has the estimates of
// Chain.LossEstimates, and "checkpoint" is a JSON text with the version of the
// format, the configuration, the number of steps and the statistics. Other arrays
// have what the acceptance test needs to go on. The file ends with a SHA-256 of
// what comes before.
func (c *Chain) WriteCheckpoint(w io.Writer, parts ...Part) error {
	source, err := marshal("source of random numbers", c.source)
	if err != nil {
		return err
	}
	content := checkpoint{
		Version:  checkpointVersion,
		Settings: c.describeSettings(),
		Steps:    c.steps,
		Stats:    c.stats,
		Parts:    make([]string, len(parts)),
	}
	arrays := []npz.Array{
		{}, // the content
		{Name: trajectoryArray, Shape: []int{c.config.Tau, c.current.params}, Data: c.current.values},
		{Name: lossesArray, Shape: []int{len(c.loss)}, Data: c.loss},
		bytesArray(sourceArray, source),
	}
	if test, ok := c.test.(encoding.BinaryMarshaler); ok {
		state, err := test.MarshalBinary()
		if err != nil {
			return fmt.Errorf("tps: the state of the acceptance test: %w", err)
		}
		arrays = append(arrays, bytesArray(testArray, state))
	}
	if proposer, ok := c.proposer.(encoding.BinaryMarshaler); ok {
		state, err := proposer.MarshalBinary()
		if err != nil {
			return fmt.Errorf("tps: the state of the move: %w", err)
		}
		arrays = append(arrays, bytesArray(moveArray, state))
	}
	if references := c.comparison.references; references != nil {
		arrays = append(arrays, references.arrays("")...)
	}
	if c.tuner != nil {
		state, err := c.tuner.MarshalBinary()
		if err != nil {
			return fmt.Errorf("tps: the state of the tuning: %w", err)
		}
		arrays = append(arrays, bytesArray(tuningArray, state))
	}
	if c.sweep != nil {
		sweep, err := c.sweep.arrays()
		if err != nil {
			return err
		}
		arrays = append(arrays, sweep...)
	}
	for i, part := range parts {
		state, err := part.State.MarshalBinary()
		if err != nil {
			return fmt.Errorf("tps: the state of %q: %w", part.Name, err)
		}
		content.Parts[i] = part.Name
		arrays = append(arrays, bytesArray(partArray+part.Name, state))
	}
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("tps: %w", err)
	}
	arrays[0] = bytesArray(checkpointArray, text)
	return npz.Write(w, arrays...)
}

func bytesArray(name string, data []byte) npz.Array {
	return npz.Array{Name: name, Shape: []int{len(data)}, Data: data}
}

func marshal(what string, x any) ([]byte, error) {
	m, ok := x.(encoding.BinaryMarshaler)
	if !ok {
		return nil, fmt.Errorf("tps: the %s, a %T, cannot be saved: it has no method MarshalBinary", what, x)
	}
	state, err := m.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("tps: the %s, a %T, cannot be saved: %w", what, x, err)
	}
	return state, nil
}

// ErrDamaged is the error of a checkpoint that is not as it was written: its
// checksum does not fit, or what should be in it is not.
var ErrDamaged = errors.New("tps: the checkpoint is damaged")

// ReadCheckpoint makes the chain, and the parts, go on from where they were
// when the checkpoint was written. Both must have been made as they were
// then: a MismatchError names what differs in the configuration, the model or
// the data. A damaged checkpoint gives an error that is ErrDamaged. On an error
// the chain stays as it is, but some of the parts may have changed.
func (c *Chain) ReadCheckpoint(r io.Reader, parts ...Part) error {
	file, content, err := openCheckpoint(r)
	if err != nil {
		return err
	}
	var restoring undoer
	finish, err := c.restore(file, content, parts, &restoring)
	if err != nil {
		return errors.Join(err, restoring.undo())
	}
	finish()
	return nil
}

// restore sets the states of the test, the move, the parts and the source to those in a
// checkpoint, and adds to restoring what sets them back, also on an error. The rest
// cannot fail, and is for finish to do.
func (c *Chain) restore(file npz.File, content *checkpoint, parts []Part, restoring *undoer) (finish func(), err error) {
	if err := c.compare(content, parts); err != nil {
		return nil, err
	}
	values, _, err := npz.Get[float32](file, trajectoryArray, c.config.Tau, c.current.params)
	if err != nil {
		return nil, damaged(err)
	}
	loss, _, err := npz.Get[float64](file, lossesArray, c.config.Tau)
	if err != nil {
		return nil, damaged(err)
	}
	trajectory := Trajectory{params: c.current.params, values: values}
	if err := trajectory.finite(); err != nil {
		return nil, damaged(err)
	}
	references := c.comparison.references
	if references != nil {
		if references, err = references.restored(file, ""); err != nil {
			return nil, damaged(err)
		}
	}
	if err := restoring.restore(file, testArray, "acceptance test", c.test); err != nil {
		return nil, err
	}
	if err := restoring.restore(file, moveArray, "move", c.proposer); err != nil {
		return nil, err
	}
	if c.tuner != nil {
		if err := restoring.restore(file, tuningArray, "tuning", c.tuner); err != nil {
			return nil, err
		}
	}
	if c.sweep != nil {
		if err := c.sweep.restore(file, restoring); err != nil {
			return nil, err
		}
	}
	if err := readParts(file, parts); err != nil {
		return nil, err
	}
	if err := restoring.restoreSource(file, c.source); err != nil {
		return nil, err
	}
	return func() {
		copy(c.current.values, values)
		copy(c.proposed.values, values)
		copy(c.loss, loss)
		c.comparison.references = references
		c.steps, c.stats = content.Steps, content.Stats
	}, nil
}

// openCheckpoint reads a checkpoint as far as it can be understood without a
// chain.
func openCheckpoint(r io.Reader) (npz.File, *checkpoint, error) {
	file, err := openSealed(r)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := file[exchangeArray]; ok {
		return nil, nil, errors.New("tps: the checkpoint is of an Exchange, want that of one chain")
	}
	content := new(checkpoint)
	if err := getJSON(file, checkpointArray, content); err != nil {
		return nil, nil, err
	}
	if content.Version != checkpointVersion {
		return nil, nil, fmt.Errorf("tps: the checkpoint has version %d of the format, this program reads %d", content.Version, checkpointVersion)
	}
	if content.Steps < 0 {
		return nil, nil, damaged(fmt.Errorf("it is at step %d", content.Steps))
	}
	return file, content, nil
}

// openSealed reads a file whose seal fits.
func openSealed(r io.Reader) (npz.File, error) {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	if err := npz.Sealed(bytes); err != nil {
		return nil, damaged(err)
	}
	file, err := npz.Read(bytes)
	if err != nil {
		return nil, damaged(err)
	}
	return file, nil
}

// getJSON sets what to points to, to what an array says in JSON.
func getJSON(file npz.File, array string, to any) error {
	text, _, err := npz.Get[byte](file, array, -1)
	if err != nil {
		return damaged(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		return damaged(err)
	}
	return nil
}

func damaged(err error) error { return fmt.Errorf("%w: %w", ErrDamaged, err) }
