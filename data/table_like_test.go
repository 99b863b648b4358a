package data

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Another table is read into the same inputs, although it lacks some levels and
// has its columns in another order.
func TestReadTableLike(t *testing.T) {
	_, first := mustRead(t, weather, TableConfig{Categorical: []string{"sky"}, Target: "hour", Classes: true})
	text, err := json.Marshal(first)
	require.NoError(t, err)
	columns := new(Columns)
	require.NoError(t, json.Unmarshal(text, columns))
	require.Equal(t, first, columns)

	d, again := mustRead(t, "hour,rain,sky,wind,place\n23,1,sunny,2,here\n", TableConfig{Like: columns})
	require.Equal(t, columns, again)
	require.Equal(t, []float32{0, 0, 1, 2, 1}, d.Input(0))
	require.Equal(t, 2, d.Label(0))
	require.Equal(t, []string{"9", "10", "23"}, d.ClassNames())

	d, again = mustRead(t, "rain,sky,wind\n1,cloudy,2\n", TableConfig{Like: columns, NoTarget: true})
	require.Equal(t, columns, again)
	require.Equal(t, []float32{1, 0, 0, 2, 1}, d.Input(0))
	require.Zero(t, d.Classes())

	for says, table := range map[string]string{
		`data: Like: the table has no column "hour"`:                           "rain,sky,wind\n1,cloudy,2\n",
		`data: Like: the table has no column "sky"`:                            "hour,rain,wind\n9,1,2\n",
		`data: line 3: column "sky": "foggy" is none of the known values`:      "hour,rain,sky,wind\n9,1,sunny,2\n9,1,foggy,2\n",
		`data: line 2: column "hour": "11" is none of the known values ["9" "`: "hour,rain,sky,wind\n11,1,sunny,2\n",
	} {
		_, _, err := ReadTable(strings.NewReader(table), TableConfig{Like: columns})
		require.ErrorContains(t, err, says)
	}
	// Not by numbers, which are other columns in another table.
	_, _, err = ReadTable(strings.NewReader("a,b\n1,2\n"), TableConfig{Like: &Columns{Inputs: []Column{{Name: "1"}}}})
	require.EqualError(t, err, `data: Like: the table has no column "1", it has ["a" "b"]`)
	// The order of levels is the one of Like, also if it is not sorted.
	d, _ = mustRead(t, "a,b\nx,1\n", TableConfig{Like: &Columns{
		Inputs: []Column{{Name: "a", Levels: []string{"y", "x"}}}, Target: Column{Name: "b"},
	}})
	require.Equal(t, []float32{0, 1}, d.Input(0))
	// What a file may claim.
	for says, wrong := range map[string]*Columns{
		"has the level":         {Inputs: []Column{{Name: "a", Levels: []string{"x", "x"}}}},
		"a missing value":       {Inputs: []Column{{Name: "a", Levels: []string{"x", "?"}}}},
		"empty list of levels":  {Inputs: []Column{{Name: "a", Levels: []string{}}}},
		"has no name":           {Inputs: []Column{{}}},
		`have "a" twice`:        {Inputs: []Column{{Name: "a"}}, Target: Column{Name: "a"}},
		`has the one class "x"`: {Inputs: []Column{{Name: "a"}}, Target: Column{Name: "b", Levels: []string{"x"}}},
	} {
		_, _, err := ReadTable(strings.NewReader("a,b\n1,x\n"), TableConfig{Like: wrong})
		require.ErrorContains(t, err, says)
	}
}

// What was read is finite, and reading it again as its columns say gives the
// same.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte(weather), ',', false, true, true)
	f.Add([]byte("1 2 3\n4 5 6\n"), ' ', true, false, false)
	f.Add(gzipped([]byte("a;b\n1;2\n")), ';', false, false, false)
	f.Add([]byte("a,b\n\"1\n\",2\n\"3\",x\n"), ',', false, true, true)
	f.Add([]byte("1\t\t2"), '\t', true, true, false)
	f.Fuzz(func(t *testing.T, table []byte, delimiter rune, noHeader, categorical, classes bool) {
		config := TableConfig{Delimiter: delimiter, NoHeader: noHeader, Classes: classes}
		if categorical {
			config.Categorical = []string{"1"}
		}
		d, columns, err := ReadTable(bytes.NewReader(table), config)
		if err != nil {
			if d != nil || columns != nil {
				t.Fatal("a table with an error")
			}
			return
		}
		text, err := json.Marshal(columns)
		if err != nil {
			t.Fatal(err)
		}
		like := new(Columns)
		if err := json.Unmarshal(text, like); err != nil {
			t.Fatal(err)
		}
		again, _, err := ReadTable(bytes.NewReader(table), TableConfig{Delimiter: delimiter, NoHeader: noHeader, Like: like})
		if err != nil {
			t.Fatal(err)
		}
		if d.Fingerprint() != again.Fingerprint() {
			t.Fatal("read again, the table differs")
		}
	})
}
