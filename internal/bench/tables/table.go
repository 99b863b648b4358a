package main

import (
	"fmt"
	"path/filepath"

	"github.com/trajens/trajens/data"
)

// A table is one of the UCI repository.
type table struct {
	name   string
	file   string
	config data.TableConfig
	hidden []int // widths of the hidden layers in the benchmarks that others made of it
}

var blanks = data.TableConfig{NoHeader: true, Delimiter: ' '}

// tables are those of two benchmarks: of arXiv 2605.14146 (bde), and of arXiv 1502.05336 and
// 1612.01474, with one hidden layer.
var tables = []table{
	{name: "airfoil", file: "airfoil.csv", hidden: []int{16, 16, 16, 16}},
	{name: "bike", file: "bike-sharing-hour.csv.gz", hidden: []int{16, 16, 16, 16}, config: data.TableConfig{
		Exclude: []string{"instant", "dteday", "casual", "registered"},
	}},
	{name: "concrete", file: "concrete.txt", config: blanks, hidden: []int{50}},
	{name: "energy", file: "energy.txt", config: blanks, hidden: []int{50}},
	{name: "yacht", file: "yacht.txt", config: blanks, hidden: []int{50}},
	{name: "protein", file: "protein.txt.gz", config: blanks, hidden: []int{100}},
}

func tableOf(name string) (table, error) {
	for _, t := range tables {
		if t.name == name {
			return t, nil
		}
	}
	return table{}, fmt.Errorf("-table %q: want some of %s", name, names(tables, func(t table) string { return t.name }))
}

// read reads the table from a folder.
func (t table) read(dir string) (*data.Dataset, error) {
	d, _, err := data.ReadTableFile(filepath.Join(dir, t.file), t.config)
	return d, err
}
