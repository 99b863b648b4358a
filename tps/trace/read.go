package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Table is the content of a trace.
type Table struct {
	// Names are the titles of the columns after step.
	Names []string
	// Steps holds the number of steps made at each row, ascending.
	Steps []int
	// Values holds the other numbers, rows × len(Names), row-major.
	Values []float64
}

// Len returns the number of rows.
func (t *Table) Len() int { return len(t.Steps) }

// Row returns a row, as a view of Values.
func (t *Table) Row(i int) []float64 {
	k := len(t.Names)
	return t.Values[i*k : (i+1)*k : (i+1)*k]
}

// Column returns a copy of the column of a name, and whether there is one.
func (t *Table) Column(name string) ([]float64, bool) {
	for j := range t.Names {
		if t.Names[j] != name {
			continue
		}
		column := make([]float64, t.Len())
		for i := range column {
			column[i] = t.Values[i*len(t.Names)+j]
		}
		return column, true
	}
	return nil, false
}

// An IncompleteError notes that the last line of a trace has no end, as after
// a kill in the middle of a write. The lines before it are good.
type IncompleteError struct {
	// Line is the number of the line, from 1.
	Line int
	// Bytes is how much of it there is.
	Bytes int
}

// Error names the line.
func (e *IncompleteError) Error() string {
	return fmt.Sprintf("trace: line %d is incomplete, after %d bytes", e.Line, e.Bytes)
}

// A FormatError says that a line is not one of a trace.
type FormatError struct {
	// Line is the number of the line, from 1.
	Line int
	// Problem says what is wrong.
	Problem string
}

// Error names the line and the problem.
func (e *FormatError) Error() string {
	return fmt.Sprintf("trace: line %d: %s", e.Line, e.Problem)
}

// Read reads a trace. If the last line is incomplete it returns the rows
// before it, none if that is the header, together with an IncompleteError.
// With any other error, a FormatError or one of r, there is no table.
func Read(r io.Reader) (*Table, error) {
	table := new(Table)
	l := newLines(r)
	err := l.readHeader()
	table.Names = l.names
	for err == nil {
		if err = l.next(); err == nil {
			table.Steps = append(table.Steps, l.step)
			table.Values = append(table.Values, l.values...)
		}
	}
	var incomplete *IncompleteError
	switch {
	case errors.Is(err, io.EOF):
		return table, nil
	case errors.As(err, &incomplete):
		return table, incomplete
	}
	return nil, err
}

// lines reads a trace line by line.
type lines struct {
	r      *bufio.Reader
	line   []byte // the last one, its end included
	number int    // of the last line, from 1
	names  []string
	step   int
	values []float64
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<16)} }

// read reads the next line. The error is io.EOF after the last.
func (l *lines) read() error {
	l.line = l.line[:0]
	l.number++
	for {
		part, err := l.r.ReadSlice('\n')
		l.line = append(l.line, part...)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(l.line) > 0:
			return &IncompleteError{Line: l.number, Bytes: len(l.line)}
		default:
			return err
		}
	}
}

// problem returns a FormatError for the line.
func (l *lines) problem(format string, args ...any) error {
	return &FormatError{Line: l.number, Problem: fmt.Sprintf(format, args...)}
}

// readHeader reads the first line. An empty file is an incomplete header.
func (l *lines) readHeader() error {
	if err := l.read(); err == io.EOF {
		return &IncompleteError{Line: 1}
	} else if err != nil {
		return err
	}
	names := strings.Split(strings.TrimSuffix(string(l.line), "\n"), ",")
	if names[0] != stepName {
		return l.problem("the first column is %.40q, want %q", names[0], stepName)
	}
	if i, err := checkNames(names[1:]); err != nil {
		return l.problem("column %d: %.200v", i+2, err)
	}
	l.names = names[1:]
	return nil
}

// next reads a row.
func (l *lines) next() error {
	if err := l.read(); err != nil {
		return err
	}
	text := l.line[:len(l.line)-1]
	if fields := bytes.Count(text, []byte{','}) + 1; fields != len(l.names)+1 {
		return l.problem("%d fields, want %d", fields, len(l.names)+1)
	}
	field, rest, _ := bytes.Cut(text, []byte{','})
	step, err := strconv.Atoi(string(field))
	if err != nil || step < 1 {
		return l.problem("step %.40q, want a whole number of at least 1", field)
	}
	if step <= l.step {
		return l.problem("step %d after step %d, want ascending numbers", step, l.step)
	}
	l.values = l.values[:0]
	for _, name := range l.names {
		field, rest, _ = bytes.Cut(rest, []byte{','})
		value, err := strconv.ParseFloat(string(field), 64)
		if err != nil {
			return l.problem("%.40s = %.40q, want a number", name, field)
		}
		l.values = append(l.values, value)
	}
	l.step = step
	return nil
}
