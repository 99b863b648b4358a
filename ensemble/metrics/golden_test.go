package metrics

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// golden is the tolerance against the references: both sides sum fewer than 1000
// numbers of size about 10 in float64, and the references integrate and find
// roots to 1e-12.
const golden = 1e-9

// A number is one of JSON, or a string of one that JSON does not have.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	if len(text) > 1 && text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	x, err := strconv.ParseFloat(string(text), 64)
	*n = number(x)
	return err
}

// A series is numbers of JSON.
type series []number

func (s series) floats() []float64 {
	x := make([]float64, len(s))
	for i, v := range s {
		x[i] = float64(v)
	}
	return x
}

func load(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// same compares numbers so that NaN equals NaN only, and an infinity itself only.
func same(t *testing.T, want, got float64, what string) {
	t.Helper()
	if want == got || math.IsNaN(want) && math.IsNaN(got) {
		return
	}
	if math.IsInf(want, 0) || !(math.Abs(want-got) <= golden*max(1, math.Abs(want))) {
		assert.Fail(t, "not the same", "%s is %v, want %v", what, got, want)
	}
}

func sameAll(t *testing.T, want series, got []float64, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i := range want {
		same(t, float64(want[i]), got[i], what+" "+strconv.Itoa(i))
	}
}

// must returns the value, and fails the test on an error.
func must[T any](t testing.TB) func(value T, err error) T {
	return func(value T, err error) T {
		t.Helper()
		require.NoError(t, err)
		return value
	}
}

func classification(t testing.TB, logProbabilities []float64, classes int, labels []int) *Classification {
	t.Helper()
	p, err := NewPredictions(logProbabilities, classes)
	require.NoError(t, err)
	c, err := NewClassification(p, labels)
	require.NoError(t, err)
	return c
}

func TestSame(t *testing.T) {
	for _, c := range []struct{ want, got float64 }{
		{1, 1 + 2e-9}, {math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 1}, {1, math.Inf(1)}, {math.Inf(1), math.Inf(-1)},
	} {
		fake := new(testing.T)
		same(fake, c.want, c.got, "negative control")
		assert.True(t, fake.Failed(), "%v", c)
	}
}
