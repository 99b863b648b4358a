// Package record keeps what the runs of a program gave in a CSV file that grows by a row
// when a run is done, so that a program that was stopped goes on where it was.
package record

import (
	"encoding/csv"
	"fmt"
	"os"
	"reflect"
	"strings"
)

// A File is a CSV file with a header. The zero value is none, to which nothing is added.
type File struct {
	file   *os.File
	fields int
}

// Open opens a file, or begins one, whose rows have the columns of header. For each row
// that it has, it scans into the pointers to numbers, bools and words that row returns, in
// the order of the header, and calls done. An empty name is no file.
func Open(name string, header []string, row func() (fields []any, done func())) (*File, error) {
	f := &File{fields: len(header)}
	if name == "" {
		return f, nil
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	f.file = file
	if err := f.read(header, row); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// read reads the file, and begins it if it is empty.
func (f *File) read(header []string, row func() ([]any, func())) error {
	lines, err := csv.NewReader(f.file).ReadAll()
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return f.write(header)
	}
	if got, want := strings.Join(lines[0], ","), strings.Join(header, ","); got != want {
		return fmt.Errorf("the header is %q, want %q", got, want)
	}
	for i, line := range lines[1:] {
		fields, done := row()
		if _, err := fmt.Sscan(strings.Join(line, " "), fields...); err != nil {
			return fmt.Errorf("line %d: %w", i+2, err)
		}
		done()
	}
	return nil
}

// Add adds a row of what the pointers point to. It panics if there are not as many as
// columns.
func (f *File) Add(fields ...any) error {
	if f.file == nil {
		return nil
	}
	if len(fields) != f.fields {
		panic("record: the row does not fit the header")
	}
	line := make([]string, len(fields))
	for i, field := range fields {
		line[i] = fmt.Sprint(reflect.ValueOf(field).Elem())
	}
	return f.write(line)
}

func (f *File) write(line []string) error {
	w := csv.NewWriter(f.file)
	w.Write(line)
	w.Flush()
	return w.Error()
}

// Close closes the file.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}
