package data

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/trajens/trajens/internal/memory"
)

// A tableReader gathers the rows of a table.
type tableReader struct {
	*layout
	rows   int
	cells  []float32 // rows × used inputs, of a categorical one the number of the level
	values []float32 // of a real target
	labels []int     // of a target with classes
}

func readTable(r io.Reader, config TableConfig) (*Dataset, *Columns, error) {
	lines, err := newLineReader(r, config.Delimiter)
	if err != nil {
		return nil, nil, err
	}
	first, line, err := lines.next()
	if err == io.EOF {
		return nil, nil, errors.New("the table is empty")
	}
	if err != nil {
		return nil, nil, err
	}
	names := slices.Clone(first)
	if config.NoHeader {
		for k := range names {
			names[k] = strconv.Itoa(k + 1)
		}
	}
	layout, err := newLayout(names, config)
	if err != nil {
		return nil, nil, err
	}
	t := &tableReader{layout: layout}
	if config.NoHeader {
		err = t.add(first, line)
	}
	for err == nil {
		var values []string
		if values, line, err = lines.next(); err == nil {
			err = t.add(values, line)
		}
	}
	if err != io.EOF {
		return nil, nil, err
	}
	if t.rows == 0 {
		return nil, nil, errors.New("the table has no rows")
	}
	return t.finish()
}

// add appends a row.
func (t *tableReader) add(values []string, line int) error {
	if len(values) != len(t.names) {
		return fmt.Errorf("line %d: %d columns, want %d as in the first line", line, len(values), len(t.names))
	}
	for k := range t.inputs {
		v, err := t.inputs[k].read(values)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		t.cells = append(t.cells, float32(v))
	}
	t.rows++
	if t.target == nil {
		return nil
	}
	v, err := t.target.read(values)
	if err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	if t.target.levels != nil {
		t.labels = append(t.labels, int(v))
	} else {
		t.values = append(t.values, float32(v))
	}
	return nil
}

// read returns the number of the field in a row, or the number of its level.
func (f *field) read(values []string) (float64, error) {
	v, err := f.parse(values[f.place])
	if err != nil {
		return 0, fmt.Errorf("column %q: %w", f.name, err)
	}
	return v, nil
}

func (f *field) parse(value string) (float64, error) {
	switch {
	case missing(value):
		return 0, fmt.Errorf("%q stands for a missing value", value)
	case f.levels != nil:
		k, err := f.levels.number(value)
		return float64(k), err
	}
	return decimal(value, 32)
}

// finish returns the dataset of all rows.
func (t *tableReader) finish() (*Dataset, *Columns, error) {
	columns := &Columns{}
	renumbered := make([][]int, len(t.inputs)) // by input column and level
	width := 0
	for k, f := range t.inputs {
		column := Column{Name: f.name}
		if f.levels == nil {
			width++
		} else {
			renumbered[k] = f.levels.sort()
			column.Levels = f.levels.names
			width += len(column.Levels)
		}
		columns.Inputs = append(columns.Inputs, column)
	}
	inputs := t.cells
	if slices.ContainsFunc(renumbered, func(r []int) bool { return r != nil }) {
		if err := memory.Check(4 * float64(t.rows) * float64(width)); err != nil {
			return nil, nil, fmt.Errorf("%d rows of %d input numbers: it %w", t.rows, width, err)
		}
		inputs = expand(t.cells, renumbered, t.rows*width)
	}
	d, err := t.label(inputs, width, columns)
	return d, columns, err
}

// expand writes out the levels: from rows with the number of a level to rows
// with an input number for each level, one of which is 1.
func expand(cells []float32, renumbered [][]int, size int) []float32 {
	inputs := make([]float32, size)
	at := 0
	for k, v := range cells {
		levels := renumbered[k%len(renumbered)]
		if levels == nil {
			inputs[at] = v
			at++
			continue
		}
		inputs[at+levels[int(v)]] = 1
		at += len(levels)
	}
	return inputs
}

// label makes the dataset of inputs and the target, and adds the target to the
// columns.
func (t *tableReader) label(inputs []float32, width int, columns *Columns) (*Dataset, error) {
	shape := []int{width}
	if t.target == nil {
		if t.like != nil {
			columns.Target = t.like.Target
		}
		return NewInputs(inputs, shape)
	}
	columns.Target.Name = t.target.name
	if t.target.levels == nil {
		return NewTargets(inputs, shape, t.values)
	}
	renumbered := t.target.levels.sort()
	classes := t.target.levels.names
	if len(classes) < 2 {
		return nil, fmt.Errorf("the target, column %q, has the one class %q, want at least 2", t.target.name, classes[0])
	}
	columns.Target.Levels = classes
	for i, label := range t.labels {
		t.labels[i] = renumbered[label]
	}
	d, err := NewLabeled(inputs, shape, t.labels, len(classes))
	if err != nil {
		return nil, err
	}
	return d.NameClasses(classes)
}
