package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// With machine code, a core of 1 to 6 GHz with one or two units for
// multiply-adds of a register.
func TestFMAPeak(t *testing.T) {
	peak := FMAPeak(5 * time.Millisecond)
	if active.peak == nil {
		assert.Zero(t, peak)
		return
	}
	t.Logf("%.1f GFLOP/s", peak/1e9)
	assert.Greater(t, peak, 16e9*0.1) // a tenth, for what else the machine does
	assert.Less(t, peak, 6e9*2*2*float64(active.peakLanes))
}

func BenchmarkFMAPeak(b *testing.B) {
	if active.peak == nil {
		b.Skip("no machine code for this processor or build")
	}
	const rounds = 1000
	for b.Loop() {
		active.peak(rounds)
	}
	b.ReportMetric(float64(rounds*12*active.peakLanes*2)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	b.ReportMetric(FMAPeak(50*time.Millisecond)/1e9, "best-GFLOP/s")
}
