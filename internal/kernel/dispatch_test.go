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
	winners, n := randomWinners(newRand(76), 2, 3, 2)
	winners.Dst, winners.From = make([]float32, n), make([]int32, n)
	unpool, n := randomUnpool(newRand(77), 2, 3, 2)
	unpool.Dst = make([]float32, n)
	collect := randomCollect(newRand(78), 3, 2, 150)
	gate := &Gate{Slopes: make([]float32, 20), Outputs: make([]float32, 20)}
	accumulate := &Accumulate{Dst: make([]float64, 20), X: make([]float32, 20)}
	adam := randomAdam(newRand(79), 20)
	tangents, n := randomTangents(newRand(69), 2, 5, 10, false)
	others, _ := randomTangents(newRand(69), 2, 5, 10, false)
	for _, k := range []*Tangents{tangents, others} {
		k.Dst, k.Tangents = make([]float32, n), make([]float32, n)
	}
	for i := range others.Others {
		others.Others[i], others.OtherTables[i], others.OtherBiases[i] = make([]float32, n), others.Table, others.Bias
	}
	for name, run := range map[string]func(){
		"Linear": linear.Run, "Pool": pool.Run, "Patches": patches.Run, "Gather": gather.Run, "Softmax": softmax.Run, "Transpose": transpose.Run,
		"Winners": winners.Run, "Unpool": unpool.Run, "Collect": collect.Run, "Gate": gate.Run, "Accumulate": accumulate.Run, "Adam": adam.Run,
		"Tangents": tangents.Run, "others of Tangents": others.Run, "Bilinear": randomBilinear(newRand(68), 3, 2, 9).Run,
		"Inner":    (&Inner{X: make([]float32, 20), Y: make([]float32, 20)}).Run,
		"Prefetch": (&Prefetch{X: make([]float32, 20)}).Run,
	} {
		assert.Zero(t, testing.AllocsPerRun(10, run), name)
	}
}
