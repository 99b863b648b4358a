package data

import (
	"fmt"
	"io"
	"os"
)

// TableConfig says how a table is written and what its columns are for. The zero
// value is for a file with commas and a header, whose columns are all numbers,
// the last one being the target of a regression.
//
// A column is known by its name in the header or, unless a column has that
// name, by its number from the left in decimal, the first being "1". Without
// a header the numbers are the names.
type TableConfig struct {
	// NoHeader says that the first line has data, not names.
	NoHeader bool

	// Delimiter stands between columns. 0: a comma. A blank, ' ', stands for any
	// run of blanks and tabs, also at the ends of a line; quotes have no meaning
	// then.
	Delimiter rune

	// Inputs are the columns that make the inputs, in this order. None: all but
	// the target and those of Exclude, in the order of the file.
	Inputs []string

	// Exclude are columns that are not inputs. Nothing may be in both lists.
	Exclude []string

	// Target is the column to predict. "": the last one.
	Target string

	// NoTarget says that no column is to be predicted: the dataset has inputs
	// alone.
	NoTarget bool

	// Classes says that the target is a class, whatever its values look like, and
	// not a number.
	Classes bool

	// Categorical are the inputs whose values are names of levels. Each level gets
	// an input number of its own, which is 1 in the rows with this level and else
	// 0 (one-hot).
	Categorical []string

	// Like, unless nil, are the columns of a table that was read before: inputs,
	// target, levels and classes are the same, and a level or class that Like does
	// not have is an error. Columns are found by their names alone, in whatever
	// order. Inputs, Exclude, Target, Classes and Categorical must be empty then.
	// With NoTarget the target may be missing. The Columns that ReadTable returns
	// are equal to Like.
	Like *Columns
}

// Columns say where the numbers of a dataset come from that was read from a
// table. They can be kept as JSON.
type Columns struct {
	Inputs []Column `json:"inputs"` // in the order of the input numbers
	Target Column   `json:"target"` // without a name if there is no target
}

// A Column is a column of a table.
type Column struct {
	Name string `json:"name"`

	// Levels are the values of a categorical input, or the names of the classes of
	// a target, in the order of input numbers or labels: sorted, as numbers if all
	// of them are numbers and else as text. nil: the values are numbers.
	Levels []string `json:"levels,omitempty"`
}

// InputNames returns a name for each input number: that of the column, with
// "=" and the level if the column is categorical.
func (c *Columns) InputNames() []string {
	var names []string
	for _, column := range c.Inputs {
		if column.Levels == nil {
			names = append(names, column.Name)
		}
		for _, level := range column.Levels {
			names = append(names, column.Name+"="+level)
		}
	}
	return names
}

// ReadTable reads a table in CSV format (RFC 4180) or with blanks between its
// columns, plain or gzipped (recognized by its first two bytes), to the end of r.
// It returns the rows as samples of shape [input numbers], and what the columns
// are. Targets are real, one a sample, or with Classes labels, whose names the
// dataset has.
//
// Blanks around a value do not count, and empty lines are skipped. Numbers are
// decimal and are rounded to float32. These are errors, with line and column: rows
// of unequal length; a missing value (empty, ?, NA, NaN or nan) in a column that
// is used; what is not a number where one must be, or one too large for a float32;
// names or levels that are not UTF-8. So are a column of the configuration that
// the table does not have, two columns of the same name, a categorical input of
// more than 1,000 levels, a table without rows, and damage to the gzip stream.
//
// Memory in use stays in proportion to what r delivers, but for levels: the
// error says if the machine does not have the memory for their input numbers.
func ReadTable(r io.Reader, config TableConfig) (*Dataset, *Columns, error) {
	d, columns, err := readTable(r, config)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	return d, columns, nil
}

// ReadTableFile reads the file at path like ReadTable. Errors name the file.
func ReadTableFile(path string, config TableConfig) (*Dataset, *Columns, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	defer file.Close()
	d, columns, err := readTable(file, config)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %s: %w", path, err)
	}
	return d, columns, nil
}
