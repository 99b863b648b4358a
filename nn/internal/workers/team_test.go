package workers

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A tally counts how often each number was done.
type tally struct {
	done  []atomic.Int32
	doers atomic.Int32
}

type tallyDoer struct {
	*tally
	parts int
}

func (d *tallyDoer) Do(from, to int) {
	d.parts++
	for i := from; i < to; i++ {
		d.done[i].Add(1)
	}
}

func newTallyTeam(size, n int) (*Team, *tally) {
	t := &tally{done: make([]atomic.Int32, n)}
	return NewTeam(size, func() Doer {
		t.doers.Add(1)
		return &tallyDoer{tally: t}
	}), t
}

func TestShareDoesEachNumberOnce(t *testing.T) {
	for size := 1; size <= 5; size++ {
		for _, n := range []int{0, 1, 2, 3, 17, 100} {
			for _, unit := range []int{1, 4} {
				team, tally := newTallyTeam(size, n)
				team.Least = 0
				parts := team.Parts(n, 1)
				require.Equal(t, max(1, min(size, n)), parts)
				for call := int32(1); call <= 3; call++ {
					team.Share(n, parts, unit)
					for i := range n {
						require.Equal(t, call, tally.done[i].Load(), "number %d of %d, %d goroutines", i, n, size)
					}
				}
				team.Close()
			}
		}
	}
}

func TestOnePartIsDoneByTheCaller(t *testing.T) {
	team, tally := newTallyTeam(1, 100)
	team.Share(100, 1, 7)
	assert.Equal(t, 1, team.Own().(*tallyDoer).parts)
	assert.Equal(t, int32(1), tally.doers.Load())
}

func TestWorkersWakeOnlyForEnoughWork(t *testing.T) {
	team, _ := newTallyTeam(4, 100)
	defer team.Close()
	assert.Equal(t, 1, team.Parts(100, 0))
	assert.Equal(t, 1, team.Parts(100, 1.9*least))
	assert.Equal(t, 2, team.Parts(100, 2*least))
	assert.Equal(t, 3, team.Parts(100, 3.9*least))
	assert.Equal(t, 4, team.Parts(100, 1e300))
	assert.Equal(t, 3, team.Parts(3, 1e300))
	assert.Equal(t, 1, team.Parts(0, 1e300))
}

// A worker that never works has no scratch memory.
func TestDoersAreMadeWhenNeeded(t *testing.T) {
	team, tally := newTallyTeam(8, 100)
	defer team.Close()
	assert.Equal(t, int32(1), tally.doers.Load())
	team.Share(100, 3, 1)
	assert.Equal(t, int32(3), tally.doers.Load())
	team.Share(100, 3, 1)
	assert.Equal(t, int32(3), tally.doers.Load())
}

// running counts the workers of all teams.
func running() int {
	buffer := make([]byte, 1<<20)
	return strings.Count(string(buffer[:runtime.Stack(buffer, true)]), "workers.(*worker).work(")
}

func waitFor(t *testing.T, want int) {
	t.Helper()
	require.Eventually(t, func() bool {
		runtime.GC()
		return running() == want
	}, 10*time.Second, time.Millisecond, "workers that run, of %d", want)
}

func TestCloseStopsWorkers(t *testing.T) {
	waitFor(t, 0)
	team, tally := newTallyTeam(4, 10)
	waitFor(t, 3)
	team.Close()
	waitFor(t, 0)
	team.Close()
	assert.Equal(t, 1, team.Parts(10, 1e300))
	team.Share(10, 1, 1)
	assert.Equal(t, int32(1), tally.done[9].Load())
}

func TestGarbageCollectionStopsWorkers(t *testing.T) {
	waitFor(t, 0)
	func() {
		team, _ := newTallyTeam(3, 10)
		team.Share(10, 3, 1)
		waitFor(t, 2) // survives collections while it is referred to
		team.Share(10, 3, 1)
	}()
	waitFor(t, 0)
}
