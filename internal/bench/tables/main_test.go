package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeTable writes a table of the shape of yacht: targets are the sum of the first two
// inputs, with noise of the standard deviation 0.1.
func writeTable(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	rng := rand.New(rand.NewPCG(1, 0))
	var b bytes.Buffer
	for range 300 {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		fmt.Fprintf(&b, "%f %f %f 0 0 0  %f\n", x, y, rng.NormFloat64(), x+y+0.1*rng.NormFloat64())
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "yacht.txt"), b.Bytes(), 0o600))
	return dir
}

// Both ways to an ensemble learn a line, and what they say of its noise is right.
func TestEnsemblesLearn(t *testing.T) {
	dir := writeTable(t)
	path := filepath.Join(dir, "rows.csv")
	args := []string{"-data", dir, "-table", "yacht", "-splits", "2", "-csv", path, "-members", "2"}
	for _, more := range [][]string{
		{"-plan", "published", "-epochs", "200", "-cosine", "-held", "0.1"},
		{"-plan", "mile", "-epochs", "30", "-tuning", "200", "-draws", "20", "-thin", "5"},
	} {
		var out bytes.Buffer
		require.NoError(t, run(context.Background(), append(args, more...), &out, io.Discard))
		assert.Contains(t, out.String(), "| yacht |")
	}
	rows, err := readRows([]string{path})
	require.NoError(t, err)
	require.Len(t, rows, 2+2*2)
	for _, r := range rows {
		if strings.Contains(r.method, "trained") {
			continue
		}
		assert.Less(t, r.rmse, 0.16, "%v", r)
		assert.Less(t, r.nll, -0.3, "%v", r) // −0.88 with the true mean and scale
		assert.Greater(t, r.seconds, 0.0)
	}
	assert.Equal(t, 40, rows[2].models)
}

func TestEnsemblesAreTheSameAgain(t *testing.T) {
	dir := writeTable(t)
	of := func() quality {
		path := filepath.Join(t.TempDir(), "rows.csv")
		args := []string{"-data", dir, "-table", "yacht", "-splits", "1", "-first", "7", "-csv", path, "-plan", "mile", "-members", "2", "-epochs", "3", "-tuning", "20", "-draws", "2"}
		require.NoError(t, run(context.Background(), args, io.Discard, io.Discard))
		rows, err := readRows([]string{path})
		require.NoError(t, err)
		return rows[0].quality
	}
	assert.Equal(t, of(), of())
}

func TestFlags(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"-table houses", `-table "houses"`},
		{"-plan other", `-plan "other"`},
		{"-splits 0", "-splits 0"},
		{"-test 1", "-test 1"},
		{"-validate NaN", "-validate NaN"},
		{"-first -1", "-first -1"},
		{"-members -1", "-members"},
		{"-rate x", "-rate"},
		{"-loss CrossEntropy", "scales"},
		{"left over", "left"},
	} {
		_, err := parse(append([]string{"-data", "x"}, strings.Fields(c.args)...), io.Discard)
		assert.ErrorContains(t, err, c.says)
	}
	t.Setenv("TRAJENS_UCI", "")
	_, err := parse(nil, io.Discard)
	assert.ErrorContains(t, err, "TRAJENS_UCI")
	for _, tableOf := range tables {
		for _, kind := range planKinds {
			o, err := parse([]string{"-data", "x", "-table", tableOf.name, "-plan", kind.name, "-members", "3"}, io.Discard)
			require.NoError(t, err)
			p, err := o.planFor(kind.name, tableOf)
			require.NoError(t, err)
			assert.Equal(t, 3, p.members)
			assert.Equal(t, tableOf.hidden, p.hidden)
		}
	}
}

// The tables have the inputs and rows that the benchmarks say.
func TestTables(t *testing.T) {
	dir := os.Getenv("TRAJENS_UCI")
	if dir == "" {
		t.Skip("set TRAJENS_UCI to a folder with tables of archive.ics.uci.edu: " + names(tables, func(t table) string { return t.file }))
	}
	want := map[string][2]int{"airfoil": {1503, 5}, "bike": {17379, 12}, "concrete": {1030, 8}, "energy": {768, 8}, "yacht": {308, 6}, "protein": {45730, 9}}
	for _, table := range tables {
		d, err := table.read(dir)
		require.NoError(t, err)
		assert.Equal(t, want[table.name], [2]int{d.Len(), d.Size()}, table.name)
	}
}
