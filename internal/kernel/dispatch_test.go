package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKernelsDoNotAllocate(t *testing.T) {
	linear, n := randomLinear(newRand(70), 2, 6, 3, 2, 9)
	linear.Dst = make([]float32, n)
	pool, n := randomPool(newRand(71), 2, 3, 2)
	pool.Dst = make([]float32, n)
	patches := randomPatches(newRand(72), 2, 5, 5, 4, 0.5)
	gather, n := randomGather(newRand(73), 2, GatherPool, 5, 10)
	gather.Dst = make([]float32, n)
	softmax := randomSoftmax(4, 10, 1, 74)
	transpose, n := randomTranspose(newRand(75), 20)
	transpose.Dst = make([]float32, n)
	for name, run := range map[string]func(){
		"Linear": linear.Run, "Pool": pool.Run, "Patches": patches.Run, "Gather": gather.Run, "Softmax": softmax.Run, "Transpose": transpose.Run,
	} {
		assert.Zero(t, testing.AllocsPerRun(10, run), name)
	}
}
