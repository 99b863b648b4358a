package processor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/internal/processor"
)

// Work takes time, and time does not go back.
func TestTime(t *testing.T) {
	begin := processor.Time()
	assert.GreaterOrEqual(t, begin.Nanoseconds(), int64(0))
	last, sum := begin, 0.0
	for last-begin < 1e6 {
		for i := range 1000 {
			sum += 1 / float64(i+1)
		}
		now := processor.Time()
		if now < last {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
	assert.Positive(t, sum)
}
