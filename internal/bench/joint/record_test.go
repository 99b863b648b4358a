package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecordGoesOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.csv")
	want := map[run]*result{}
	for trial := range 3 { // opened anew each time
		of := run{shape{16, 64, 0.95}, trial, 30, training, trial == 1}
		got := &result{epoch: 7 + trial, seconds: 1.5}
		for i, number := range got.numbers() {
			*number = 1 / float64(i+trial+1)
		}
		r, err := openRecord(name)
		require.NoError(t, err)
		assert.Equal(t, want, r.results)
		require.NoError(t, r.add(of, got))
		require.NoError(t, r.Close())
		want[of] = got
	}
}

func TestHeaderNamesAllFields(t *testing.T) {
	assert.Len(t, (&row{}).fields(), len(header))
}
