package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRowsGoThroughAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	rows := []row{
		{"concrete", "deep", 3, 5, 5, quality{4.5, 2.75, 2.875, 0.91}, 1.5, 2.5},
		{"concrete", "mile, trained only", 4, 5, 5, quality{5.5, 3.25, 3, 0.875}, math.Inf(1), 0},
	}
	require.NoError(t, appendRows(path, rows[:1]))
	require.NoError(t, appendRows(path, rows[1:]))
	require.NoError(t, appendRows("", rows))
	got, err := readRows([]string{path})
	require.NoError(t, err)
	assert.Equal(t, rows, got)

	require.NoError(t, os.WriteFile(path, []byte("table,rmse\nconcrete,1\n"), 0o600))
	_, err = readRows([]string{path})
	assert.ErrorContains(t, err, "columns")
	text := bytes.NewBuffer(nil)
	text.WriteString("table,method,split,members,models,rmse,nll,normal_nll,coverage_90,seconds,processor_seconds\na,b,0,1,1,x,1,1,1,1,1\n")
	require.NoError(t, os.WriteFile(path, text.Bytes(), 0o600))
	_, err = readRows([]string{path})
	assert.ErrorContains(t, err, "row 1: column rmse")
}

// Means of 1, 2 and 6: 3, with the standard deviation √7 and its √3-rd part as error.
func TestSummarize(t *testing.T) {
	var rows []row
	for k, x := range []float64{1, 2, 6} {
		rows = append(rows, row{table: "yacht", method: "deep", split: k, models: 5, quality: quality{x, x, x, x}, seconds: x, processor: math.NaN()})
	}
	rows = append(rows, row{table: "yacht", method: "other", models: 1, quality: quality{rmse: 0.25}})
	var b bytes.Buffer
	require.NoError(t, summarize(&b, rows))
	lines := strings.Split(b.String(), "\n")
	for i, want := range []string{
		2: "| yacht | deep | 3 | 5 | 3.0000 ± 1.5275 | 3.000 ± 1.528 | 3.000 ± 1.528 | 3.000 ± 1.528 | 3 | – |",
		3: "| yacht | other | 1 | 1 | 0.2500 | 0.000 | 0.000 | 0.000 | 0 | 0 |",
	} {
		assert.True(t, want == "" || want == strings.Join(strings.Fields(lines[i]), " "), "%s", lines[i])
	}
	require.Len(t, lines, 5)
}
