package tps

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/npz"
)

// exchangeVersion is the version of the format of an Exchange's checkpoints. A program
// reads only its own. Those of the chains have their own version.
const exchangeVersion = 1

// exchangeCheckpoint is what an Exchange's checkpoint says in words and whole numbers.
type exchangeCheckpoint struct {
	Version      int               `json:"version"`
	Settings     map[string]string `json:"setup"`
	Steps        int               `json:"steps"`
	Rounds       int               `json:"rounds"`
	RoundsBefore int               `json:"roundsBefore"`
	Next         int               `json:"next"`
	Pairs        []PairStats       `json:"pairs"`
	Replicas     []int             `json:"replicas"` // by increasing s
	Ways         []int             `json:"ways"`
	Trips        []int             `json:"trips"`
	Parts        []string          `json:"parts"`
}

// Names of the arrays of an Exchange's checkpoint; the source and the parts are as in
// that of a chain.
const (
	exchangeArray = "exchange" // the struct above as JSON
	chainArray    = "chain."   // the checkpoint of a chain, whose number follows
	pairTestArray = "test."    // MarshalBinary of the test of a pair, whose number follows
)

// WriteCheckpoint writes the whole state of the Exchange, with that of all its chains,
// and of parts, to one file, so that an Exchange into which it is read goes on bit for
// bit as this one. See Chain.WriteCheckpoint for what must be able to be saved.
//
// The format is that of NumPy's .npz files. "exchange" is a JSON text with what the swaps
// have done, and "chain.0", "chain.1" and so on have the bytes of a file as
// Chain.WriteCheckpoint writes it. The file ends with a SHA-256 of what comes before.
func (x *Exchange) WriteCheckpoint(w io.Writer, parts ...Part) error {
	content := exchangeCheckpoint{
		Version: exchangeVersion, Settings: x.describeSettings(),
		Steps: x.steps, Rounds: x.rounds, RoundsBefore: x.roundsBefore, Next: x.next,
		Pairs: x.pairs, Replicas: x.replicas.at, Trips: x.replicas.trips,
	}
	for _, way := range x.replicas.ways {
		content.Ways = append(content.Ways, int(way))
	}
	var file checkpoint.Writer
	if err := file.AddSource(x.source); err != nil {
		return err
	}
	for k, chain := range x.chains {
		var saved bytes.Buffer
		if err := chain.WriteCheckpoint(&saved); err != nil {
			return &ChainError{k, err}
		}
		file.Add(checkpoint.Bytes(fmt.Sprint(chainArray, k), saved.Bytes()))
	}
	for pair, test := range x.tests {
		if err := file.AddState(fmt.Sprint(pairTestArray, pair), "acceptance test of swaps", test); err != nil {
			return err
		}
	}
	var err error
	if content.Parts, err = checkpoint.AddParts(&file, parts); err != nil {
		return err
	}
	return file.Write(w, exchangeArray, content)
}

// describeSettings returns in words what must be the same for a checkpoint to fit,
// beside the chains.
func (x *Exchange) describeSettings() map[string]string {
	return map[string]string{
		"chains":          fmt.Sprint(len(x.chains)),
		"Every":           fmt.Sprint(x.config.Every),
		"Test of swaps":   checkpoint.Describe(x.config.Test),
		"Source of swaps": fmt.Sprintf("%T", x.source),
	}
}

// ReadCheckpoint makes the Exchange, its chains, and the parts, go on from where they
// were when the checkpoint was written. All must have been made as they were then, the
// chains in the same order: a MismatchError names what differs, in a ChainError if it is
// a chain's. A damaged checkpoint gives an error that is ErrDamaged. On an error the
// Exchange and its chains stay as they are, but some of the parts may have changed.
func (x *Exchange) ReadCheckpoint(r io.Reader, parts ...Part) error {
	file, content, err := openExchange(r)
	if err != nil {
		return err
	}
	if err := CompareSettings(content.Settings, x.describeSettings(), content.Parts, parts); err != nil {
		return err
	}
	if err := x.check(content); err != nil {
		return checkpoint.Damaged(err)
	}
	var restoring checkpoint.Restorer
	finish, err := x.restore(file, content, parts, &restoring)
	if err != nil {
		return errors.Join(err, restoring.Undo())
	}
	finish()
	return nil
}

// openExchange reads a checkpoint as far as it can be understood without an Exchange.
func openExchange(r io.Reader) (npz.File, *exchangeCheckpoint, error) {
	file, err := checkpoint.Read(r)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := file[checkpointArray]; ok {
		return nil, nil, errors.New("tps: the checkpoint is of one chain, want that of an Exchange")
	}
	content := new(exchangeCheckpoint)
	if err := checkpoint.Content(file, exchangeArray, content); err != nil {
		return nil, nil, err
	}
	if content.Version != exchangeVersion {
		return nil, nil, fmt.Errorf("tps: the checkpoint has version %d of the format of an Exchange's, this program reads %d", content.Version, exchangeVersion)
	}
	return file, content, nil
}

// check returns an error if a checkpoint says what cannot be.
func (x *Exchange) check(c *exchangeCheckpoint) error {
	chains, pairs := len(x.chains), len(x.pairs)
	if len(c.Pairs) != pairs || len(c.Replicas) != chains || len(c.Ways) != chains || len(c.Trips) != chains {
		return fmt.Errorf("it has %d pairs, %d replicas, %d ways and the trips of %d, want %d, %d, %d and %d",
			len(c.Pairs), len(c.Replicas), len(c.Ways), len(c.Trips), pairs, chains, chains, chains)
	}
	seen := make([]bool, chains)
	for _, replica := range c.Replicas {
		if replica < 0 || replica >= chains || seen[replica] {
			return fmt.Errorf("its replicas are %v, want each of %d", c.Replicas, chains)
		}
		seen[replica] = true
	}
	for k, n := range c.Ways {
		if n < 0 || n >= int(ways) || c.Trips[k] < 0 {
			return fmt.Errorf("replica %d is on way %d after %d trips", k, n, c.Trips[k])
		}
	}
	first := c.Rounds % min(2, pairs)
	if c.Steps < 0 || c.Rounds < 0 || c.Rounds > c.Steps || c.RoundsBefore < 0 || c.RoundsBefore > c.Rounds ||
		c.Next < first || c.Next > pairs+1 || (c.Next-first)%2 != 0 {
		return fmt.Errorf("it is at step %d and pair %d of round %d, with %d before", c.Steps, c.Next, c.Rounds, c.RoundsBefore)
	}
	return nil
}

// restore does what Chain.restore does, for the Exchange and its chains.
func (x *Exchange) restore(file npz.File, content *exchangeCheckpoint, parts []Part, restoring *checkpoint.Restorer) (finish func(), err error) {
	finishes := make([]func(), len(x.chains))
	for k, chain := range x.chains {
		saved, _, err := npz.Get[byte](file, fmt.Sprint(chainArray, k), -1)
		if err != nil {
			return nil, checkpoint.Damaged(err)
		}
		if finishes[k], err = chain.restoreWithin(saved, content.Steps, x.config.end(content.Steps), restoring); err != nil {
			return nil, &ChainError{k, err}
		}
	}
	for pair, test := range x.tests {
		if err := restoring.State(file, fmt.Sprint(pairTestArray, pair), "acceptance test of swaps", test); err != nil {
			return nil, err
		}
	}
	if err := checkpoint.ReadParts(file, parts); err != nil {
		return nil, err
	}
	if err := restoring.Source(file, x.source); err != nil {
		return nil, err
	}
	return func() {
		for _, finish := range finishes {
			finish()
		}
		x.steps, x.rounds, x.roundsBefore, x.next = content.Steps, content.Rounds, content.RoundsBefore, content.Next
		x.pairs = content.Pairs
		x.replicas.at, x.replicas.trips = content.Replicas, content.Trips
		for k, n := range content.Ways {
			x.replicas.ways[k] = way(n)
		}
	}, nil
}

// restoreWithin is restore with a checkpoint's bytes, if it is at a step from least to
// most.
func (c *Chain) restoreWithin(file []byte, least, most int, restoring *checkpoint.Restorer) (finish func(), err error) {
	arrays, content, err := openCheckpoint(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if content.Steps < least || content.Steps > most {
		return nil, checkpoint.Damaged(fmt.Errorf("it is at step %d, want %d to %d", content.Steps, least, most))
	}
	return c.restore(arrays, content, nil, restoring)
}
