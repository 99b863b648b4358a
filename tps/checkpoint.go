package tps

import (
	"encoding"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/checkpoint"
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

// chainContent is what a checkpoint says in words and whole numbers.
type chainContent struct {
	Version  int               `json:"version"`
	Settings map[string]string `json:"setup"`
	Steps    int               `json:"steps"`
	Stats    Stats             `json:"stats"`
	Parts    []string          `json:"parts"`
}

// Names of the arrays of a checkpoint, beside those of all checkpoints.
const (
	checkpointArray = "checkpoint" // the struct above as JSON
	trajectoryArray = "trajectory" // τ × P
	lossesArray     = "losses"     // τ: Chain.LossEstimates
	testArray       = "test"       // MarshalBinary of the acceptance test, if it has one
	moveArray       = "move"       // MarshalBinary of the proposer, if it has one
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
	content := chainContent{
		Version:  checkpointVersion,
		Settings: c.describeSettings(),
		Steps:    c.steps,
		Stats:    c.stats,
	}
	var file checkpoint.Writer
	file.Add(
		npz.Array{Name: trajectoryArray, Shape: []int{c.config.Tau, c.current.params}, Data: c.current.values},
		npz.Array{Name: lossesArray, Shape: []int{len(c.loss)}, Data: c.loss},
	)
	if err := file.AddSource(c.source); err != nil {
		return err
	}
	if err := file.AddState(testArray, "acceptance test", c.test); err != nil {
		return err
	}
	if err := file.AddState(moveArray, "move", c.proposer); err != nil {
		return err
	}
	if references := c.comparison.references; references != nil {
		file.Add(references.arrays("")...)
	}
	if c.tuner != nil {
		if err := file.AddState(tuningArray, "tuning", c.tuner); err != nil {
			return err
		}
	}
	if c.sweep != nil {
		sweep, err := c.sweep.arrays()
		if err != nil {
			return err
		}
		file.Add(sweep...)
	}
	var err error
	if content.Parts, err = checkpoint.AddParts(&file, parts); err != nil {
		return err
	}
	return file.Write(w, checkpointArray, content)
}

// ErrDamaged is the error of a checkpoint that is not as it was written: its
// checksum does not fit, or what should be in it is not.
var ErrDamaged = checkpoint.ErrDamaged

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
	var restoring checkpoint.Restorer
	finish, err := c.restore(file, content, parts, &restoring)
	if err != nil {
		return errors.Join(err, restoring.Undo())
	}
	finish()
	return nil
}

// restore sets the states of the test, the move, the parts and the source to those in a
// checkpoint, and adds to restoring what sets them back, also on an error. The rest
// cannot fail, and is for finish to do.
func (c *Chain) restore(file npz.File, content *chainContent, parts []Part, restoring *checkpoint.Restorer) (finish func(), err error) {
	if err := c.compare(content, parts); err != nil {
		return nil, err
	}
	values, _, err := npz.Get[float32](file, trajectoryArray, c.config.Tau, c.current.params)
	if err != nil {
		return nil, checkpoint.Damaged(err)
	}
	loss, _, err := npz.Get[float64](file, lossesArray, c.config.Tau)
	if err != nil {
		return nil, checkpoint.Damaged(err)
	}
	trajectory := Trajectory{params: c.current.params, values: values}
	if err := trajectory.finite(); err != nil {
		return nil, checkpoint.Damaged(err)
	}
	references := c.comparison.references
	if references != nil {
		if references, err = references.restored(file, ""); err != nil {
			return nil, checkpoint.Damaged(err)
		}
	}
	if err := restoring.State(file, testArray, "acceptance test", c.test); err != nil {
		return nil, err
	}
	if err := restoring.State(file, moveArray, "move", c.proposer); err != nil {
		return nil, err
	}
	if c.tuner != nil {
		if err := restoring.State(file, tuningArray, "tuning", c.tuner); err != nil {
			return nil, err
		}
	}
	if c.sweep != nil {
		if err := c.sweep.restore(file, restoring); err != nil {
			return nil, err
		}
	}
	if err := checkpoint.ReadParts(file, parts); err != nil {
		return nil, err
	}
	if err := restoring.Source(file, c.source); err != nil {
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
func openCheckpoint(r io.Reader) (npz.File, *chainContent, error) {
	file, err := checkpoint.Read(r)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := file[exchangeArray]; ok {
		return nil, nil, errors.New("tps: the checkpoint is of an Exchange, want that of one chain")
	}
	content := new(chainContent)
	if err := checkpoint.Content(file, checkpointArray, content); err != nil {
		return nil, nil, err
	}
	if content.Version != checkpointVersion {
		return nil, nil, fmt.Errorf("tps: the checkpoint has version %d of the format, this program reads %d", content.Version, checkpointVersion)
	}
	if content.Steps < 0 {
		return nil, nil, checkpoint.Damaged(fmt.Errorf("it is at step %d", content.Steps))
	}
	return file, content, nil
}
