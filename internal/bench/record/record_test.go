package record

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type row struct {
	count int
	share float64
	last  bool
}

func (r *row) fields() []any { return []any{&r.count, &r.share, &r.last} }

func open(name string) (f *File, rows []row, err error) {
	f, err = Open(name, []string{"count", "a share", "last"}, func() ([]any, func()) {
		r := &row{}
		return r.fields(), func() { rows = append(rows, *r) }
	})
	return f, rows, err
}

// A file that is opened again has all rows, to the bit.
func TestFileGoesOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.csv")
	var want []row
	for k := range 3 {
		f, rows, err := open(name)
		require.NoError(t, err)
		assert.Equal(t, want, rows)
		r := row{k, 1 / float64(k+3), k == 1}
		require.NoError(t, f.Add(r.fields()...))
		require.NoError(t, f.Close())
		want = append(want, r)
	}
}

func TestFileIsRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.csv")
	for text, fault := range map[string]string{
		"count\n":                      "the header",
		"count,a share,last\n1,x,true": "line 2",
		"count,a share,last\n1,2\n":    "wrong number of fields",
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
		_, _, err := open(name)
		assert.ErrorContains(t, err, fault)
	}
}

func TestNoFile(t *testing.T) {
	f, _, err := open("")
	require.NoError(t, err)
	require.NoError(t, f.Add())
	require.NoError(t, f.Close())
}
