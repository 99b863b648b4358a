package data

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

const weather = `sky,hour,wind,rain
sunny,10,0.5,0
cloudy,9,1.25,1.5
"rain, heavy",10,2e1,7
sunny,23,-3,0
`

// rowsOf returns all inputs of a dataset.
func rowsOf(d *Dataset) [][]float32 {
	rows := make([][]float32, d.Len())
	for i := range rows {
		rows[i] = d.Input(i)
	}
	return rows
}

func targetsOf(d *Dataset) []float32 {
	var targets []float32
	for i := range d.Len() {
		targets = append(targets, d.Target(i)...)
	}
	return targets
}

func mustRead(t *testing.T, table string, config TableConfig) (*Dataset, *Columns) {
	t.Helper()
	d, columns, err := ReadTable(strings.NewReader(table), config)
	require.NoError(t, err)
	require.Equal(t, []int{len(columns.InputNames())}, d.Shape())
	return d, columns
}

func TestReadTable(t *testing.T) {
	d, columns := mustRead(t, weather, TableConfig{Categorical: []string{"sky", "hour"}})
	// Text is sorted as text, numbers as numbers: 9 before 10.
	require.Equal(t, []string{
		"sky=cloudy", "sky=rain, heavy", "sky=sunny", "hour=9", "hour=10", "hour=23", "wind",
	}, columns.InputNames())
	require.Equal(t, [][]float32{
		{0, 0, 1, 0, 1, 0, 0.5},
		{1, 0, 0, 1, 0, 0, 1.25},
		{0, 1, 0, 0, 1, 0, 20},
		{0, 0, 1, 0, 0, 1, -3},
	}, rowsOf(d))
	require.Equal(t, []float32{0, 1.5, 7, 0}, targetsOf(d))
	require.Equal(t, Column{Name: "rain"}, columns.Target)
	require.Zero(t, d.Classes())
}

func TestReadTableColumns(t *testing.T) {
	// By name and by number, in the order asked for; other columns may hold
	// anything.
	d, columns := mustRead(t, weather, TableConfig{Inputs: []string{"wind", "2"}, Target: "4"})
	require.Equal(t, []string{"wind", "hour"}, columns.InputNames())
	require.Equal(t, []float32{1.25, 9}, d.Input(1))
	require.Equal(t, "rain", columns.Target.Name)

	d, columns = mustRead(t, weather, TableConfig{Exclude: []string{"sky"}, Target: "hour"})
	require.Equal(t, []string{"wind", "rain"}, columns.InputNames())
	require.Equal(t, []float32{10, 9, 10, 23}, targetsOf(d))

	// A name comes before a number.
	d, _ = mustRead(t, "2,x,1\n10,20,30\n", TableConfig{Inputs: []string{"1", "2"}, Target: "x"})
	require.Equal(t, []float32{30, 10}, d.Input(0))

	d, columns = mustRead(t, weather, TableConfig{Target: "sky", Classes: true})
	require.Equal(t, []string{"cloudy", "rain, heavy", "sunny"}, d.ClassNames())
	require.Equal(t, []int{2, 0, 1, 2}, d.Labels())
	require.Equal(t, d.ClassNames(), columns.Target.Levels)

	d, columns = mustRead(t, weather, TableConfig{NoTarget: true, Exclude: []string{"sky"}})
	require.Zero(t, d.Outputs()+d.Classes())
	require.Equal(t, []string{"hour", "wind", "rain"}, columns.InputNames())
	require.Empty(t, columns.Target)

	// Sodium is not missing.
	d, _ = mustRead(t, "element,y\nNa,2\nK,3\n", TableConfig{Categorical: []string{"element"}})
	require.Equal(t, []float32{0, 1}, d.Input(0))

	// A column without a name can be left out by its number.
	d, _ = mustRead(t, ",x,y\nrow 1,2,3\n", TableConfig{Exclude: []string{"1"}})
	require.Equal(t, []float32{2}, d.Input(0))
}

// The same table in all kinds of files.
func TestReadTableFormats(t *testing.T) {
	want, _ := mustRead(t, "a,b\n1,2\n3.5,-4e-3\n", TableConfig{})
	require.Equal(t, []float32{1, 3.5}, append(append([]float32{}, want.Input(0)...), want.Input(1)...))
	for name, c := range map[string]struct {
		table  string
		config TableConfig
	}{
		"no last end":     {"a,b\n1,2\n3.5,-4e-3", TableConfig{}},
		"dos":             {"a,b\r\n1,2\r\n3.5,-4e-3\r\n", TableConfig{}},
		"blanks":          {" a , b\n 1, 2 \n\n3.5 ,-4e-3\n\n", TableConfig{}},
		"quotes":          {"\"a\", \"b\"\n\"1\",2\n\"3.5\",\"-4e-3\"\n", TableConfig{}},
		"mark":            {"\ufeffa,b\n1,2\n3.5,-4e-3\n", TableConfig{}},
		"semicolon":       {"a;b\n1;2\n3.5;-4e-3\n", TableConfig{Delimiter: ';'}},
		"tab":             {"a\tb\n1\t2\n3.5\t-4e-3\n", TableConfig{Delimiter: '\t'}},
		"runs of blanks":  {"  a b\n\n 1 \t 2  \n3.5    -4e-3\n \n", TableConfig{Delimiter: ' '}},
		"without end":     {"a b\n1 2\n3.5 -4e-3", TableConfig{Delimiter: ' '}},
		"no header":       {"1,2\n3.5,-4e-3\n", TableConfig{NoHeader: true}},
		"no header, DOS":  {"1 2\r\n3.5 -4e-3\r\n", TableConfig{NoHeader: true, Delimiter: ' '}},
		"gzip":            {string(gzipped([]byte("a,b\n1,2\n3.5,-4e-3\n"))), TableConfig{}},
		"two gzip pieces": {string(gzipped([]byte("a,b\n1,"))) + string(gzipped([]byte("2\n3.5,-4e-3\n"))), TableConfig{}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{
				strings.NewReader(c.table), iotest.OneByteReader(strings.NewReader(c.table)),
				iotest.DataErrReader(strings.NewReader(c.table)),
			} {
				d, columns, err := ReadTable(r, c.config)
				require.NoError(t, err)
				require.Equal(t, want.Fingerprint(), d.Fingerprint())
				if c.config.NoHeader {
					require.Equal(t, &Columns{Inputs: []Column{{Name: "1"}}, Target: Column{Name: "2"}}, columns)
				} else {
					require.Equal(t, &Columns{Inputs: []Column{{Name: "a"}}, Target: Column{Name: "b"}}, columns)
				}
			}
		})
	}
}

// An empty value between two tabs is a missing one, not a narrower row.
func TestReadTableEmptyBetweenTabs(t *testing.T) {
	_, _, err := ReadTable(strings.NewReader("a\tb\tc\n1\t\t3\n"), TableConfig{Delimiter: '\t'})
	require.EqualError(t, err, `data: line 2: column "b": "" stands for a missing value`)
}

func TestReadTableRefuses(t *testing.T) {
	gz := gzipped([]byte("a,b\n" + strings.Repeat("1,2\n", 1000)))
	badSum := bytes.Clone(gz)
	badSum[len(badSum)-5] ^= 1
	for says, c := range map[string]struct {
		table  string
		config TableConfig
	}{
		"the table is empty":                                     {"", TableConfig{}},
		"the table is empty ":                                    {"\n\n", TableConfig{Delimiter: ' '}},
		"the table has no rows":                                  {"a,b\n", TableConfig{}},
		"line 3: 3 columns, want 2 as in the first line":         {"a,b\n1,2\n1,2,3\n", TableConfig{}},
		"line 4: 1 columns, want 2 as in the first line":         {"a,b\n1,2\n\n1\n", TableConfig{}},
		"line 2: 1 columns, want 2 as in the first line":         {"1 2\n1\n", TableConfig{NoHeader: true, Delimiter: ' '}},
		`line 2: column "a": "" stands for a missing value`:      {"a,b\n,2\n", TableConfig{}},
		`line 2: column "b": "?" stands for a missing value`:     {"a,b\n1,?\n", TableConfig{}},
		`line 2: column "b": "NA" stands for a missing value`:    {"a,b\n1,NA\n", TableConfig{Classes: true}},
		`line 3: column "a": "NaN" stands for a missing value`:   {"a,b\nx,1\nNaN,2\n", TableConfig{Categorical: []string{"a"}}},
		`line 2: column "a": "Inf" is not a number`:              {"a,b\nInf,2\n", TableConfig{}},
		`line 2: column "a": "0x10" is not a number`:             {"a,b\n0x10,2\n", TableConfig{}},
		`line 2: column "a": "1_0" is not a number`:              {"a,b\n1_0,2\n", TableConfig{}},
		`line 2: column "a": "1.2.3" is not a number`:            {"a,b\n1.2.3,2\n", TableConfig{}},
		`line 2: column "b": "sunny" is not a number`:            {"a,b\n1,sunny\n", TableConfig{}},
		`line 2: column "b": "-1e39" is outside of the range of`: {"a,b\n1,-1e39\n", TableConfig{}},
		`line 2: column "a": "\xff" is not UTF-8 text`:           {"a,b\n\xff,2\n", TableConfig{Categorical: []string{"a"}}},
		`the name "\xff" of column 2 is not UTF-8 text`:          {"a,\xff\n1,2\n", TableConfig{}},
		`columns 1 and 3 have the same name "a"`:                 {"a,b,a\n1,2,3\n", TableConfig{}},
		`column 2 has no name in the header: it can be in`:       {"a,,b\n1,2,3\n", TableConfig{}},
		`Target: the table has no column "c", it has ["a" "b"]`:  {"a,b\n1,2\n", TableConfig{Target: "c"}},
		`Inputs: the table has no column "0"`:                    {"a,b\n1,2\n", TableConfig{Inputs: []string{"0"}}},
		`Exclude: the table has no column "3"`:                   {"a,b\n1,2\n", TableConfig{Exclude: []string{"3"}}},
		`Categorical: the table has no column ""`:                {"a,b\n1,2\n", TableConfig{Categorical: []string{""}}},
		`Inputs: column "1" is there twice`:                      {"a,b\n1,2\n", TableConfig{Inputs: []string{"a", "1"}}},
		`Categorical: column "b" is not an input`:                {"a,b\n1,2\n", TableConfig{Categorical: []string{"b"}}},
		`input column "b" is the target or in Exclude`:           {"a,b\n1,2\n", TableConfig{Inputs: []string{"b"}}},
		`input column "a" is the target or in Exclude`:           {"a,b\n1,2\n", TableConfig{Inputs: []string{"a"}, Exclude: []string{"a"}}},
		"the target, column 2, is in Exclude":                    {"a,b\n1,2\n", TableConfig{Exclude: []string{"b"}}},
		"no column is left for the inputs":                       {"a\n1\n", TableConfig{}},
		`Target = "a" with NoTarget`:                             {"a,b\n1,2\n", TableConfig{Target: "a", NoTarget: true}},
		"Classes with NoTarget":                                  {"a,b\n1,2\n", TableConfig{Classes: true, NoTarget: true}},
		`the target, column "b", has the one class "x"`:          {"a,b\n1,x\n2,x\n", TableConfig{Classes: true}},
		"with Like, which has them":                              {"a,b\n1,2\n", TableConfig{Like: &Columns{}, Target: "a"}},
		"the columns have no inputs":                             {"a,b\n1,2\n", TableConfig{Like: &Columns{}}},
		`Delimiter = '"', want a character`:                      {"a,b\n1,2\n", TableConfig{Delimiter: '"'}},
		`bare " in non-quoted`:                                   {"a,b\n1,2\n3,4\"\n", TableConfig{}},
		"the file is cut off":                                    {string(gz[:len(gz)-9]), TableConfig{}},
		"the gzip header is cut off":                             {string(gz[:5]), TableConfig{}},
	} {
		t.Run(says, func(t *testing.T) {
			d, columns, err := ReadTable(strings.NewReader(c.table), c.config)
			require.ErrorContains(t, err, "data: ")
			require.ErrorContains(t, err, strings.TrimSpace(says))
			require.NotContains(t, err.Error()[5:], "data: ")
			require.Nil(t, d)
			require.Nil(t, columns)
		})
	}
	_, _, err := ReadTable(bytes.NewReader(badSum), TableConfig{})
	require.ErrorContains(t, err, "data: the gzip stream is damaged")
	broken := io.MultiReader(strings.NewReader(weather), iotest.ErrReader(os.ErrDeadlineExceeded))
	_, _, err = ReadTable(broken, TableConfig{Exclude: []string{"sky"}})
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

// The number of the line is that of the file, empty lines and lines within quotes
// included.
func TestReadTableLineNumbers(t *testing.T) {
	_, _, err := ReadTable(strings.NewReader("a,b\n\n\"x\ny\",1\n\nz,?\n"), TableConfig{Categorical: []string{"a"}})
	require.EqualError(t, err, `data: line 6: column "b": "?" stands for a missing value`)
	_, _, err = ReadTable(strings.NewReader("\na b\n\n1 2\n\n\n3 x"), TableConfig{Delimiter: ' '})
	require.EqualError(t, err, `data: line 7: column "b": "x" is not a number`)
}

func TestReadTableManyLevels(t *testing.T) {
	var b strings.Builder
	b.WriteString("name,y\n")
	for i := range maxLevels {
		fmt.Fprintf(&b, "n%d,%d\n", i, i)
	}
	d, columns := mustRead(t, b.String(), TableConfig{Categorical: []string{"name"}})
	require.Equal(t, maxLevels, d.Size())
	require.Equal(t, "n0", columns.Inputs[0].Levels[0])
	b.WriteString("one more,1\n")
	_, _, err := ReadTable(strings.NewReader(b.String()), TableConfig{Categorical: []string{"name"}})
	require.EqualError(t, err, `data: line 1002: column "name": more than 1000 levels, too many for a categorical input`)
	// Of classes there may be more.
	d, _ = mustRead(t, b.String(), TableConfig{Target: "name", Classes: true})
	require.Equal(t, maxLevels+1, d.Classes())
}

func TestReadTableFile(t *testing.T) {
	path := writeFile(t, "table.csv", []byte(weather))
	d, _, err := ReadTableFile(path, TableConfig{Exclude: []string{"sky"}})
	require.NoError(t, err)
	require.Equal(t, 4, d.Len())
	_, _, err = ReadTableFile(path, TableConfig{})
	require.EqualError(t, err, `data: `+path+`: line 2: column "sky": "sunny" is not a number`)
	_, _, err = ReadTableFile(path+".gone", TableConfig{})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "data: ")
}
