package command

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

// The time left is that of the runs to come, at the pace of those so far: what was done
// before does not count.
func TestTimeLeft(t *testing.T) {
	var out bytes.Buffer
	d := newDisplay(&out, 2, map[string]string{"0123456789abcdef": "tau=4"})
	d.observe(grid.Event{Kind: grid.Began, Runs: 20})
	for range 10 {
		d.observe(grid.Event{Kind: grid.Skipped, State: grid.Done})
	}
	require.Equal(t, []string{"10 of 20 runs", "50 %"}, d.fields())
	d.observe(grid.Event{Kind: grid.Started, Slot: 1, ID: "0123456789abcdef"})
	d.observe(grid.Event{Kind: grid.Progressed, Slot: 1, Done: 0.5, Text: "loss 0.4"}) // it goes on from there
	d.observe(grid.Event{Kind: grid.Progressed, Slot: 1, Done: 1, Text: "loss 0.3"})
	d.start = time.Now().Add(-time.Minute)
	require.Equal(t, []string{"10 of 20 runs", "55 %", "18m0s left"}, d.fields(), "half a run took a minute, nine are left")
	d.observe(grid.Event{Kind: grid.Ended, Slot: 1, ID: "0123456789abcdef", State: grid.Done, Done: 1})
	d.observe(grid.Event{Kind: grid.Started, Slot: 0, ID: "123456789abcdef0"})
	d.observe(grid.Event{Kind: grid.Ended, Slot: 0, ID: "123456789abcdef0", State: grid.Failed, Err: errors.New("no")})
	require.Equal(t, []string{"12 of 20 runs", "1 failed", "60 %", "16m0s left"}, d.fields())
	d.end()
	require.Contains(t, out.String(), "2: 01234567,   0 %, tau=4\n")
	require.True(t, strings.HasPrefix(out.String(), "0 of 20 runs, 0 %\n"), out.String())
}
