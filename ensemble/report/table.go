package report

// A Headline is a number that stands alone in large type.
type Headline struct {
	Name  string // what it is, such as "Test accuracy"
	Value Value
	Note  string // unit or context, may be ""
}

// A Setting is a name with a value.
type Setting struct {
	Name, Value string
}

// A Table is values by row and column.
type Table struct {
	Title, Caption string
	// Corner is above the names of the rows, may be "".
	Corner string
	// Columns has the name of each column of values.
	Columns []string
	Rows    []Row
}

// A Row is a row of a table.
type Row struct {
	Name   string
	Values []Value // one for each column
}
