package data

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uci returns the path of a file of the UCI repository.
func uci(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("TRAJENS_UCI")
	if dir == "" {
		t.Skip("set TRAJENS_UCI to a folder with tables of archive.ics.uci.edu: airfoil.csv, concrete.txt, " +
			"energy.txt, yacht.txt, protein.txt.gz and bike-sharing-hour.csv.gz")
	}
	path := filepath.Join(dir, name)
	require.FileExists(t, path, "TRAJENS_UCI")
	return path
}

func TestUCI(t *testing.T) {
	blanks := TableConfig{NoHeader: true, Delimiter: ' '}
	for _, c := range []struct {
		file         string
		config       TableConfig
		rows, inputs int
		mean, scale  float64 // of the target, by NumPy
	}{
		{"airfoil.csv", TableConfig{}, 1503, 5, 124.83594278, 6.89636128},
		{"concrete.txt", blanks, 1030, 8, 35.81783583, 16.69756765},
		{"energy.txt", blanks, 768, 8, 22.30719531, 10.08363269},
		{"yacht.txt", blanks, 308, 6, 10.49535714, 15.13585891},
		{"protein.txt.gz", blanks, 45730, 9, 7.74852843, 6.11824478},
		{"bike-sharing-hour.csv.gz", TableConfig{
			Exclude: []string{"instant", "dteday", "casual", "registered"},
		}, 17379, 12, 189.46308763, 181.38238043},
	} {
		t.Run(c.file, func(t *testing.T) {
			d, columns, err := ReadTableFile(uci(t, c.file), c.config)
			require.NoError(t, err)
			require.Equal(t, c.rows, d.Len())
			require.Equal(t, []int{c.inputs}, d.Shape())
			require.Len(t, columns.Inputs, c.inputs)
			s, err := NewStandardizer(d)
			require.NoError(t, err)
			assert.InEpsilon(t, c.mean, s.TargetMean[0], 1e-6)
			assert.InEpsilon(t, c.scale, s.TargetScale[0], 1e-6)
		})
	}
	d, columns, err := ReadTableFile(uci(t, "bike-sharing-hour.csv.gz"), TableConfig{
		Inputs: []string{"season", "hr", "temp"}, Categorical: []string{"season", "hr"}, Target: "cnt",
	})
	require.NoError(t, err)
	require.Equal(t, 4+24+1, d.Size())
	require.Equal(t, "hr=23", columns.InputNames()[27])
	// The first hour of 2011: winter, midnight.
	require.Equal(t, []float32{1, 0, 0, 0, 1}, d.Input(0)[:5])
	require.Equal(t, float32(0.24), d.Input(0)[28])
	require.Equal(t, float32(16), d.Target(0)[0])
}
