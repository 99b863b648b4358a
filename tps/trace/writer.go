package trace

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/trajens/trajens/tps"
)

// Config configures a trace. Columns must be set.
type Config struct {
	// Columns are the observables, at least one. They must be the same when a
	// trace is resumed.
	Columns []Column
	// Every is k, the number of steps from a row to the next, at least 1.
	// There is one whenever the chain's Steps is a multiple of k. 0: 1.
	Every int
	// Average writes means over the k steps up to a row, rather than the
	// values after the last of them. A block of which the writer did not see
	// all steps has no row.
	Average bool
	// FlushRows is how many rows are collected for a write, at least 1. 0:
	// 1000.
	FlushRows int
	// FlushInterval is the time after which they are written even if they are
	// fewer, at least 0. The clock is read when there is a row. 0: 10 seconds.
	FlushInterval time.Duration
	// OnError is called when the file cannot be written, once until it can be
	// again. The run ends with the error that it returns, and goes on if that
	// is nil. The function nil: the error ends the run, at each attempt to
	// write.
	OnError func(error) error
}

func (c Config) withDefaults() (Config, error) {
	c.Every = cmp.Or(c.Every, 1)
	c.FlushRows = cmp.Or(c.FlushRows, 1000)
	c.FlushInterval = cmp.Or(c.FlushInterval, 10*time.Second)
	switch {
	case len(c.Columns) == 0:
		return c, fmt.Errorf("trace: there are no Columns, want at least one")
	case c.Every < 1:
		return c, fmt.Errorf("trace: Every = %d, want at least 1", c.Every)
	case c.FlushRows < 1:
		return c, fmt.Errorf("trace: FlushRows = %d, want at least 1", c.FlushRows)
	case c.FlushInterval < 0:
		return c, fmt.Errorf("trace: FlushInterval = %v, want at least 0", c.FlushInterval)
	}
	names := make([]string, len(c.Columns))
	for i, column := range c.Columns {
		names[i] = column.Name
		if (column.Value == nil) != (c.Columns[0].Value == nil) {
			return c, fmt.Errorf("trace: Columns: one of %q and %q has no Value, want all or none", c.Columns[0].Name, column.Name)
		}
	}
	if i, err := checkNames(names); err != nil {
		return c, fmt.Errorf("trace: Columns[%d]: %w", i, err)
	}
	return c, nil
}

// pendingLimit is how many bytes of rows wait for a disk that is full.
const pendingLimit = 1 << 20

// unknown is the step of a writer that has seen none.
const unknown = -1

// A Writer writes a trace. It is for one goroutine, that of the chain.
type Writer struct {
	config Config
	file   *os.File
	size   int64 // of the file, to the end of the last whole row

	step  int // the last step seen, or unknown
	last  int // the step of the last row, written or pending; 0 if there is none
	count int // steps in sums
	sums  []float64

	pending []byte // whole rows
	waiting int    // rows since the last attempt to write
	attempt time.Time
	failed  bool // at the last attempt to write
	told    bool // OnError, of that failure
	dropped int
}

func newWriter(file *os.File, config Config) *Writer {
	return &Writer{config: config, file: file, step: unknown, sums: make([]float64, len(config.Columns)), attempt: time.Now()}
}

// Create makes a trace with a header and no rows. A file that exists is left
// alone: the error is fs.ErrExist then.
func Create(path string, config Config) (*Writer, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	w := newWriter(file, config)
	w.pending = append(w.pending, header(config.Columns)...)
	if err := w.Flush(); err != nil {
		file.Close()
		os.Remove(path)
		return nil, err
	}
	return w, nil
}

// Observer returns what Run is to be given. Steps of the chain that it is not
// called after leave gaps.
func (w *Writer) Observer() tps.Observer { return tps.EachStep(w.observe) }

func (w *Writer) observe(chain *tps.Chain, step tps.Step) error {
	if w.config.Columns[0].Value == nil {
		return fmt.Errorf("trace: the columns have no Value, want Add instead of an Observer")
	}
	n := chain.Steps()
	if err := w.advance(n); err != nil || !w.Wants(n) {
		return err
	}
	for i, column := range w.config.Columns {
		w.add(i, column.Value(chain, step))
	}
	return w.endStep(n)
}

// Wants says whether the trace needs the values after a step, the first being 1: after
// every step for averages, and else only after those that have a row.
func (w *Writer) Wants(step int) bool { return w.config.Average || w.isDue(step) }

// Add takes the values after a step, those of the columns in their order, from a run of
// any kind. Steps ascend from 1. Those that it is not called after leave gaps, unless the
// trace does not Want them. An error is to end the run.
func (w *Writer) Add(step int, values ...float64) error {
	if len(values) != len(w.sums) {
		return fmt.Errorf("trace: %d values, want one for each of %d columns", len(values), len(w.sums))
	}
	if err := w.advance(step); err != nil || !w.Wants(step) {
		return err
	}
	for i, x := range values {
		w.add(i, x)
	}
	return w.endStep(step)
}

func (w *Writer) isDue(step int) bool { return step%w.config.Every == 0 }

// advance comes to a step.
func (w *Writer) advance(n int) error {
	if n != w.step+1 {
		if n <= w.step {
			return fmt.Errorf("trace: step %d after step %d, want a later one", n, w.step)
		}
		w.forgetBlock()
	}
	w.step = n
	return nil
}

// add adds a value to the block in progress.
func (w *Writer) add(i int, x float64) {
	if w.count > 0 { // 0 + −0 would be 0
		x += w.sums[i]
	}
	w.sums[i] = x
}

// endStep ends a step whose values were added.
func (w *Writer) endStep(n int) error {
	w.count++
	if !w.isDue(n) {
		return nil
	}
	if !w.config.Average || w.count == w.config.Every {
		w.addRow(n)
	}
	w.forgetBlock()
	return w.flushInTime()
}

func (w *Writer) forgetBlock() {
	w.count = 0
	clear(w.sums)
}

// addRow makes the means a row, unless too many wait already.
func (w *Writer) addRow(n int) {
	w.waiting++
	if w.failed && len(w.pending) >= pendingLimit {
		w.dropped++
		return
	}
	w.last = n
	w.pending = strconv.AppendInt(w.pending, int64(n), 10)
	for _, x := range w.sums {
		w.pending = append(w.pending, ',')
		w.pending = strconv.AppendFloat(w.pending, x/float64(w.count), 'g', -1, 64)
	}
	w.pending = append(w.pending, '\n')
}

// flushInTime writes if it is time to, and returns what is to end the run.
func (w *Writer) flushInTime() error {
	if w.waiting < w.config.FlushRows && time.Since(w.attempt) < w.config.FlushInterval {
		return nil
	}
	err := w.Flush()
	if err == nil || w.config.OnError == nil {
		return err
	}
	if w.told {
		return nil
	}
	w.told = true
	return w.config.OnError(err)
}

// Flush writes the rows that wait. On an error the file keeps the rows that it
// had, and those that wait go on waiting.
func (w *Writer) Flush() error {
	w.waiting, w.attempt = 0, time.Now()
	if len(w.pending) == 0 {
		return nil
	}
	if _, err := w.file.WriteAt(w.pending, w.size); err != nil {
		// What there is room for may have been written.
		w.failed = true
		return fmt.Errorf("trace: %w", errors.Join(err, w.file.Truncate(w.size)))
	}
	w.size += int64(len(w.pending))
	w.pending, w.failed, w.told = w.pending[:0], false, false
	return nil
}

// Sync flushes, and asks the system to bring the file to the disk, as is to be
// done with a checkpoint.
func (w *Writer) Sync() error {
	if err := w.Flush(); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

// Dropped returns how many rows were left out because the file could not be
// written for long.
func (w *Writer) Dropped() int { return w.dropped }

// Close flushes and closes the file. There is an error if rows were lost. A block
// in progress has no row.
func (w *Writer) Close() error {
	err := w.Flush()
	if closing := w.file.Close(); err == nil && closing != nil {
		err = fmt.Errorf("trace: %w", closing)
	}
	if err == nil && w.dropped > 0 {
		err = fmt.Errorf("trace: %d rows were dropped while the file could not be written", w.dropped)
	}
	return err
}
