package workers

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Two goroutines hand a number back and forth, at once and after pauses that
// let the other one fall asleep. A lost wake-up would hang the test.
func TestLatchPingPong(t *testing.T) {
	there, back := newLatch(), newLatch()
	const rounds = 2000
	var seen int
	var partner sync.WaitGroup
	partner.Go(func() {
		for range rounds {
			there.wait(false)
			there.add(-1)
			seen++
			back.add(1)
		}
	})
	for i := range rounds {
		switch {
		case i%100 == 0:
			time.Sleep(2 * awake)
		case i%100 == 50:
			time.Sleep(awake) // about when the other one lies down
		}
		there.add(1)
		back.wait(false)
		back.add(-1)
	}
	partner.Wait()
	assert.Equal(t, rounds, seen)
}
