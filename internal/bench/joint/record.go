package main

import "github.com/trajens/trajens/internal/bench/record"

// A runRecord is what runs gave, and the file that keeps it.
type runRecord struct {
	*record.File
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
func openRecord(name string) (*runRecord, error) {
	r := &runRecord{results: map[run]*result{}}
	var err error
	r.File, err = record.Open(name, header, func() ([]any, func()) {
		one := &row{}
		return one.fields(), func() { r.results[one.run] = &one.result }
	})
	return r, err
}

// add adds the result of a run.
func (r *runRecord) add(of run, got *result) error {
	r.results[of] = got
	return r.Add((&row{of, *got}).fields()...)
}
