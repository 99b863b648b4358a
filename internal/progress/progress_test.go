package progress

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// terminal is a Progress on a terminal of a size.
func terminal(rows, columns, lines int) (*Progress, *bytes.Buffer) {
	var out bytes.Buffer
	p := New(&out, rows)
	p.size = func() (int, int) { return columns, lines }
	return p, &out
}

// now makes what is shown next be drawn, however soon.
func now(p *Progress) *Progress {
	p.last = time.Time{}
	return p
}

func TestProgressOnATerminal(t *testing.T) {
	p, out := terminal(1, 80, 24)
	p.End()
	require.Empty(t, out.String(), "there is no line to end")
	p.Show(0, "first", "with more")
	p.Show(0, "too soon")
	now(p).Show(0, "second")
	p.Show(0, "third")
	p.End()
	require.Equal(t, "\rfirst, with more\x1b[K\rsecond\x1b[K\rthird\x1b[K\n", out.String(), "the end shows what was too soon")
	out.Reset()
	p.Show(0, "after a result")
	require.Equal(t, "\rafter a result\x1b[K", out.String())
}

// Each row has a line, above that of the next.
func TestProgressOfSeveralRows(t *testing.T) {
	p, out := terminal(3, 80, 24)
	p.Show(1, "second")
	now(p).Show(0, "first")
	now(p).Show(2, "third")
	out.Reset()
	now(p).Show(0, "first again")
	require.Equal(t, "\r\x1b[2Afirst again\x1b[K\nsecond\x1b[K\nthird\x1b[K", out.String())
	p, out = terminal(9, 80, 5)
	for k := range 9 {
		out.Reset()
		now(p).Show(k, fmt.Sprint("row ", k))
	}
	require.Equal(t, 3, strings.Count(out.String(), "\n"), "a block that is higher than the terminal scrolls away:\n%q", out.String())
}

// No line is as long as the terminal is wide, in which it would wrap.
func TestProgressFits(t *testing.T) {
	fields := append(Done(0.43, 100), "loss 0.512", "acceptance 0.21", "batch 240", "step 12000")
	fields[0] = "chain 12: " + fields[0]
	for columns, want := range map[int]string{
		200: "chain 12: 43 %, 2m13s left, loss 0.512, acceptance 0.21, batch 240, step 12000",
		60:  "chain 12: 43 %, 2m13s left, loss 0.512, acceptance 0.21",
		40:  "chain 12: 43 %, 2m13s left, loss 0.512",
		20:  "chain 12: 43 %",
		5:   "chai",
	} {
		p, out := terminal(1, columns, 24)
		p.Show(0, fields...)
		text := strings.TrimSuffix(strings.TrimPrefix(out.String(), "\r"), "\x1b[K")
		require.Equal(t, want, text)
		require.Less(t, utf8.RuneCountInString(text), columns)
	}
}

// Where lines stay there is one for each row, then, and at the end.
func TestProgressInALog(t *testing.T) {
	var log bytes.Buffer
	p := New(&log, 2)
	p.Show(0, "chain 1", "begins")
	p.Show(1, "chain 2", "begins")
	p.Show(0, "too soon")
	p.rows[1].shown = p.rows[1].shown.Add(-lineInterval)
	p.Show(1, "chain 2", "goes on")
	p.Show(0, "chain 1", "ends")
	p.End()
	p.End()
	require.Equal(t, "chain 1, begins\nchain 2, begins\nchain 2, goes on\nchain 1, ends\n", log.String())
}

func TestProgressInAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer file.Close()
	New(file, 1).Show(0, "text")
	text, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	require.Equal(t, "text\n", string(text))
}

func TestDone(t *testing.T) {
	require.Equal(t, []string{"25 %", "30s left"}, Done(0.25, 10))
	require.Equal(t, []string{"99 %", "1s left"}, Done(0.999, 1000), "it is not done")
	require.Equal(t, []string{"100 %", "0s left"}, Done(1.01, 1000))
	require.Equal(t, []string{"10 %", "2h30m left"}, Done(0.1, 1000), "minutes are enough for hours")
	require.Equal(t, []string{"12s"}, Done(0, 12.3), "a run without an end")
	require.Len(t, Done(1e-300, 1), 2)
}
