package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
)

// A row is one ensemble, judged.
type row struct {
	table, method   string
	split           int
	members, models int
	quality
	seconds, processor float64 // for making and judging it: on the clock, and of all processors
}

// columns are those of the CSV files.
var columns = []string{"table", "method", "split", "members", "models", "rmse", "nll", "normal_nll", "coverage_90", "seconds", "processor_seconds"}

// String returns the row in words.
func (r row) String() string {
	return fmt.Sprintf("%s, %s, split %d: %d models, RMSE %.4f, NLL %.4f (normal %.4f), coverage %.3f, %.1f s, processors %.1f s",
		r.table, r.method, r.split, r.models, r.rmse, r.nll, r.normalNLL, r.coverage, r.seconds, r.processor)
}

// record returns the row as one of a CSV file.
func (r row) record() []string {
	record := []string{r.table, r.method, strconv.Itoa(r.split), strconv.Itoa(r.members), strconv.Itoa(r.models)}
	for _, x := range []float64{r.rmse, r.nll, r.normalNLL, r.coverage, r.seconds, r.processor} {
		record = append(record, strconv.FormatFloat(x, 'g', 7, 64))
	}
	return record
}

// parseRow is the inverse of record.
func parseRow(record []string) (r row, err error) {
	r.table, r.method = record[0], record[1]
	for i, dst := range []*int{&r.split, &r.members, &r.models} {
		if *dst, err = strconv.Atoi(record[2+i]); err != nil {
			return r, fmt.Errorf("column %s: %w", columns[2+i], err)
		}
	}
	for i, dst := range []*float64{&r.rmse, &r.nll, &r.normalNLL, &r.coverage, &r.seconds, &r.processor} {
		if *dst, err = strconv.ParseFloat(record[5+i], 64); err != nil {
			return r, fmt.Errorf("column %s: %w", columns[5+i], err)
		}
	}
	return r, nil
}

// appendRows appends rows to a CSV file, which is begun if there is none. "" is none.
func appendRows(path string, rows []row) error {
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		w.Write(columns)
	}
	for _, r := range rows {
		w.Write(r.record())
	}
	w.Flush()
	return errors.Join(w.Error(), file.Close())
}

// readRows reads the rows of CSV files.
func readRows(paths []string) (rows []row, err error) {
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		records, err := csv.NewReader(file).ReadAll()
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(records) == 0 || !slices.Equal(records[0], columns) {
			return nil, fmt.Errorf("%s: the columns are not those of this program", path)
		}
		for i, record := range records[1:] {
			r, err := parseRow(record)
			if err != nil {
				return nil, fmt.Errorf("%s: row %d: %w", path, i+1, err)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}
