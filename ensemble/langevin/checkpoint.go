package langevin

import (
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/tps"
)

// checkpointVersion is the version of the format of checkpoints. A program reads only
// its own.
const checkpointVersion = 1

// Names of the arrays of a checkpoint, beside those of all checkpoints.
const (
	contentArray  = "langevin" // a chainContent as JSON
	paramsArray   = "params"   // P
	momentumArray = "momentum" // P, if there is one
	gradientArray = "gradient" // P
	numbersArray  = "numbers"  // potential, loss, friction, acceptance
	orderArray    = "order"    // N: the permutation of an epoch, if there are some
	samplerArray  = "sampler"  // MarshalBinary of the Stepper, if it has one
)

// chainContent is what a checkpoint says in words and whole numbers.
type chainContent struct {
	Version  int               `json:"version"`
	Settings map[string]string `json:"setup"`
	Steps    int               `json:"steps"`
	Stats    Stats             `json:"stats"`
	Current  bool              `json:"current"`
	Accepted bool              `json:"accepted"`
	Next     int               `json:"next"`  // sample of the epoch
	Drawn    int               `json:"drawn"` // batches of the epoch
	Parts    []string          `json:"parts"`
}

// WriteCheckpoint writes the whole state of the chain, and of parts, so that a chain into
// which it is read goes on bit for bit as this one. The random source must implement
// encoding.BinaryMarshaler, as those of golang.org/x/exp/rand and math/rand/v2 do. A
// chain that a step has failed for has no checkpoint.
//
// tps.Checkpoints keep checkpoints in a folder, and Checkpointing writes them during a
// run. The format is that of NumPy's .npz files, so numpy.load(path)["params"] are the
// parameters; "langevin" is a JSON text with the configuration, the number of steps and
// the statistics. The file ends with a SHA-256 of what comes before.
func (c *Chain) WriteCheckpoint(w io.Writer, parts ...tps.Part) error {
	if c.failed != nil {
		return fmt.Errorf("langevin: a chain whose last step failed has no checkpoint: %w", c.failed)
	}
	s, b := c.state, c.system.batches
	content := chainContent{
		Version: checkpointVersion, Settings: c.describeSettings(), Steps: s.Steps, Stats: c.stats,
		Current: s.Current, Accepted: s.Accepted, Next: b.next, Drawn: b.drawn,
	}
	var file checkpoint.Writer
	file.Add(vector(paramsArray, s.Params), vector(gradientArray, s.Gradient),
		npz.Array{Name: numbersArray, Shape: []int{4}, Data: []float64{s.Potential, s.Loss, s.Friction, s.Acceptance}})
	if s.Momentum != nil {
		file.Add(vector(momentumArray, s.Momentum))
	}
	if b.epochs {
		file.Add(npz.Array{Name: orderArray, Shape: []int{b.samples}, Data: toInt64(b.order)})
	}
	if err := file.AddState(samplerArray, "sampler", c.stepper); err != nil {
		return err
	}
	if err := file.AddSource(c.system.source); err != nil {
		return err
	}
	var err error
	if content.Parts, err = checkpoint.AddParts(&file, parts); err != nil {
		return err
	}
	return file.Write(w, contentArray, content)
}

// ReadCheckpoint makes the chain, and the parts, go on from where they were when the
// checkpoint was written. Both must have been made as they were then: a
// tps.MismatchError names what differs in the configuration, the model or the data. A
// damaged checkpoint gives an error that is tps.ErrDamaged. On an error the chain stays
// as it is, but some of the parts may have changed.
func (c *Chain) ReadCheckpoint(r io.Reader, parts ...tps.Part) error {
	file, err := checkpoint.Read(r)
	if err != nil {
		return err
	}
	if _, ok := file[contentArray]; !ok {
		return errors.New("langevin: the checkpoint is of another kind of run, want that of a chain of Langevin dynamics")
	}
	var content chainContent
	if err := checkpoint.Content(file, contentArray, &content); err != nil {
		return err
	}
	if content.Version != checkpointVersion {
		return fmt.Errorf("langevin: the checkpoint has version %d of the format, this program reads %d", content.Version, checkpointVersion)
	}
	if err := tps.CompareSettings(content.Settings, c.describeSettings(), content.Parts, parts); err != nil {
		return err
	}
	var restoring checkpoint.Restorer
	finish, err := c.restore(file, &content, parts, &restoring)
	if err != nil {
		return errors.Join(err, restoring.Undo())
	}
	finish()
	return nil
}

// restore sets the states of the sampler, the parts and the source to those in a
// checkpoint, and adds to restoring what sets them back, also on an error. The rest
// cannot fail, and is for finish to do.
func (c *Chain) restore(file npz.File, content *chainContent, parts []tps.Part, restoring *checkpoint.Restorer) (finish func(), err error) {
	state, b := c.state, c.system.batches
	saved := &State{Steps: content.Steps, Current: content.Current, Accepted: content.Accepted}
	if saved.Params, err = getVector(file, paramsArray, state.Params); err != nil {
		return nil, err
	}
	if saved.Gradient, err = getVector(file, gradientArray, state.Gradient); err != nil {
		return nil, err
	}
	if saved.Momentum, err = getVector(file, momentumArray, state.Momentum); err != nil {
		return nil, err
	}
	numbers, _, err := npz.Get[float64](file, numbersArray, 4)
	if err != nil {
		return nil, checkpoint.Damaged(err)
	}
	saved.Potential, saved.Loss, saved.Friction, saved.Acceptance = numbers[0], numbers[1], numbers[2], numbers[3]
	order := b.order
	if b.epochs {
		if order, err = getOrder(file, b.samples); err != nil {
			return nil, err
		}
	}
	if content.Steps < 0 || content.Next < 0 || content.Next > b.samples || content.Drawn < 0 || content.Drawn > b.perEpoch() {
		return nil, checkpoint.Damaged(fmt.Errorf("it is at step %d, and at sample %d after %d batches of an epoch", content.Steps, content.Next, content.Drawn))
	}
	if err := restoring.State(file, samplerArray, "sampler", c.stepper); err != nil {
		return nil, err
	}
	if err := checkpoint.ReadParts(file, parts); err != nil {
		return nil, err
	}
	if err := restoring.Source(file, c.system.source); err != nil {
		return nil, err
	}
	return func() {
		saved.Masses = state.Masses
		state.Assign(saved)
		copy(b.order, order)
		b.next, b.drawn = content.Next, content.Drawn
		c.stats, c.failed = content.Stats, nil
	}, nil
}

func vector(name string, numbers []float32) npz.Array {
	return npz.Array{Name: name, Shape: []int{len(numbers)}, Data: numbers}
}

// getVector returns as many numbers as there are now, none if that is nil.
func getVector(file npz.File, name string, now []float32) ([]float32, error) {
	if now == nil {
		return nil, nil
	}
	numbers, _, err := npz.Get[float32](file, name, len(now))
	if err != nil {
		return nil, checkpoint.Damaged(err)
	}
	if i := notFinite(numbers); i >= 0 {
		return nil, checkpoint.Damaged(fmt.Errorf("%s[%d] is %v", name, i, numbers[i]))
	}
	return numbers, nil
}

// getOrder returns a permutation of samples.
func getOrder(file npz.File, samples int) ([]int, error) {
	saved, _, err := npz.Get[int64](file, orderArray, samples)
	if err != nil {
		return nil, checkpoint.Damaged(err)
	}
	order, seen := make([]int, samples), make([]bool, samples)
	for i, k := range saved {
		if k < 0 || k >= int64(samples) || seen[k] {
			return nil, checkpoint.Damaged(errors.New("the order of an epoch is not a permutation of the samples"))
		}
		order[i], seen[k] = int(k), true
	}
	return order, nil
}

func toInt64(numbers []int) []int64 {
	converted := make([]int64, len(numbers))
	for i, x := range numbers {
		converted[i] = int64(x)
	}
	return converted
}

// describeSettings returns in words what a chain was made from: what must be the same for
// a checkpoint to fit.
func (c *Chain) describeSettings() map[string]string {
	if c.settings != nil {
		return c.settings
	}
	settings := map[string]string{
		"Sampler":    checkpoint.Describe(c.config.Sampler),
		"S":          fmt.Sprint(c.config.S),
		"Beta":       fmt.Sprint(c.config.Beta),
		"Prior":      checkpoint.Describe(c.config.Prior),
		"Fixed":      fmt.Sprint(c.config.Fixed),
		"Batch":      fmt.Sprint(c.config.Batch),
		"Epochs":     fmt.Sprint(c.config.Epochs),
		"Source":     fmt.Sprintf("%T", c.system.source),
		"samples":    fmt.Sprint(c.system.Samples()),
		"parameters": fmt.Sprint(c.system.Params()),
	}
	if f, ok := c.system.model.(tps.Fingerprinter); ok {
		maps.Copy(settings, f.Fingerprint())
	}
	c.settings = settings
	return settings
}
