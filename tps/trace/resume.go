package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
)

// Resume opens the trace of a run that goes on after a number of steps, the
// chain's Steps. An incomplete last line and the rows of later steps are
// dropped. The columns must be those that the trace was made with. What is no
// trace is left as it is, with a FormatError.
//
// With averages, or to be sure that no row is missing, the writer also needs
// the state of the old one: see MarshalBinary. Without the state, a block that
// was in progress has no row. A File does all this.
func Resume(path string, step int, config Config) (*Writer, error) {
	return resume(path, step, config, nil)
}

// resume is Resume with the state of the old writer, if it is not nil. The file
// is left as it is if the state is not one of the file.
func resume(path string, step int, config Config, state []byte) (*Writer, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	if step < 0 {
		return nil, fmt.Errorf("trace: step = %d, want at least 0", step)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	w := newWriter(file, config)
	w.step = step
	err = w.find()
	if err == nil && state != nil {
		if err = w.UnmarshalBinary(state); err != nil {
			err = fmt.Errorf("%w (%s)", err, path)
		}
	}
	if err == nil {
		err = w.cut()
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return w, nil
}

// find looks for the last row up to the writer's step, and where it ends.
func (w *Writer) find() error {
	want := header(w.config.Columns)
	l := newLines(w.file)
	err := l.readHeader()
	if err == nil && string(l.line) != want {
		return l.problem("the columns are %.200q, want %.200q", l.line, want)
	}
	if err == nil {
		w.size = int64(len(want))
	} else if !strings.HasPrefix(want, string(l.line)) {
		return l.problem("%.200q, want %.200q", l.line, want)
	}
	// All rows are read, so that a file that is no trace is not cut later.
	for err == nil {
		if err = l.next(); err != nil {
			break
		}
		if l.step%w.config.Every != 0 {
			return l.problem("step %d, want a multiple of Every = %d", l.step, w.config.Every)
		}
		if l.step <= w.step {
			w.size += int64(len(l.line))
			w.last = l.step
		}
	}
	var incomplete *IncompleteError
	if !errors.Is(err, io.EOF) && !errors.As(err, &incomplete) {
		return err
	}
	return nil
}

// cut drops what comes after the last row found, and writes a header that is
// missing.
func (w *Writer) cut() error {
	if err := w.file.Truncate(w.size); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if w.size == 0 {
		w.pending = append(w.pending, header(w.config.Columns)...)
		return w.Flush()
	}
	return nil
}

// stateMagic is how a state starts: the name and the version of its format.
const stateMagic = "trajens trace 1\n"

// MarshalBinary returns the state of the writer, for a checkpoint of the chain
// at the same step: a block in progress, and which row was the last. The rows
// themselves are in the file after Flush or Sync, which must be called first.
// In a list of observers the writer's comes before the one that makes the
// checkpoint.
//
// After a magic number come, little-endian, the lengths of the header line (4
// bytes) and the line, Every, Average (0 or 1), the last step seen (2⁶⁴ − 1 if
// none), the step of the last row (0 if none), the number of steps in the
// block in progress (8 bytes each), and the block's sum for each column
// (float64).
func (w *Writer) MarshalBinary() ([]byte, error) {
	if len(w.pending) > 0 {
		return nil, fmt.Errorf("trace: %d bytes of rows are not in the file yet, want a Flush first", len(w.pending))
	}
	state := w.statePrefix()
	for _, v := range []int{w.step, w.last, w.count} {
		state = binary.LittleEndian.AppendUint64(state, uint64(v))
	}
	for _, x := range w.sums {
		state = binary.LittleEndian.AppendUint64(state, math.Float64bits(x))
	}
	return state, nil
}

// statePrefix is the part of a state that the configuration determines.
func (w *Writer) statePrefix() []byte {
	line := header(w.config.Columns)
	state := append([]byte(nil), stateMagic...)
	state = binary.LittleEndian.AppendUint32(state, uint32(len(line)))
	state = append(state, line...)
	state = binary.LittleEndian.AppendUint64(state, uint64(w.config.Every))
	average := uint64(0)
	if w.config.Average {
		average = 1
	}
	return binary.LittleEndian.AppendUint64(state, average)
}

// UnmarshalBinary takes over the state of an old writer, right after Resume. It
// refuses a state of another configuration or another step, and a state whose
// last row the trace does not have. On an error the writer is what it was.
func (w *Writer) UnmarshalBinary(state []byte) error {
	prefix := w.statePrefix()
	if want := len(prefix) + 8*(3+len(w.sums)); len(state) != want {
		return fmt.Errorf("trace: the state has %d bytes, want %d: it is damaged or of other columns", len(state), want)
	}
	if string(state[:len(stateMagic)]) != stateMagic {
		return fmt.Errorf("trace: what should be a state starts with %q, want %q", state[:len(stateMagic)], stateMagic)
	}
	if string(state[:len(prefix)]) != string(prefix) {
		return fmt.Errorf("trace: the state is of other Columns, another Every or another Average")
	}
	number := func(i int) uint64 { return binary.LittleEndian.Uint64(state[len(prefix)+8*i:]) }
	step, last, count := int(number(0)), int(number(1)), int(number(2))
	if step != w.step && step != unknown {
		return fmt.Errorf("trace: the state is of step %d, but the run goes on after step %d", step, w.step)
	}
	if last != w.last {
		return fmt.Errorf("trace: the last row up to step %d is of step %d, but was of step %d", w.step, w.last, last)
	}
	if count < 0 || count >= w.config.Every || (!w.config.Average && count != 0) {
		return fmt.Errorf("trace: the state has %d steps in a block of %d", count, w.config.Every)
	}
	w.count = count
	for i := range w.sums {
		w.sums[i] = math.Float64frombits(number(3 + i))
	}
	return nil
}
