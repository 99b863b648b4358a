package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"reflect"
	"strings"
)

// A record is what runs gave, in a CSV file that grows by a row when a run is done: a
// program that was stopped goes on where it was.
type record struct {
	file    *os.File // nil: there is none
	results map[run]*result
}

// A row of a record is a run and its result.
type row struct {
	run
	result
}

var header = append([]string{"modules", "hidden", "lambda", "trial", "epochs", "images", "last", "epoch", "seconds"}, columns...)

// fields returns pointers to the fields that header names.
func (r *row) fields() []any {
	fields := []any{&r.modules, &r.hidden, &r.lambda, &r.trial, &r.epochs, &r.images, &r.last, &r.epoch, &r.seconds}
	for _, number := range r.result.numbers() {
		fields = append(fields, number)
	}
	return fields
}

// openRecord opens a record and reads what it has. An empty name is no file.
func openRecord(name string) (*record, error) {
	r := &record{results: map[run]*result{}}
	if name == "" {
		return r, nil
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	r.file = file
	if err := r.read(); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// read reads the file, and begins it if it is empty.
func (r *record) read() error {
	lines, err := csv.NewReader(r.file).ReadAll()
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return r.write(header)
	}
	if got, want := strings.Join(lines[0], ","), strings.Join(header, ","); got != want {
		return fmt.Errorf("the header is %q, want %q", got, want)
	}
	for i, line := range lines[1:] {
		one := &row{}
		if _, err := fmt.Sscan(strings.Join(line, " "), one.fields()...); err != nil {
			return fmt.Errorf("line %d: %w", i+2, err)
		}
		r.results[one.run] = &one.result
	}
	return nil
}

// add adds the result of a run.
func (r *record) add(of run, got *result) error {
	r.results[of] = got
	if r.file == nil {
		return nil
	}
	one := &row{of, *got}
	var line []string
	for _, field := range one.fields() {
		line = append(line, fmt.Sprint(reflect.ValueOf(field).Elem()))
	}
	return r.write(line)
}

func (r *record) write(line []string) error {
	w := csv.NewWriter(r.file)
	w.Write(line)
	w.Flush()
	return w.Error()
}

func (r *record) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
