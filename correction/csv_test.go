package correction

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCSVRoundTrip(t *testing.T) {
	for name, d := range distributions(t) {
		t.Run(name, func(t *testing.T) {
			var content bytes.Buffer
			require.NoError(t, d.WriteCSV(&content))
			got, err := ReadCSV(iotest.OneByteReader(bytes.NewReader(content.Bytes())))
			require.NoError(t, err)
			assert.Equal(t, d.Sigma(), got.Sigma())
			assert.Equal(t, d.Method(), got.Method())
			assert.Equal(t, d.Atoms(), got.Atoms())
			assert.Equal(t, d.Weights(), got.Weights())
			assert.Equal(t, d.alias, got.alias)
		})
	}
}

// Every table that is cut, or has one byte changed or added, is refused.
func TestCSVDamage(t *testing.T) {
	content := solve(t, Config{Sigma: 1.3}).encode()
	for n := range content {
		_, err := decode(content[:n])
		require.Error(t, err, "cut at %d", n)
		damaged := bytes.Clone(content)
		damaged[n] ^= 1
		_, err = decode(damaged)
		require.Error(t, err, "changed at %d", n)
	}
	_, err := decode(append(bytes.Clone(content), '\n'))
	require.Error(t, err)
	_, err = decode(append(bytes.Clone(content), content...))
	require.Error(t, err)
}

func seal(body string) []byte {
	return fmt.Appendf(nil, "%ssha256,%x\n", body, sha256.Sum256([]byte(body)))
}

// Tables with a right checksum and wrong content.
func TestCSVContent(t *testing.T) {
	const head = "trajens-correction,1\nsigma,1\nmethod,custom\natom,weight\n"
	d, err := decode(seal(head + "-1,0.5\n1,0.5\n"))
	require.NoError(t, err)
	assert.Equal(t, []float64{-1, 1}, d.Atoms())
	for _, test := range []struct{ body, want string }{
		{"", `the table starts with "sha256,`},
		{"trajens-correction,0\nsigma,1\nmethod,custom\natom,weight\n0,1\n", `the table starts with "trajens-correction,0", want "trajens-correction,1"`},
		{"another file\n", `the table starts with "another file", want`},
		{"trajens-correction,1\nsigma,1\n", "line 4"},
		{head, "line 4"},
		{strings.Replace(head, "atom", "atoms", 1) + "0,1\n", "line 4"},
		{strings.Replace(head, "sigma,1", "sigma,one", 1) + "0,1\n", `line 2 of the table: "one" is not a number`},
		{strings.Replace(head, "sigma,1", "sigma,NaN", 1) + "0,1\n", "sigma = NaN"},
		{strings.Replace(head, "sigma,1", "1", 1) + "0,1\n", "not those that WriteCSV would write"},
		{strings.Replace(head, "custom", "guess", 1) + "0,1\n", `line 3 of the table is "method,guess"`},
		{head + "0\n", `line 5 of the table: "" is not a number`},
		{head + "zero,1\n", `line 5 of the table: "zero" is not a number`},
		{head + "0,1,2\n", `line 5 of the table: "1,2" is not a number`},
		{head + "0,0.5\n1,0.4\n", "the sum of the weights is 0.9"},
		{head + "0,1.5\n1,-0.5\n", "weight 1 is -0.5"},
		{head + "Inf,1\n", "atom 0 is +Inf"},
		{head + "1,0.5\n-1,0.5\n", "not those that WriteCSV would write"},
		{head + "0,1\n1,0\n", "not those that WriteCSV would write"},
		{head + "0,1.0\n", "not those that WriteCSV would write"},
	} {
		_, err := decode(seal(test.body))
		if assert.Error(t, err, test.body) {
			assert.Contains(t, err.Error(), test.want)
			assert.True(t, strings.HasPrefix(err.Error(), "correction: "))
		}
	}
}

func TestCSVReadError(t *testing.T) {
	failure := errors.New("broken cable")
	_, err := ReadCSV(iotest.ErrReader(failure))
	assert.ErrorIs(t, err, failure)
	_, err = ReadCSV(io.LimitReader(zeros{}, maxTableSize+10))
	assert.ErrorContains(t, err, "more than")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

type fullDisk struct{ left int }

func (f *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), f.left)
	f.left -= n
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

func TestCSVWriteError(t *testing.T) {
	assert.ErrorContains(t, solve(t, Config{Sigma: 1}).WriteCSV(&fullDisk{100}), "no space left")
}

// What the reader accepts is a table that the writer writes, byte for byte.
// Each input is tried as it is, and with the checksum that lets it pass to the
// parser behind.
func FuzzReadCSV(f *testing.F) {
	for _, sigma := range []float64{1, 1.3} {
		content := solve(f, Config{Sigma: sigma}).encode()
		f.Add(content)
		f.Add(content[:bytes.LastIndex(content, []byte("sha256"))])
	}
	f.Add([]byte("trajens-correction,1\nsigma,1\nmethod,custom\natom,weight\n0,1\n"))
	f.Add([]byte("trajens-correction,1\nsigma,0.01\nmethod,ridge\natom,weight\n-1e+06,0.5\n5e-324,0.5\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, table := range [][]byte{content, seal(string(content))} {
			d, err := ReadCSV(bytes.NewReader(table))
			if err != nil {
				continue
			}
			var again bytes.Buffer
			require.NoError(t, d.WriteCSV(&again))
			require.Equal(t, string(table), again.String())
			require.NotPanics(t, func() { d.Rand(fixed(0)) })
		}
	})
}
