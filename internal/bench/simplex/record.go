package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
)

// A record is a CSV file of stages, to which each is added when it is there, so that
// runs can be made one at a time and drawn together.
type record struct {
	file   *os.File // nil: there is none
	stages []stage
}

var header = []string{
	"seed", "width", "images", "epochs", "lambda", "connectors", "parameters", "log10 V", "log10 V(K)", "loss in the simplexes",
	"test accuracy", "of members", "highest loss by connector 1", "straight", "at the modes",
}

// fields returns pointers to what header names.
func (s *stage) fields() []any {
	return []any{
		&s.seed, &s.width, &s.images, &s.epochs, &s.lambda, &s.connectors, &s.params, &s.volume, &s.random, &s.loss,
		&s.accuracy, &s.alone, &s.highest, &s.straight, &s.modesLoss,
	}
}

// openRecord opens a record and reads what it has. An empty name is no file.
func openRecord(name string) (*record, error) {
	r := &record{}
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
		var s stage
		if _, err := fmt.Sscan(strings.Join(line, " "), s.fields()...); err != nil {
			return fmt.Errorf("line %d: %w", i+2, err)
		}
		r.stages = append(r.stages, s)
	}
	return nil
}

// has tells whether there is a stage with so many connectors that began like start.
func (r *record) has(start stage, connectors int) bool {
	return slices.ContainsFunc(r.stages, func(s stage) bool {
		return s.connectors == connectors && s.seed == start.seed && s.width == start.width && s.images == start.images &&
			s.epochs == start.epochs && s.lambda == start.lambda
	})
}

// add adds a stage.
func (r *record) add(s stage) error {
	r.stages = append(r.stages, s)
	if r.file == nil {
		return nil
	}
	var line []string
	for _, field := range s.fields() {
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
