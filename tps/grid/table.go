package grid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A Table has a row for each of several runs, and a column for whatever one of them has:
// id, state, the keys of configurations, and those of results with "result." before
// them. A result that is one value is the column result.
type Table struct {
	Columns []string
	// Rows have nil, bool, int64, float64 or string for each of the columns. Lists are JSON.
	Rows [][]any
}

// NewTable makes a table.
func NewTable(infos []Info) (Table, error) {
	columns := []string{"id", "state"}
	places := map[string]int{"id": 0, "state": 1}
	cells := make([][]cell, len(infos))
	// All keys of configurations come before those of results.
	for pass := range 2 {
		for k, info := range infos {
			text, prefix := info.Config, ""
			if pass == 1 {
				text, prefix = info.Result, "result"
			}
			if len(text) == 0 {
				continue
			}
			err := flatten(text, prefix, func(key string, value any) {
				if key == "id" || key == "state" { // of a configuration
					key = "config." + key
				}
				place, known := places[key]
				if !known {
					place = len(columns)
					places[key] = place
					columns = append(columns, key)
				}
				cells[k] = append(cells[k], cell{place, value})
			})
			if err != nil {
				return Table{}, fmt.Errorf("grid: the run %s: %w", info.ID, err)
			}
		}
	}
	t := Table{columns, make([][]any, len(infos))}
	for k, info := range infos {
		row := make([]any, len(columns))
		row[0], row[1] = info.ID, string(info.State)
		for _, c := range cells[k] {
			row[c.place] = c.value
		}
		t.Rows[k] = row
	}
	return t, nil
}

type cell struct {
	place int
	value any
}

// flatten calls add for each value in JSON that is no object, with its dotted key.
func flatten(text []byte, key string, add func(key string, value any)) error {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return fmt.Errorf("a value is empty")
	}
	switch text[0] {
	case '[':
		add(key, string(text))
		return nil
	case '{':
		decoder := json.NewDecoder(bytes.NewReader(text))
		if _, err := decoder.Token(); err != nil {
			return err
		}
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			var value json.RawMessage
			if err := decoder.Decode(&value); err != nil {
				return err
			}
			if err := flatten(value, strings.TrimPrefix(key+"."+name.(string), "."), add); err != nil {
				return err
			}
		}
		return nil
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	if number, ok := value.(json.Number); ok {
		if whole, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
			value = whole
		} else if value, err = number.Float64(); err != nil {
			value = number.String()
		}
	}
	add(key, value)
	return nil
}
