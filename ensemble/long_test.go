package ensemble

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/processor"
)

var long = flag.Bool("long", false, "run a thousand members on ten thousand images")

// TestThousandMembers is about memory: run alone it must stay below 200 MB, of which
// the images have 31 and the members, twice, 15.
func TestThousandMembers(t *testing.T) {
	if !*long {
		t.Skip("takes half a minute: run it alone with -args -long")
	}
	net, models, digits := digitCommittee(t, 1000, 10_000)
	c := committee(t, net, models...)
	for _, f := range []struct {
		name string
		run  func() (any, error)
	}{
		{"Evaluate", func() (any, error) { return c.Evaluate(digits) }},
		{"PredictClasses", func() (any, error) { return c.PredictClasses(digits) }},
		{"CurveInOrder", func() (any, error) { return c.CurveInOrder(digits, CurveConfig{}) }},
	} {
		start, before := time.Now(), processor.Time()
		_, err := f.run()
		require.NoError(t, err)
		t.Logf("%s: %.1f s, %.1f s of processors", f.name, time.Since(start).Seconds(), (processor.Time() - before).Seconds())
		if peak := peakMemory(t); peak > 0 {
			t.Logf("most memory so far: %.0f MB", peak/1e6)
			assert.Less(t, peak, 200e6)
		}
	}
}

// peakMemory returns the most bytes of resident memory that the process has had, or
// 0 where the system does not tell.
func peakMemory(t *testing.T) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	match := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(t, match)
	kilobytes, err := strconv.ParseFloat(string(match[1]), 64)
	require.NoError(t, err)
	return 1024 * kilobytes
}

// What a pass through a dataset allocates grows with the number of members by no more
// than their results: some numbers each, not some for each sample.
func TestMemoryIsIndependentOfMembers(t *testing.T) {
	inputs, labels := make([]float32, 3*1500), make([]int, 1500)
	d := classes(t, inputs, labels)
	unlabeled, err := data.NewInputs(inputs, []int{3})
	require.NoError(t, err)
	few, many := numbered(t, 20, nil), numbered(t, 1020, nil)
	for i, run := range []func(*Committee) error{
		func(c *Committee) error { _, err := c.Evaluate(d); return err },
		func(c *Committee) error { _, err := c.PredictClasses(d); return err },
		func(c *Committee) error { _, err := c.Votes(d); return err },
		func(c *Committee) error { _, err := c.PredictTargets(unlabeled, TargetConfig{}); return err },
	} {
		allocated := func(c *Committee) float64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			require.NoError(t, run(c))
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc - before.TotalAlloc)
		}
		allocated(few)
		perMember := (allocated(many) - allocated(few)) / 1000
		// 12 blocks have up to four numbers of 8 bytes for each member; one number for
		// each sample would be 12,000 bytes.
		assert.Less(t, perMember, 1000.0, fmt.Sprint(i))
	}
}
