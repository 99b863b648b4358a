package trace

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestRead(t *testing.T) {
	table, err := Read(strings.NewReader("step,a,b\n3,1.5,NaN\n7,-Inf,2e-300\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, table.Names)
	require.Equal(t, []int{3, 7}, table.Steps)
	require.Equal(t, 1.5, table.Row(0)[0])
	require.True(t, math.IsNaN(table.Row(0)[1]))
	require.Equal(t, []float64{math.Inf(-1), 2e-300}, table.Row(1))
}

// TestReadIncomplete cuts a trace after each byte: the rows before the cut are
// read, and there is a note unless the cut is at a line end.
func TestReadIncomplete(t *testing.T) {
	const text = "step,a,b\n3,1.5,2\n7,10,20\n"
	for cut := range len(text) + 1 {
		table, err := Read(strings.NewReader(text[:cut]))
		lines := strings.Count(text[:cut], "\n")
		require.NotNil(t, table)
		require.Equal(t, max(0, lines-1), table.Len(), "after %d bytes", cut)
		if cut > 0 && text[cut-1] == '\n' {
			require.NoError(t, err)
			continue
		}
		var incomplete *IncompleteError
		require.ErrorAs(t, err, &incomplete)
		require.Equal(t, IncompleteError{Line: lines + 1, Bytes: cut - 1 - strings.LastIndex(text[:cut], "\n")}, *incomplete)
		require.ErrorContains(t, err, "trace: line ")
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		text, message string
	}{
		{"a,b\n", `line 1: the first column is "a"`},
		{"\n", "line 1: "},
		{"step,a,a\n", `line 1: column 3: two columns have the name "a"`},
		{"step,a,\n", "line 1: column 3"},
		{"step,a\n1,2\n\n", "line 3: 1 fields, want 2"},
		{"step,a\n1,2,3\n", "line 2: 3 fields"},
		{"step,a\n1,2\nx,3\n", `line 3: step "x"`},
		{"step,a\n0,2\n", `line 2: step "0"`},
		{"step,a\n5,2\n5,2\n", "line 3: step 5 after step 5"},
		{"step,a\n5,2\n4,2\n6", "line 3: step 4 after step 5"},
		{"step,a\n5,two\n", `line 2: a = "two", want a number`},
		{"step,a\n5,1e999\n", `line 2: a = "1e999"`},
		{"step,a\n5,\n", `line 2: a = ""`},
		{"step,a\n5, 1\n", `line 2: a = " 1"`},
		{"step,a\n5,1\n\x00\x00\x00\n", "line 3"},
		{"step,a\r\n5,1\r\n", "line 1"},
	} {
		table, err := Read(strings.NewReader(c.text))
		require.Nil(t, table, "%q", c.text)
		var format *FormatError
		require.ErrorAs(t, err, &format, "%q", c.text)
		require.ErrorContains(t, err, c.message)
	}
	_, err := Read(io.MultiReader(strings.NewReader("step,a\n1,"), iotest.ErrReader(io.ErrClosedPipe)))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

// A line may be longer than the reader's buffer.
func TestReadLongLine(t *testing.T) {
	name := strings.Repeat("x", 1<<17)
	table, err := Read(strings.NewReader("step," + name + "\n1,2\n"))
	require.NoError(t, err)
	require.Equal(t, []string{name}, table.Names)
}

// FuzzRead checks that what is read is sound, and stays what it is when it is
// written anew.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "step,a,b\n3,1.5,NaN\n7,-Inf,2e-300\n", "step\n1\n2\n3", "step,a\n5,0x1p-2\n6,1", "step,a\n1,2,3\n", "step,,\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := Read(bytes.NewReader(text))
		var incomplete *IncompleteError
		var format *FormatError
		switch {
		case errors.As(err, &format):
			if table != nil || format.Line < 1 || format.Line > bytes.Count(text, []byte("\n")) {
				t.Fatalf("%v, table %v", err, table)
			}
			return
		case errors.As(err, &incomplete):
			if incomplete.Line != bytes.Count(text, []byte("\n"))+1 || incomplete.Bytes > len(text) {
				t.Fatal(err)
			}
			if incomplete.Line == 1 {
				return
			}
		case err != nil:
			t.Fatal(err)
		}
		if len(table.Values) != table.Len()*len(table.Names) || cap(table.Values) > 2*len(text)+64 {
			t.Fatalf("%d values of capacity %d for %d rows, from %d bytes", len(table.Values), cap(table.Values), table.Len(), len(text))
		}
		var again bytes.Buffer
		columns := make([]Column, len(table.Names))
		for i := range columns {
			columns[i].Name = table.Names[i]
		}
		again.WriteString(header(columns))
		for i := range table.Len() {
			again.WriteString(strconv.Itoa(table.Steps[i]))
			for _, x := range table.Row(i) {
				again.WriteString("," + strconv.FormatFloat(x, 'g', -1, 64))
			}
			again.WriteByte('\n')
		}
		second, err := Read(&again)
		if err != nil {
			t.Fatal(err)
		}
		if second.Len() != table.Len() {
			t.Fatalf("%d rows, want %d", second.Len(), table.Len())
		}
		for i, x := range table.Values {
			if y := second.Values[i]; x != y && !(x != x && y != y) {
				t.Fatalf("value %d: %v, want %v", i, y, x)
			}
		}
	})
}
